/** The API over a WebSocket, for the browser. It comes back by itself when it was lost. */
import {
  type Answer,
  ApiError,
  type CallInput,
  type CallName,
  type CallOutput,
  pushNames,
  type SocketMessage,
} from '../../shared/api.ts'
import { type Connection, type ConnectionEvents, unwrap } from './connection.ts'

/** What of the browser's WebSocket is used. */
export type SocketLike = Pick<WebSocket, 'send' | 'onopen' | 'onclose' | 'onmessage' | 'readyState'>

export interface SocketOptions {
  open(): SocketLike
  /** Whether the server answers at all. One that answers and yet closes a socket before it was open does not want the token. */
  isServerThere(): Promise<boolean>
  events: ConnectionEvents
  /** The wait before the first attempt to come back, in ms; it doubles up to `mostMs`. */
  firstMs?: number
  mostMs?: number
}

interface Waiting {
  resolve(value: never): void
  reject(error: Error): void
}

const OPEN = 1

/** Opens a socket, and again whenever it is lost, until the server refuses its token. */
export function connectSocket(options: SocketOptions): Connection {
  const { open, isServerThere, events, firstMs = 500, mostMs = 8_000 } = options
  const waiting = new Map<number, Waiting>()
  let socket: SocketLike
  let nextId = 1
  let attempts = 0

  const receive = (message: SocketMessage) => {
    if (message.type === 'push') {
      // A name that this page does not know comes from a newer server and is nothing to fail over.
      if (pushNames.includes(message.push)) events.push[message.push](message.value as never)
      return
    }
    const call = waiting.get(message.id)
    if (!call) return
    waiting.delete(message.id)
    try {
      call.resolve(unwrap(message.answer as Answer<never>))
    } catch (error) {
      call.reject(error as Error)
    }
  }

  const comeBack = async (wasOpen: boolean) => {
    if (!wasOpen && (await isServerThere().catch(() => false))) {
      events.state('refused')
      return
    }
    events.state('lost')
    setTimeout(connect, Math.min(mostMs, firstMs * 2 ** attempts++))
  }

  const connect = () => {
    let wasOpen = false
    socket = open()
    socket.onopen = () => {
      wasOpen = true
      attempts = 0
      events.state('open')
    }
    socket.onmessage = ({ data }) => receive(JSON.parse(String(data)) as SocketMessage)
    socket.onclose = () => {
      const lost = new ApiError('failed', 'The connection to Forkscope was lost before the answer came.')
      for (const { reject } of waiting.values()) reject(lost)
      waiting.clear()
      void comeBack(wasOpen)
    }
  }
  connect()

  return {
    call: <N extends CallName>(name: N, input: CallInput<N>) =>
      new Promise<CallOutput<N>>((resolve, reject) => {
        if (socket.readyState !== OPEN) {
          reject(new ApiError('failed', 'There is no connection to Forkscope right now.'))
          return
        }
        const id = nextId++
        waiting.set(id, { resolve, reject })
        socket.send(JSON.stringify({ id, call: name, input }))
      }),
  }
}
