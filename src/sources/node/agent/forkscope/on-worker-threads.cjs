/** `worker_threads`: each is a row, and the messages to it and from it are queues. */
'use strict'

const threads = require('node:worker_threads')
const { beforeWorker } = require('./adapters.cjs')
const environment = require('./environment.cjs')
const { onEmit } = require('./hooks.cjs')
const { count, endThread, letGo, takeCell } = require('./region.cjs')
const { tidOf } = require('./threads.cjs')

const { isMainThread, threadId, parentPort } = threads
const [PUTS, GETS] = [1, 2]
/** By this Node gives a port what has come (`lib/internal/per_context/messageport.js`). */
const DISPATCH = Symbol.for('nodejs.internal.kHybridDispatch')

function setHooks(group) {
  group.replace(threads, 'Worker', (original) => workerHook(group, original))
  if (isMainThread || !parentPort) return
  const { down, up } = cellsOf(threadId)
  const { postMessage } = parentPort
  define(
    parentPort,
    'postMessage',
    {
      postMessage(...args) {
        if (!group.isOff) count(up, PUTS)
        return postMessage.apply(this, args)
      },
    }.postMessage,
  )
  const dispatch = parentPort[DISPATCH]
  define(parentPort, DISPATCH, function (value, type, event) {
    if (!group.isOff && type === 'message') count(down, GETS)
    return dispatch.call(this, value, type, event)
  })
  group.replace(threads, 'receiveMessageOnPort', (receive) => (port) => {
    const received = receive(port)
    if (received !== undefined && port === parentPort && !group.isOff) count(down, GETS)
    return received
  })
}

function define(object, key, value) {
  if (typeof object[key] !== 'function') throw new Error(`there is no ${String(key)} as it is known`)
  Object.defineProperty(object, key, { value, configurable: true, writable: true, enumerable: false })
}

/** @returns the cells in which this thread counts the messages to a worker thread and from it */
function cellsOf(id) {
  const name = `w${process.pid}.${id}`
  const about = { name: `thread ${id}`, maxsize: 0, ...(!isMainThread && { tid: tidOf(threadId) }) }
  return {
    down: takeCell('queue', { id: `${name}.down`, kind: 'messages to', ...about }),
    up: takeCell('queue', { id: `${name}.up`, kind: 'messages from', ...about }),
  }
}

/** The class itself stays; what makes a new one gives it the agent, and is told of it. */
function workerHook(group, Worker) {
  const made = new Proxy(Worker, {
    construct(target, args, newTarget) {
      let given = args
      group.safely(() => {
        beforeWorker(args[0])
        if (args.length > 1) given = [args[0], environment.putBack(args[1]), ...args.slice(2)]
      })
      const worker = Reflect.construct(target, given, newTarget === made ? target : newTarget)
      group.safely(() => watch(group, worker))
      return worker
    },
  })
  return made
}

function watch(group, worker) {
  const id = worker.threadId
  const { down, up } = cellsOf(id)
  const { postMessage } = worker
  define(
    worker,
    'postMessage',
    {
      postMessage(...args) {
        if (!group.isOff) count(down, PUTS)
        return postMessage.apply(this, args)
      },
    }.postMessage,
  )
  onEmit(group, worker, (event) => {
    if (event === 'message') count(up, GETS)
    else if (event === 'exit') {
      for (const cell of [down, up]) letGo(cell)
      try {
        endThread(id)
      } catch {
        // It had none.
      }
    }
  })
}

module.exports = { setHooks }
