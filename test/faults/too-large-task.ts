/** A task whose argument is over the limit is refused; the pool goes on. */
import { main, Pool } from 'forkscope'

export function sizeOf(value: Uint8Array): number {
  return value.length
}

main(import.meta, async () => {
  const pool = new Pool(1)
  console.log(await pool.apply(sizeOf, [new Uint8Array(1)]))
  await pool.apply(sizeOf, [new Uint8Array(1.2e9)]).catch(({ name, message }) => console.log(name, message))
  console.log(await pool.apply(sizeOf, [new Uint8Array(2)]))
  pool.close()
  await pool.join()
  console.log('ended')
})
