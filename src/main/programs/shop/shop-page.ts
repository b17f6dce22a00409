/** The pages of the built-in shop: made up, but always the same for the same number. */

const THINGS = ['Lamp', 'Chair', 'Kettle', 'Clock', 'Basket', 'Mirror', 'Blanket', 'Stool', 'Vase', 'Tray'] as const
const KINDS = ['oak', 'linen', 'copper', 'glass', 'wool', 'stone', 'paper', 'steel'] as const

export interface Good {
  name: string
  priceCents: number
}

export const GOODS_PER_PAGE = 20

/** @returns the goods of a page, the same every time */
export function goodsOf(page: number): Good[] {
  return Array.from({ length: GOODS_PER_PAGE }, (_, i) => {
    const seed = page * 31 + i * 17
    const name = `${THINGS[seed % THINGS.length]} of ${KINDS[(seed * 7) % KINDS.length]}`
    return { name, priceCents: 500 + ((seed * 7919) % 9_500) }
  })
}

/** @returns the page as a whole HTML document */
export function shopPage(page: number): string {
  const goods = goodsOf(page).map(
    ({ name, priceCents }) =>
      `    <li class="goods"><span class="name">${name}</span> <span class="price">€ ${(priceCents / 100).toFixed(2)}</span></li>`,
  )
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Shop, page ${page}</title></head>
<body>
  <h1>Shop, page ${page}</h1>
  <ul>
${goods.join('\n')}
  </ul>
  <a href="/page/${page + 1}">Next</a>
</body>
</html>
`
}
