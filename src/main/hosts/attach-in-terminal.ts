/** A process that runs already, in the terminal: watched until it has ended or Ctrl-C lets go of it, or its stacks once. It is never ended from here. */
import { harmless } from '../../session/plain-text.ts'
import type { ProcessRow } from '../../shared/session-state.ts'
import type { TelemetryEvent } from '../../shared/telemetry.ts'
import { attachTo } from '../../sources/attach/attach-source.ts'
import { whyNotAttached } from '../../sources/attach/why-not-attached.ts'
import { identityOf } from '../../sources/process-tree/process-tree.ts'
import { whyNotThere } from '../../sources/process-tree/reach.ts'
import { closingInspectors } from '../../sources/stacks/node-stack.ts'
import { Monitor } from '../monitor/monitor.ts'
import { Session } from '../session/session.ts'
import { openEventFile } from './event-file.ts'
import { jsonLine, jsonText } from './terminal-json.ts'
import { LiveTable, tableLines } from './terminal-table.ts'
import { describeState } from './terminal-text.ts'

export interface AttachView {
  json: boolean
  /** A file that gets each event as a line of JSON; null for none. */
  record: string | null
  /** Only where its processes are now is told, and then it is let go of. */
  stacks: boolean
  /** Whether the inspector of a Node may be opened for that, for a moment. */
  openInspector: boolean
}

/** How wide the table is where there is no terminal. */
const PLAIN_COLUMNS = 120

/**
 * @returns once all of it has ended, it was let go of, or its stacks are told: 0; 1 if of its stacks none was
 * @throws Error with a sentence if there is no such process, or it is not to be attached to
 */
export async function attachInTerminal(pid: number, view: AttachView): Promise<number> {
  const refused = whyNotAttached(pid)
  if (refused !== null) throw new Error(refused)
  const identity = identityOf(pid)
  if (!identity) throw new Error(whyNotThere(pid))
  const session = new Session({
    id: 'attached',
    source: attachTo(identity),
    ...(!view.stacks && { monitor: new Monitor() }),
    inSlices: false,
  })
  const table = !view.json && !view.stacks && process.stdout.isTTY === true ? new LiveTable(session) : null
  const file = openEventFile(view.record)
  let isShown = false
  session.onEvent((event) => {
    const line = jsonLine(event)
    file.write(line)
    table?.event(event)
    if (view.json) process.stdout.write(`${line}\n`)
    else if (!table && isShown) tell(session, event)
  })
  const interrupted = new Promise<void>((resolve) => {
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => resolve())
    // Who reads our output is gone.
    process.stdout.on('error', () => resolve())
  })
  await session.start()
  let status = 0
  if (view.stacks) status = await tellStacks(session, view, file.write, interrupted)
  else {
    if (!view.json && !table) process.stdout.write(tableText(session))
    isShown = true
    void interrupted.then(() => session.stop())
    await session.ended
  }
  await session.stop()
  await table?.end()
  await file.end()
  await new Promise<void>((resolve) => process.stdout.write('', () => resolve()))
  return status
}

function tableText(session: Session): string {
  const lines = tableLines(session.state, session.nowUs(), PLAIN_COLUMNS, Number.POSITIVE_INFINITY)
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`
}

/** Where there is no terminal to draw a table in: who comes and who goes, a line each. */
function tell({ state }: Session, event: TelemetryEvent): void {
  if (event.type !== 'process.started' && event.type !== 'process.exited') return
  const row = state.processes.rows.get(event.process)
  if (row)
    process.stdout.write(`${label(row)}: ${event.type === 'process.started' ? 'started' : describeState(row, state)}\n`)
}

function label({ name, pid }: ProcessRow): string {
  return `${harmless(name)} (${pid})`
}

/** @returns 0 if a stack was told, 1 if none was */
async function tellStacks(
  session: Session,
  { json, openInspector }: AttachView,
  record: (line: string) => void,
  interrupted: Promise<void>,
): Promise<number> {
  let isLeft = false
  void interrupted.then(() => (isLeft = true))
  let status = 1
  for (const row of [...session.state.processes.rows.values()]) {
    if (isLeft) break
    if (row.kind === 'thread' || row.state === 'exited') continue
    const result = await session.do({ type: 'stack', process: row.id, openInspector })
    const allow = !result.ok && result.code === 'ask' ? ' Allow that by --open-inspector.' : ''
    const text = result.ok ? String(result.value?.text ?? '') : result.message + allow
    if (result.ok) status = 0
    const told = { type: 'process.stack', atUs: session.nowUs(), process: row.id, pid: row.pid }
    const line = jsonText({ ...told, ...(result.ok ? { text } : { refused: text }) })
    record(line)
    process.stdout.write(
      json ? `${line}\n` : `${label(row)}, ${describeState(row, session.state)}\n${indented(text)}\n\n`,
    )
  }
  await closed(interrupted)
  return status
}

/** Who is held in a call opens its inspector only once that is over: that is waited for, so that it does not stay open. */
async function closed(interrupted: Promise<void>): Promise<void> {
  const closing = closingInspectors()
  if (!closing) return
  process.stderr.write(
    'forkscope: waits for the inspector that has not opened, to close it. Ctrl-C leaves without that.\n',
  )
  const alive = setInterval(() => {}, 60_000)
  await Promise.race([closing, interrupted])
  clearInterval(alive)
}

function indented(text: string): string {
  return text
    .split('\n')
    .map((line) => (line === '' ? '' : `  ${harmless(line)}`))
    .join('\n')
}
