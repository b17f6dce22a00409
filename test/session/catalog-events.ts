/** What the programs of the app tell when they are run, many times as fast as a person would watch them. */
import { catalog } from '../../src/main/programs/catalog.ts'
import { Session } from '../../src/main/session/session.ts'
import type { TelemetryEvent } from '../../src/shared/telemetry.ts'
import type { Program } from '../../src/sources/source.ts'

export async function eventsOf(program: Program): Promise<TelemetryEvent[]> {
  const events: TelemetryEvent[] = []
  const values = Object.fromEntries(
    Object.entries(program.parameters).map(([name, { default: value }]) => [name, value]),
  )
  const source = program.open({ ...values, speed: 20 }, { nodePath: null })
  const session = new Session({ id: program.id, source })
  session.onEvent((event) => events.push(structuredClone(event)))
  await session.start()
  await session.ended
  return events
}

/** @returns the events of one run of every program, one after the other */
export async function catalogEvents(): Promise<{ program: string; events: TelemetryEvent[] }[]> {
  const runs = []
  for (const program of catalog) runs.push({ program: program.id, events: await eventsOf(program) })
  return runs
}
