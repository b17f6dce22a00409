/** This process or thread: its row, how it ends, and what it did not catch. No listener is added, for a program may count them, or act by them. */
'use strict'

const { isMainThread, threadId } = require('node:worker_threads')
const { onEmit } = require('./hooks.cjs')
const { errorOf } = require('./words.cjs')
const { flush, now, set, takeCell, tell } = require('./region.cjs')
const { tidOf } = require('./threads.cjs')

function setHooks(group) {
  const cell = takeCell('thread', { name: isMainThread ? 'main' : `thread ${threadId}`, isMain: isMainThread })
  set(cell, 1, isMainThread ? process.pid : tidOf(threadId))
  let rejected
  onEmit(group, process, (event, [value, more]) => {
    if (event === 'exit') {
      if (isMainThread) tell({ e: 'end', t: now(), code: Number(process.exitCode ?? value ?? 0) })
      else set(cell, 0, 0)
      flush()
    } else if (event === 'unhandledRejection') {
      rejected = value
      // A program that listens is told.
      if (process.listenerCount(event) > 0) return
      const error = errorOf(value)
      const message = `Nobody handled the rejection of a promise: ${error.name}: ${error.message}`
      tell({ e: 'problem', t: now(), kind: 'unhandled-rejection', message, error })
    } else if (event === 'uncaughtExceptionMonitor') {
      // Node has turned one that nobody handled into an error of its own.
      if (more === 'unhandledRejection' && rejected !== undefined)
        tell({ e: 'uncaught', t: now(), error: errorOf(rejected) })
      else tell({ e: 'uncaught', t: now(), error: errorOf(value) })
      flush()
    }
  })
}

module.exports = { setHooks }
