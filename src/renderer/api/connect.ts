/** Finds out which host the page has, and connects to it. */
import { connectBridge } from './bridge-connection.ts'
import type { Connection, ConnectionEvents } from './connection.ts'
import { connectSocket } from './socket-connection.ts'

const TOKEN_KEY = 'forkscope.token'

/** The token comes once in the address, which then is cleaned of it, and stays with this tab. */
function takeToken(): string {
  const given = /(?:^#|&)token=([\w-]+)/.exec(location.hash)?.[1]
  if (given) {
    sessionStorage.setItem(TOKEN_KEY, given)
    history.replaceState(null, '', location.pathname)
  }
  return sessionStorage.getItem(TOKEN_KEY) ?? ''
}

/** Connects to the host that serves the page: Electron's bridge where there is one, else the loopback server. */
export function connect(events: ConnectionEvents): Connection {
  if (window.forkscope) return connectBridge(window.forkscope, events)
  const token = takeToken()
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws'
  return connectSocket({
    open: () => new WebSocket(`${scheme}://${location.host}/socket`, ['forkscope', `token.${token || 'none'}`]),
    isServerThere: async () => (await fetch(location.pathname, { method: 'HEAD', cache: 'no-store' })).ok,
    events,
  })
}
