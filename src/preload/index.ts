/** The bridge: what the page can ask of the main process, method by method, and nothing else. */
import { contextBridge, ipcRenderer } from 'electron'
import { type Bridge, callNames, pushNames } from '../shared/api.ts'
import { callChannel, pushChannel, takenChannel } from '../shared/channels.ts'

const calls = callNames.map((name) => [name, (input: unknown) => ipcRenderer.invoke(callChannel(name), input)])

const onPush = pushNames.map((name) => {
  const listeners = new Set<(value: unknown) => void>()
  // The event carries the sender and more of IPC than a page should hold, so only the value is passed on.
  ipcRenderer.on(pushChannel(name), (_event, value: unknown) => {
    for (const listener of listeners) listener(value)
    // Once the page has time for it, and not before: a page that is held up is sent no more than it takes.
    setTimeout(() => ipcRenderer.send(takenChannel))
  })
  const subscribe = (listener: (value: unknown) => void) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }
  return [name, subscribe]
})

const bridge = { calls: Object.fromEntries(calls), onPush: Object.fromEntries(onPush) } as Bridge
contextBridge.exposeInMainWorld('forkscope', bridge)
