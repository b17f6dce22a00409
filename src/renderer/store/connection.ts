/** The one connection of the page, and what state it is in. */
import { signal } from '@preact/signals'
import type { CallInput, CallName, CallOutput } from '../../shared/api.ts'
import { connect } from '../api/connect.ts'
import type { Connection, ConnectionState, PushListeners } from '../api/connection.ts'

export const connectionState = signal<ConnectionState>('connecting')

let connection: Connection | null = null

/** @param greet called each time a connection is there, the first time and after every loss */
export function openConnection(push: PushListeners, greet: () => void): void {
  connection = connect({
    push,
    state: (state) => {
      connectionState.value = state
      if (state === 'open') greet()
    },
  })
}

/** @throws ApiError with a sentence for the user */
export function call<N extends CallName>(name: N, input: CallInput<N>): Promise<CallOutput<N>> {
  if (!connection) throw new Error('The page called before it was connected.')
  return connection.call(name, input)
}
