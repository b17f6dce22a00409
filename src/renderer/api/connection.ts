/** The page's end of the API, whichever host carries it. */
import {
  type Answer,
  ApiError,
  type CallInput,
  type CallName,
  type CallOutput,
  type Pushes,
  type PushName,
} from '../../shared/api.ts'

export type PushListeners = { [P in PushName]: (value: Pushes[P]) => void }

/** `lost` is being mended; `refused` is for good: the token is not the right one. */
export type ConnectionState = 'connecting' | 'open' | 'lost' | 'refused'

export interface Connection {
  /** @throws ApiError, also `failed` when the connection is lost before the answer */
  call<N extends CallName>(name: N, input: CallInput<N>): Promise<CallOutput<N>>
}

export interface ConnectionEvents {
  push: PushListeners
  /** Called with `open` each time a connection is there: whoever watched something must ask for it again. */
  state(state: ConnectionState): void
}

/** @returns the value of a good answer; throws ApiError for one that is not */
export function unwrap<T>(answer: Answer<T>): T {
  if (answer.ok) return answer.value
  throw new ApiError(answer.error.code, answer.error.message)
}
