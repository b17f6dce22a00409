/** What was set up before the program, by `-r` or `--import`, is there in a worker too. */
import { main, Pool } from 'forkscope'

export function seen(): unknown {
  return (globalThis as { setUp?: unknown }).setUp
}

main(import.meta, async () => {
  await using pool = new Pool(1)
  console.log(seen(), await pool.apply(seen, []))
})
