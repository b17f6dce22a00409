/** Says in which process it is evaluated: once in each. */
import { main, Pool } from 'forkscope'

console.log('evaluated in', process.pid)

export function double(n: number): number {
  return 2 * n
}

main(import.meta, async () => {
  await using pool = new Pool(1)
  console.log(await pool.map(double, [1, 2]))
})
