/** The API over Electron's bridge. */
import type { Bridge, CallInput, CallName, CallOutput } from '../../shared/api.ts'
import { type Connection, type ConnectionEvents, unwrap } from './connection.ts'

declare global {
  interface Window {
    /** Put there by the preload script; absent in a browser. */
    forkscope?: Bridge
  }
}

export function connectBridge(bridge: Bridge, events: ConnectionEvents): Connection {
  bridge.onPush.overview(events.push.overview)
  bridge.onPush.session(events.push.session)
  queueMicrotask(() => events.state('open'))
  return {
    call: async <N extends CallName>(name: N, input: CallInput<N>): Promise<CallOutput<N>> =>
      unwrap(await bridge.calls[name](input as never)) as CallOutput<N>,
  }
}
