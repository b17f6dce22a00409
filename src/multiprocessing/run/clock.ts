/**
 * The one clock: the system's monotonic time, the same in every process of the machine. `performance` reads it too, but is a part of
 * Node that no child would load otherwise, and takes longer.
 */

/** Bound now, for a program's tests may put something in its place. */
const { hrtime } = process

/** @returns milliseconds from some zero */
export function clockMs(): number {
  const [s, ns] = hrtime()
  return s * 1e3 + ns / 1e6
}

/**
 * @param originNs `process.hrtime.bigint()` at the run's beginning, from whichever process began it
 * @returns what tells microseconds from there
 */
export function createClock(originNs: bigint): () => number {
  const originUs = Number(originNs) / 1e3
  return () => {
    const [s, ns] = hrtime()
    return Math.floor(s * 1e6 + ns / 1e3 - originUs)
  }
}
