/** A queue's depth over time as steps. */
import type { DepthPoint } from '../../shared/session-state.ts'
import { QUEUE_REPORT_MS } from '../../shared/telemetry.ts'

/** x in seconds, y the depth that holds from there on. */
export interface DepthSteps {
  x: number[]
  y: number[]
}

/**
 * Of a queue that changes often only the extremes between two reports are known: a peak that came and went is drawn as a
 * step of its own, halfway.
 * @param endUs until where the last depth holds
 */
export function depthSteps(points: readonly DepthPoint[], fromUs: number, endUs: number): DepthSteps {
  const x: number[] = []
  const y: number[] = []
  const add = (us: number, depth: number) => {
    x.push(us / 1e6)
    y.push(depth)
  }
  let before: DepthPoint | undefined
  for (const point of points) {
    if (point.atUs < fromUs) {
      before = point
      continue
    }
    if (x.length === 0 && before) add(fromUs, before.depth)
    if (before) {
      const middle = (Math.max(before.atUs, fromUs, point.atUs - QUEUE_REPORT_MS * 1000) + point.atUs) / 2
      if (point.max > Math.max(before.depth, point.depth)) add(middle, point.max)
      else if (point.min < Math.min(before.depth, point.depth)) add(middle, point.min)
    }
    add(point.atUs, point.depth)
    before = point
  }
  if (before && endUs >= fromUs) {
    if (x.length === 0) add(fromUs, before.depth)
    add(Math.max(endUs, before.atUs), before.depth)
  }
  return { x, y }
}

/** @returns the depth at a time, or undefined before the first report */
export function depthAt(points: readonly DepthPoint[], atUs: number): number | undefined {
  for (let i = points.length - 1; i >= 0; i--) {
    const point = points[i] as DepthPoint
    if (point.atUs <= atUs) return point.depth
  }
  return undefined
}

/** @returns the top of the axis: the capacity, or a round number over the highest depth so far */
export function depthCeiling(maxsize: number, depthMax: number): number {
  if (maxsize > 0) return maxsize
  if (depthMax <= 4) return 4
  const magnitude = 10 ** Math.floor(Math.log10(depthMax))
  return [1, 2, 3, 5, 10].map((factor) => factor * magnitude).find((top) => top >= depthMax) ?? depthMax
}
