/** The API over Electron's IPC: one channel a call, and only our own page may use them. */
import { type BrowserWindow, type IpcMainEvent, type IpcMainInvokeEvent, ipcMain, type WebContents } from 'electron'
import { type Answer, callNames } from '../../shared/api.ts'
import { callChannel, pushChannel, takenChannel } from '../../shared/channels.ts'
import type { Api, Connection } from '../api.ts'
import { PAGE_ORIGIN } from './electron-protocol.ts'

const FORBIDDEN: Answer<never> = {
  ok: false,
  error: { code: 'forbidden', message: 'Only the page of Forkscope itself may do this.' },
}
/** A page that has not taken so many pushes gets no more of them until it has. */
const MOST_ON_THEIR_WAY = 4

/** Whether it comes from the main frame of the app's window, showing the app's own page. */
function isOurPage(event: IpcMainInvokeEvent | IpcMainEvent, window: BrowserWindow | null): boolean {
  const frame = event.senderFrame
  if (!window || window.isDestroyed() || !frame || event.sender !== window.webContents) return false
  return frame === window.webContents.mainFrame && frame.url.startsWith(`${PAGE_ORIGIN}/`)
}

/** A page as it was loaded: what came after a reload is another one, which has seen nothing yet. */
interface Page {
  connection: Connection
  /** Pushes that it was sent and has not taken. */
  onTheirWay: number
}

function connect(api: Api, contents: WebContents): Page {
  const page: Page = {
    onTheirWay: 0,
    connection: api.connect({
      push: (name, value) => {
        if (contents.isDestroyed()) return
        page.onTheirWay++
        contents.send(pushChannel(name), value)
      },
      busy: () => page.onTheirWay >= MOST_ON_THEIR_WAY,
    }),
  }
  return page
}

/** @param window the app's window, if it is open */
export function answerCalls(api: Api, window: () => BrowserWindow | null): void {
  /** The page of each contents that were ever ours; null while none is there. */
  const pages = new WeakMap<WebContents, Page | null>()
  const pageOf = (contents: WebContents): Page => {
    const known = pages.get(contents)
    if (known) return known
    const page = connect(api, contents)
    if (known === undefined) {
      const close = () => {
        pages.get(contents)?.connection.close()
        pages.set(contents, null)
      }
      contents.once('destroyed', close)
      contents.on('did-start-loading', close)
      contents.on('render-process-gone', close)
    }
    pages.set(contents, page)
    return page
  }
  for (const name of callNames) {
    ipcMain.handle(callChannel(name), (event, input: unknown) =>
      isOurPage(event, window()) ? pageOf(event.sender).connection.call(name, input) : FORBIDDEN,
    )
  }
  ipcMain.on(takenChannel, (event) => {
    const page = isOurPage(event, window()) && pages.get(event.sender)
    if (page) page.onTheirWay = Math.max(0, page.onTheirWay - 1)
  })
}
