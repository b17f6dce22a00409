/** How many tasks that do nothing a pool of two does a second. Arguments: how (apply_async, map1, map), count. */
import { main, Pool } from '../../dist/multiprocessing/index.js'

export const nothing = (n: number) => n

const [how, count] = [process.argv[2], Number(process.argv[3])]
process.argv.length = 2

main(import.meta, async () => {
  await using pool = new Pool(2)
  await pool.map(
    nothing,
    Array.from({ length: 10 }, (_, i) => i),
    { chunkSize: 1 },
  )
  const items = Array.from({ length: count }, (_, i) => i)
  const start = performance.now()
  const values =
    how === 'apply_async'
      ? await Promise.all(items.map((n) => pool.applyAsync(nothing, [n]).get()))
      : await pool.map(nothing, items, how === 'map1' ? { chunkSize: 1 } : {})
  const tookMs = performance.now() - start
  for (const [i, value] of values.entries()) if (value !== i) throw new Error('wrong result')
  console.log(count / (tookMs / 1000))
})
