/** The one clock: the system's monotonic time, the same in every process of the machine, counted from the run's beginning. */

/** @param originNs `process.hrtime.bigint()` at the run's beginning, from whichever process began it */
export function createClock(originNs: bigint): () => number {
  // `performance.now()` reads the same clock, from another zero, for half the price.
  const offsetUs = Number((process.hrtime.bigint() - originNs) / 1000n) - performance.now() * 1000
  return () => Math.floor(performance.now() * 1000 + offsetUs)
}
