/** Chance that a seed decides, so that a failure can be repeated. */
export interface Chance {
  /** A whole number from 0 to `below`, without it. */
  below(below: number): number
  pick<T>(from: readonly T[]): T
}

/** mulberry32 by Tommy Ettinger, public domain. */
export function chance(seed: number): Chance {
  let state = (seed * 0x9e3779b1) >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000
  }
  const below = (limit: number) => Math.floor(next() * limit)
  return { below, pick: (from) => from[below(from.length)] as never }
}
