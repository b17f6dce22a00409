/** One page over HTTP, read with a real HTML parser. Runs in a worker. */
import type { Page } from './database.ts'

/** How long a page may take. In real time, however fast the program runs: the network and the machine are as slow as ever. */
const LIMIT_MS = 10_000
/** More than any page has, and little enough to be read whole. */
const MAX_CHARACTERS = 5_000_000

async function download(url: string): Promise<string> {
  let response: Response
  try {
    response = await fetch(url, { signal: AbortSignal.timeout(LIMIT_MS) })
    if (!response.ok) throw new Error(`it answered ${response.status} ${response.statusText}`.trim())
    const text = await response.text()
    if (text.length > MAX_CHARACTERS) throw new Error('it is too long')
    return text
  } catch (thrown) {
    const error = thrown as Error & { cause?: { code?: string; message?: string } }
    if (error.name === 'TimeoutError') throw new Error(`${url} could not be fetched: no answer in time.`)
    const reason = error.cause?.message || error.cause?.code || error.message
    throw new Error(`${url} could not be fetched: ${reason}.`, { cause: error })
  }
}

function cents(price: string): number {
  const value = Number(price.replace(/[^\d.]/g, ''))
  return Number.isFinite(value) ? Math.round(value * 100) : 0
}

/**
 * @param from a URL with `{n}` for the page number
 * @throws Error that names the URL and what was wrong: no answer, not found, an error of the server, nothing in it
 */
export async function fetchPage(from: string, page: number): Promise<Page> {
  const url = from.replaceAll('{n}', String(page))
  const text = await download(url)
  const { load } = await import('cheerio')
  const $ = load(text)
  const prices = $('.goods .price')
    .toArray()
    .map((element) => cents($(element).text()))
  if (prices.length === 0) {
    throw new Error(`${url} has no goods on it: nothing matches ".goods .price". Is it a page of a shop?`)
  }
  const title = $('title').text().trim()
  return { page, title, goods: prices.length, totalCents: prices.reduce((sum, price) => sum + price, 0) }
}
