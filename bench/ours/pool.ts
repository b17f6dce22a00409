/** How many tasks that do nothing a pool of two does a second. Arguments: how (apply_async, map1, map; apply for one at a
 * time, the inverse of the median), count. */
import { main, Pool } from '../../dist/multiprocessing/index.js'

export const nothing = (n: number) => n

const [how, count] = [process.argv[2], Number(process.argv[3])]
process.argv.length = 2

const ROUNDS = 40

main(import.meta, async () => {
  await using pool = new Pool(2)
  if (how === 'apply') {
    const times: number[] = []
    for (let i = 0; i < count; i++) {
      const begun = performance.now()
      if ((await pool.apply(nothing, [i])) !== i) throw new Error('wrong result')
      times.push(performance.now() - begun)
    }
    console.log(1000 / (times.sort((a, b) => a - b)[count >> 1] as number))
    return
  }
  const items = Array.from({ length: count }, (_, i) => i)
  const round = async () => {
    const values =
      how === 'apply_async'
        ? await Promise.all(items.map((n) => pool.applyAsync(nothing, [n]).get()))
        : await pool.map(nothing, items, how === 'map1' ? { chunkSize: 1 } : {})
    for (const [i, value] of values.entries()) if (value !== i) throw new Error('wrong result')
  }
  // As for theirs, the first does not count: what is measured is a pool in use. One alone would be too short to be measured.
  await round()
  const start = performance.now()
  for (let i = 0; i < ROUNDS; i++) await round()
  console.log((ROUNDS * count) / ((performance.now() - start) / 1000))
})
