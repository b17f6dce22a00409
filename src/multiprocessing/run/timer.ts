/** Timers for as long as a program likes: Node's own fire at once when they are set for more than 24 days. */

const LONGEST_MS = 2 ** 31 - 1

/**
 * Calls `late` once the time is over.
 * @param realMs undefined and Infinity are never; it may be centuries
 * @returns what to call to stop the clock
 */
export function after(realMs: number | undefined, late: () => void): () => void {
  if (realMs === undefined || realMs === Number.POSITIVE_INFINITY) return () => {}
  let timer: NodeJS.Timeout
  if (realMs <= LONGEST_MS) timer = setTimeout(late, realMs)
  else {
    const endMs = performance.now() + realMs
    const goOn = () => {
      const leftMs = endMs - performance.now()
      timer = leftMs > LONGEST_MS ? setTimeout(goOn, LONGEST_MS) : setTimeout(late, leftMs)
    }
    goOn()
  }
  return () => clearTimeout(timer)
}
