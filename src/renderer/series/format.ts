/** Figures as text. Every unit has one form, so that columns stand still. */

/** A clock that runs: `00:06.8`, from an hour on `1:02:03`. */
export function formatClock(us: number): string {
  const tenths = Math.floor(us / 100_000)
  const seconds = Math.floor(tenths / 10)
  const two = (value: number) => String(value).padStart(2, '0')
  if (seconds >= 3600) return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`
  return `${two(Math.floor(seconds / 60))}:${two(seconds % 60)}.${tenths % 10}`
}

/** A length of time, as short as it can be said: `12 ms`, `4.2 s`, `3 min 05 s`. */
export function formatDuration(us: number): string {
  if (us < 1_000) return `${Math.round(us)} µs`
  if (us < 1_000_000) return `${Math.round(us / 1_000)} ms`
  const seconds = us / 1_000_000
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`
}

/** How long something goes on already: in one unit, so that it does not jump while it grows. */
export function formatWait(us: number): string {
  return us < 1_000_000 ? `${(us / 1_000_000).toFixed(1)} s` : formatDuration(us)
}

/** How long a run goes on, beside its name, where it is only glanced at: `6 s`, `3 min 05 s`. */
export function formatGlance(us: number): string {
  return us < 59_500_000 ? `${Math.round(us / 1_000_000)} s` : formatDuration(us)
}

/** An estimate, in whole seconds or minutes: it is no better than that. */
export function formatRest(us: number): string {
  const seconds = Math.max(1, Math.round(us / 1_000_000))
  return seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 60)} min`
}

/** How long ago something began, as far as one tells it apart by that: `40 s`, `12 min`, `5 h`, `3 d`. */
export function formatAge(ms: number): string {
  const seconds = ms / 1_000
  if (seconds < 90) return `${Math.round(seconds)} s`
  if (seconds < 5_400) return `${Math.round(seconds / 60)} min`
  return seconds < 129_600 ? `${Math.round(seconds / 3_600)} h` : `${Math.round(seconds / 86_400)} d`
}

/** A moment on the axis: `6.84 s`. */
export function formatMoment(us: number): string {
  return `${(us / 1_000_000).toFixed(2)} s`
}

/** CPU: 100 is one core. */
export function formatPercent(percent: number | null): string {
  if (percent === null) return '–'
  return `${percent < 99.95 ? percent.toFixed(1) : Math.round(percent)} %`
}

/** CPU time: `0.85 s`, from ten seconds on as any length of time. */
export function formatCpuTime(ms: number | null): string {
  if (ms === null) return '–'
  return ms < 9_995 ? `${(ms / 1000).toFixed(2)} s` : formatDuration(ms * 1000)
}

/** Memory in megabytes of a million bytes, in gigabytes from ten thousand of them on. */
export function formatMemory(bytes: number | null): string {
  if (bytes === null) return '–'
  const megabytes = bytes / 1e6
  return megabytes < 10_000 ? `${Math.round(megabytes)} MB` : `${(megabytes / 1000).toFixed(1)} GB`
}

/** Few bytes as they are, more in kilobytes of a thousand, from a million on as memory. */
export function formatBytes(bytes: number): string {
  if (bytes < 1_000) return countOf(bytes, 'byte')
  return bytes < 999_500 ? `${Math.round(bytes / 1_000)} KB` : formatMemory(bytes)
}

/** Puts or gets a second: `2.5 /s`, `140 /s`, `12 k/s`, `5.6 M/s`. */
export function formatRate(perSecond: number): string {
  if (perSecond < 100) return `${perSecond.toFixed(1)} /s`
  if (perSecond < 9_999.5) return `${Math.round(perSecond)} /s`
  return perSecond < 999_500 ? `${Math.round(perSecond / 1e3)} k/s` : `${(perSecond / 1e6).toFixed(1)} M/s`
}

/** `1 process`, `2 processes`. */
export function countOf(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`
}
