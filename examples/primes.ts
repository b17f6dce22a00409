/** The words of `concurrent.futures`: futures, and their results in the order in which they are done. */
import { asCompleted, main, ProcessPoolExecutor } from 'forkscope'

export function countPrimes(from: number, to: number): number {
  let count = 0
  for (let n = Math.max(2, from); n < to; n++) {
    let isPrime = true
    for (let d = 2; d * d <= n; d++) {
      if (n % d === 0) {
        isPrime = false
        break
      }
    }
    if (isPrime) count++
  }
  return count
}

main(import.meta, async () => {
  await using executor = new ProcessPoolExecutor(2)
  const futures = Array.from({ length: 10 }, (_, i) => executor.submit(countPrimes, i * 10_000, (i + 1) * 10_000))
  let total = 0
  for await (const future of asCompleted(futures)) total += await future.result()
  console.log(`${total} primes below 100,000`)
})
