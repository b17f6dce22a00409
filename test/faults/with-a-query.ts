/** Targets of a module that was imported with a query. */
import { main, Pool } from 'forkscope'

main(import.meta, async () => {
  const { double }: typeof import('./evaluated-once.ts') = await import(`./evaluated-once.ts?v=${1}`)
  await using pool = new Pool(1)
  console.log(await pool.map(double, [1, 2]))
})
