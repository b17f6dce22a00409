/** An iterator without an end: as much of it is taken as is needed, and it is closed. */
import { main, Pool } from 'forkscope'

export function double(n: number): number {
  return n * 2
}

let taken = 0
let closed = 0

function* numbers(): Generator<number> {
  try {
    for (let n = 0; ; n++) {
      taken++
      yield n
    }
  } finally {
    closed++
  }
}

main(import.meta, async () => {
  await using pool = new Pool(2)
  for await (const doubled of pool.imap(double, numbers())) {
    console.log(doubled)
    if (doubled >= 10) break
  }
  for await (const doubled of pool.imapUnordered(double, numbers())) if (doubled >= 10) break
  console.log(taken < 1_000 ? 'few were taken' : `${taken} were taken`, `${closed} closed`)
})
