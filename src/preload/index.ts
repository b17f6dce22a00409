/** The bridge: what the page can ask of the main process, method by method, and nothing else. */
import { contextBridge, ipcRenderer } from 'electron'
import { type Bridge, callNames, pushNames } from '../shared/api.ts'
import { callChannel, pushChannel } from '../shared/channels.ts'

const calls = callNames.map((name) => [name, (input: unknown) => ipcRenderer.invoke(callChannel(name), input)])

const onPush = pushNames.map((name) => [
  name,
  (listener: (value: unknown) => void) => {
    // The event carries the sender and more of IPC than a page should hold, so only the value is passed on.
    const receive = (_event: unknown, value: unknown) => listener(value)
    ipcRenderer.on(pushChannel(name), receive)
    return () => ipcRenderer.off(pushChannel(name), receive)
  },
])

const bridge = { calls: Object.fromEntries(calls), onPush: Object.fromEntries(onPush) } as Bridge
contextBridge.exposeInMainWorld('forkscope', bridge)
