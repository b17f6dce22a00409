/** Runs a main function observed, as the app does, and keeps its events. */
import { type RunHandle, startRun } from '../../src/multiprocessing/run/start-run.ts'
import type { TelemetryEvent, TelemetryType } from '../../src/shared/telemetry.ts'

export interface ObservedRun {
  handle: RunHandle
  events: TelemetryEvent[]
  /** The events of one type so far. */
  of<T extends TelemetryType>(type: T): Extract<TelemetryEvent, { type: T }>[]
  /** Everything that the run's processes printed. */
  output(): string
}

/** Runs a main function observed to its end. @throws what it threw, such as an assertion that did not hold */
export async function runObserved(main: (run: ObservedRun) => Promise<unknown>): Promise<ObservedRun> {
  let failure: unknown
  const observed: ObservedRun = observe(async () => {
    try {
      await main(observed)
    } catch (error) {
      failure = error
      // What it has started may have no end of its own.
      void observed.handle.stop()
    }
  })
  await observed.handle.ended
  if (failure) throw failure
  return observed
}

export function observe(main: () => unknown, options: { speed?: number; nodePath?: string } = {}): ObservedRun {
  const events: TelemetryEvent[] = []
  const handle = startRun({
    // Main may use what this function returns, so it begins a moment later.
    main: () => Promise.resolve().then(main),
    speed: options.speed ?? 1,
    nodePath: options.nodePath ?? null,
    originNs: process.hrtime.bigint(),
    sink: (event) => events.push(event),
  })
  const of = <T extends TelemetryType>(type: T) =>
    events.filter((event): event is Extract<TelemetryEvent, { type: T }> => event.type === type)
  return {
    handle,
    events,
    of,
    output: () =>
      of('process.output')
        .map(({ text }) => text)
        .join(''),
  }
}
