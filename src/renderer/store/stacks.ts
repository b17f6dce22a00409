/** Stacks that were asked for, of processes of the session that is shown. */
import { signal } from '@preact/signals'
import { ApiError } from '../../shared/api.ts'
import { call } from './connection.ts'
import { elapsedUs, watchedSession } from './session.ts'

/** `ask` is what has to be allowed first, `refused` why there is none and what one can do. `atUs` is when it was read, by the session's clock. */
export type Stack =
  | { state: 'reading' }
  | { state: 'read'; text: string; atUs: number }
  | { state: 'ask'; message: string }
  | { state: 'refused'; message: string }

/** By session and process. */
const stacks = signal<ReadonlyMap<string, Stack>>(new Map())
/** Each is some kilobytes. */
const MOST = 50

const keyOf = (process: string) => `${watchedSession()} ${process}`

export function stackOf(process: string): Stack | null {
  return stacks.value.get(keyOf(process)) ?? null
}

/** @param openInspector whether the user has allowed that, which a Node needs */
export async function readStack(process: string, openInspector: boolean): Promise<void> {
  const session = watchedSession()
  const key = keyOf(process)
  if (session === null || stacks.peek().get(key)?.state === 'reading') return
  const keep = (stack: Stack) => {
    const others = [...stacks.peek()].filter(([other]) => other !== key).slice(1 - MOST)
    stacks.value = new Map([...others, [key, stack]])
  }
  keep({ state: 'reading' })
  try {
    const { text } = await call('command', { session, command: { type: 'stack', process, openInspector } })
    keep({ state: 'read', text: String(text ?? ''), atUs: elapsedUs.peek() })
  } catch (error) {
    const state = error instanceof ApiError && error.code === 'ask' ? 'ask' : 'refused'
    keep({ state, message: (error as Error).message })
  }
}
