/** What the user can ask for. A command that is under way is known, so that its button can wait for it. */
import { batch, signal } from '@preact/signals'
import type { AskedProgram, Overview } from '../../shared/api.ts'
import type { KnownCommand } from '../../shared/commands.ts'
import type { SessionId } from '../../shared/session-state.ts'
import { processName } from '../../shared/user-process.ts'
import { isNews } from './asked.ts'
import { call, openConnection } from './connection.ts'
import { heard, lookWhetherHeld } from './held.ts'
import { fieldError, fieldValues, typeInto } from './parameters.ts'
import { prefer } from './preferences.ts'
import { appInfo, chosenSessions, isRunning, loadSources, overview, program, status } from './programs.ts'
import { rememberRecent } from './recent.ts'
import { belowTab } from './selection.ts'
import { receivePatch, watchAgain, watchCurrent, watchedSession } from './session.ts'

export type Command = 'starting' | 'restarting' | 'stopping'

/** Calls under way, by program. */
export const underWay = signal<ReadonlyMap<string, Command>>(new Map())
/** The last call that was refused, as a sentence, and the program it was about. */
export const refusal = signal<{ program: string; message: string } | null>(null)

/** Connects to the host; what it pushes ends up in the store. */
export function begin(): void {
  const push = { overview: receiveOverview, session: receivePatch }
  openConnection(push, heard, () => void greet())
  lookWhetherHeld()
}

/** What was asked for outside of the window is shown, once. */
function showAsked(asked: AskedProgram | null): void {
  const info = appInfo.value?.programs.find(({ id }) => id === asked?.program)
  if (!asked || !info || !isNews(asked.number)) return
  prefer({ program: info.id })
  belowTab.value = 'output'
  for (const [name, text] of Object.entries(asked.parameters)) typeInto(info, name, text)
  if (asked.session !== null) chosenSessions.value = new Map([...chosenSessions.value, [info.id, asked.session]])
  refusal.value = asked.refused === null ? null : { program: info.id, message: asked.refused }
}

async function greet(): Promise<void> {
  try {
    const info = await call('getAppInfo', {})
    batch(() => {
      appInfo.value = info
      overview.value = info.overview
      showAsked(info.overview.asked)
    })
    await watchAgain()
    await loadSources()
  } catch {
    // The connection was lost again; the next one greets anew.
  }
}

function receiveOverview(value: Overview): void {
  batch(() => {
    overview.value = value
    showAsked(value.asked)
  })
  void watchCurrent()
}

export function chooseProgram(id: string): void {
  batch(() => {
    prefer({ program: id })
    refusal.value = null
    belowTab.value = 'output'
  })
  void watchCurrent()
  void loadSources()
}

/** Does one thing at a time for a program, and ends only when the page knows what came of it. */
async function during(id: string, command: Command, act: () => Promise<unknown>): Promise<void> {
  if (underWay.value.has(id)) return
  underWay.value = new Map([...underWay.value, [id, command]])
  try {
    await act()
    refusal.value = null
    // The next push would say it too, a little later: a button would tell yesterday's state until then.
    receiveOverview((await call('getAppInfo', {})).overview)
  } catch (error) {
    refusal.value = { program: id, message: (error as Error).message }
  } finally {
    underWay.value = new Map([...underWay.value].filter(([program]) => program !== id))
  }
}

/** Shows a session of the program that is shown. */
export function chooseSession(id: SessionId): void {
  const shown = program.value
  if (shown) chosenSessions.value = new Map([...chosenSessions.value, [shown.id, id]])
  void watchCurrent()
}

/** Starts the program that is shown; a session of it that is shown and runs is stopped for that, and forgotten. */
export function start(): void {
  startProgram(isRunning.value ? status.value?.session : undefined)
}

/** Starts the program that is shown once more, beside what runs of it. */
export function startAnother(): void {
  startProgram(undefined)
}

/** Starts the program that is shown with a process that was chosen for one of its fields, beside what runs of it. */
export function startWith(parameter: string, pid: number, start: number): void {
  const info = program.value
  if (!info) return
  typeInto(info, parameter, String(pid))
  startProgram(undefined, { [parameter]: processName({ pid, start }) })
}

/** With a field that is wrong it does nothing: the field says why. */
function startProgram(instead: SessionId | undefined, chosen: Record<string, string> = {}): void {
  const info = program.value
  if (!info || Object.keys(info.parameters).some((name) => fieldError(info, name) !== null)) return
  const parameters = { ...fieldValues(info), ...chosen }
  void during(info.id, instead ? 'restarting' : 'starting', async () => {
    const started = await call('startProgram', { program: info.id, parameters, ...(instead && { instead }) })
    chosenSessions.value = new Map([...chosenSessions.value, [info.id, started.session]])
    rememberRecent(info, parameters)
  })
}

export function stop(): void {
  const { session, program: id } = status.value ?? {}
  if (session && id) void during(id, 'stopping', () => call('stopSession', { session }))
}

export function signalProcess(process: string, signal: 'SIGTERM' | 'SIGKILL'): void {
  command({ type: 'signal', process, signal })
}

export function retryTask(task: string): void {
  command({ type: 'retry', task })
}

function command(command: KnownCommand): void {
  const id = program.value?.id
  const session = watchedSession()
  if (!session || !id) return
  call('command', { session, command }).catch(
    (error: Error) => (refusal.value = { program: id, message: error.message }),
  )
}
