/** Which stretch of time is shown, and where its ticks are. */

export interface TimeWindow {
  fromUs: number
  toUs: number
}

export interface Tick {
  atUs: number
  label: string
}

const SECOND_US = 1_000_000
/** A run is shown whole up to this long, then only its last part, unless all of it is asked for. */
export const SLIDING_US = 60 * SECOND_US
/** A run that goes on is shown on an axis at least this long, so that its first moments do not fly past. */
const SHORTEST_US = 5 * SECOND_US

/**
 * @param nowUs the session's clock, or its end
 * @param ended whether it goes on no more: then the axis ends where it did
 */
export function timeWindow(nowUs: number, ended: boolean, wholeRun: boolean): TimeWindow {
  if (!wholeRun && nowUs > SLIDING_US) return { fromUs: nowUs - SLIDING_US, toUs: nowUs }
  return { fromUs: 0, toUs: Math.max(nowUs, ended && nowUs > 0 ? SECOND_US / 10 : SHORTEST_US) }
}

const STEPS_S = [0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600] as const

function tickLabel(us: number, stepS: number): string {
  const seconds = us / SECOND_US
  if (stepS >= 60) return String(Math.round(seconds / 60))
  if (stepS >= 1 || us === 0) return String(Math.round(seconds))
  return seconds.toFixed(stepS < 0.1 ? 2 : 1)
}

/** @returns at most about `most` ticks at round times; the first one carries the unit */
export function ticks({ fromUs, toUs }: TimeWindow, most: number): Tick[] {
  const spanS = (toUs - fromUs) / SECOND_US
  const stepS = STEPS_S.find((step) => spanS / step <= most) ?? Math.ceil(spanS / most / 3600) * 3600
  const unit = stepS < 60 ? 's' : 'min'
  const found: Tick[] = []
  for (let i = Math.ceil(fromUs / SECOND_US / stepS); i * stepS * SECOND_US <= toUs; i++) {
    const atUs = i * stepS * SECOND_US
    found.push({ atUs, label: `${tickLabel(atUs, stepS)}${found.length === 0 ? ` ${unit}` : ''}` })
  }
  return found
}

/** @returns the pixel of a time on an axis `width` pixels wide */
export function xOf(us: number, { fromUs, toUs }: TimeWindow, width: number): number {
  return ((us - fromUs) / (toUs - fromUs)) * width
}

/** @returns the time of a pixel, the inverse of {@link xOf} */
export function timeOf(x: number, { fromUs, toUs }: TimeWindow, width: number): number {
  return fromUs + (x / width) * (toUs - fromUs)
}
