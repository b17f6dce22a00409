/**
 * Messages between a process and one that it has started with a channel. Each direction is a queue, named by the two pids. Counted is what the
 * program has given to `send`, and what was given to its listeners: what Node says to itself (`NODE_…`) is not.
 */
'use strict'

const { isMainThread } = require('node:worker_threads')
const { alike, onEmit } = require('./hooks.cjs')
const { count, letGo, takeCell } = require('./region.cjs')

const [PUTS, GETS] = [1, 2]
const has = Function.call.bind(Object.prototype.hasOwnProperty)

function isOfNode(message) {
  if (typeof message !== 'object' || message === null || !has(message, 'cmd')) return false
  const { value } = Object.getOwnPropertyDescriptor(message, 'cmd')
  return typeof value === 'string' && value.startsWith('NODE_')
}

/** Calls `put` for each message that is sent by a process, or to a child. */
function onSend(group, target, put) {
  const original = target.send
  const there = Object.getOwnPropertyDescriptor(target, 'send')
  if (typeof original !== 'function' || !there || !there.configurable)
    throw new Error('there is no send as it is known')
  const made = {
    send(message, handle, options, callback) {
      if (!group.isOff) {
        try {
          if (this.connected && !isOfNode(message)) put()
        } catch (error) {
          group.failed(error)
        }
      }
      return original.call(this, message, handle, options, callback)
    },
  }.send
  alike(made, original)
  Object.defineProperty(target, 'send', { ...there, value: made })
}

/** The channel to who has started this process, if there is one. */
function watchParent(group) {
  if (!isMainThread || !process.channel) return
  const name = `i${process.ppid}.${process.pid}`
  const down = takeCell('queue', { id: `${name}.down`, kind: 'messages to', name: `${process.pid}`, maxsize: 0 })
  const up = takeCell('queue', { id: `${name}.up`, kind: 'messages from', name: `${process.pid}`, maxsize: 0 })
  onSend(group, process, () => count(up, PUTS))
  onEmit(group, process, (event) => {
    if (event === 'message') count(down, GETS)
  })
}

/** The channel to a process that was started. */
function watchChild(group, child) {
  const name = `i${process.pid}.${child.pid}`
  const down = takeCell('queue', { id: `${name}.down`, kind: 'messages to', name: `${child.pid}`, maxsize: 0 })
  const up = takeCell('queue', { id: `${name}.up`, kind: 'messages from', name: `${child.pid}`, maxsize: 0 })
  onSend(group, child, () => count(down, PUTS))
  onEmit(group, child, (event) => {
    if (event === 'message') count(up, GETS)
    // No message comes after it, and the channel has ended before.
    else if (event === 'close') for (const cell of [down, up]) letGo(cell)
  })
}

module.exports = { watchParent, watchChild }
