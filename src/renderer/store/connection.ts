/** The one connection of the page, and what state it is in. */
import { batch, signal } from '@preact/signals'
import type { CallInput, CallName, CallOutput } from '../../shared/api.ts'
import { connect } from '../api/connect.ts'
import type { Connection, ConnectionState, PushListeners } from '../api/connection.ts'

export const connectionState = signal<ConnectionState>('connecting')

let connection: Connection | null = null

/** Messages that are sent one after the other arrive within this. */
const TOGETHER_MS = 10

/** The host pushes everything at once, message after message; taken together, they are one change and one picture. */
function together(push: PushListeners, heard: () => void): PushListeners {
  let waiting: (() => void)[] = []
  const later = (receive: () => void) => {
    heard()
    if (waiting.push(receive) > 1) return
    setTimeout(() => {
      const received = waiting
      waiting = []
      batch(() => {
        for (const take of received) take()
      })
    }, TOGETHER_MS)
  }
  return {
    overview: (value) => later(() => push.overview(value)),
    session: (value) => later(() => push.session(value)),
  }
}

/**
 * @param heard called whenever something comes
 * @param greet called each time a connection is there, the first time and after every loss
 */
export function openConnection(push: PushListeners, heard: () => void, greet: () => void): void {
  connection = connect({
    push: together(push, heard),
    state: (state) => {
      connectionState.value = state
      heard()
      if (state === 'open') greet()
    },
  })
}

/** @throws ApiError with a sentence for the user */
export function call<N extends CallName>(name: N, input: CallInput<N>): Promise<CallOutput<N>> {
  if (!connection) throw new Error('The page called before it was connected.')
  return connection.call(name, input)
}
