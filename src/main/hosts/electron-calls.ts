/** The API over Electron's IPC: one channel a call, and only our own page may use them. */
import { type BrowserWindow, type IpcMainInvokeEvent, ipcMain, type WebContents } from 'electron'
import { type Answer, callNames } from '../../shared/api.ts'
import { callChannel, pushChannel } from '../../shared/channels.ts'
import type { Api, Connection } from '../api.ts'
import { PAGE_ORIGIN } from './electron-protocol.ts'

const FORBIDDEN: Answer<never> = {
  ok: false,
  error: { code: 'forbidden', message: 'Only the page of Forkscope itself may do this.' },
}

/** Whether a call comes from the main frame of the app's window, showing the app's own page. */
function isOurPage(event: IpcMainInvokeEvent, window: BrowserWindow | null): boolean {
  const frame = event.senderFrame
  if (!window || window.isDestroyed() || !frame || event.sender !== window.webContents) return false
  return frame === window.webContents.mainFrame && frame.url.startsWith(`${PAGE_ORIGIN}/`)
}

function connect(api: Api, contents: WebContents): Connection {
  const connection = api.connect({
    push: (name, value) => {
      if (!contents.isDestroyed()) contents.send(pushChannel(name), value)
    },
    busy: () => false,
  })
  return connection
}

/** @param window the app's window, if it is open */
export function answerCalls(api: Api, window: () => BrowserWindow | null): void {
  const connections = new WeakMap<WebContents, Connection>()
  const connectionOf = (contents: WebContents): Connection => {
    let connection = connections.get(contents)
    if (!connection) {
      const opened = connect(api, contents)
      connection = opened
      connections.set(contents, opened)
      const close = () => {
        opened.close()
        connections.delete(contents)
      }
      contents.once('destroyed', close)
      // A reload is a new page, which has seen nothing yet.
      contents.once('did-start-loading', close)
    }
    return connection
  }
  for (const name of callNames) {
    ipcMain.handle(callChannel(name), (event, input: unknown) =>
      isOurPage(event, window()) ? connectionOf(event.sender).call(name, input) : FORBIDDEN,
    )
  }
}
