/** A slider whose stops are round numbers, about evenly spaced in the logarithm. */

const ROUND = [1, 1.5, 2, 2.5, 3, 4, 5, 6, 8] as const

/** @returns round numbers from `min` to `max`, both included; both must be above 0 */
export function sliderStops(min: number, max: number): number[] {
  const stops = new Set([min])
  for (let power = Math.floor(Math.log10(min)); 10 ** power <= max; power++) {
    for (const round of ROUND) {
      const value = Number((round * 10 ** power).toPrecision(3))
      if (value > min && value < max) stops.add(value)
    }
  }
  stops.add(max)
  return [...stops]
}

/** @returns the index of the stop that is nearest to a value, in the logarithm */
export function nearestStop(stops: readonly number[], value: number): number {
  let nearest = 0
  const distance = (stop: number) => Math.abs(Math.log(stop / value))
  for (const [i, stop] of stops.entries()) if (distance(stop) < distance(stops[nearest] as number)) nearest = i
  return nearest
}
