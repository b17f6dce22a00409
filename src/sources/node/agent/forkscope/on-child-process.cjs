/** `child_process`: who starts whom, how that ended, who waits for a command, and messages between them. */
'use strict'

const childProcess = require('node:child_process')
const environment = require('./environment.cjs')
const ipc = require('./ipc.cjs')
const { flush, now, nowNs, get, set, tell } = require('./region.cjs')

/** The first cell is this thread's. */
const THREAD = 0
const FIELD = { turn: 2, what: 3, on: 4, sinceNs: 5 }
const JOIN = 5

function setHooks(group) {
  group.replace(childProcess.ChildProcess.prototype, 'spawn', (original) => spawnHook(group, original))
  for (const name of ['spawnSync', 'execFileSync', 'execSync'])
    group.replace(childProcess, name, (original) => waitHook(group, name, original))
  ipc.watchParent(group)
}

function spawnHook(group, original) {
  return {
    spawn(...args) {
      const [options] = args
      group.safely(() => {
        if (options && Array.isArray(options.envPairs) && environment.isNode(options.file))
          environment.putBackPairs(options.envPairs, options.args ?? [])
      })
      const result = original.apply(this, args)
      group.safely(() => {
        if (this.pid) started(group, this, options)
      })
      return result
    },
  }.spawn
}

function started(group, child, options) {
  const { pid } = child
  const worker = options.envPairs?.find((pair) => pair.startsWith('NODE_UNIQUE_ID='))
  const how = worker ? 'cluster' : child.channel ? 'fork' : 'spawn'
  const name = worker ? { name: `cluster worker ${worker.slice('NODE_UNIQUE_ID='.length)}` } : {}
  tell({ e: 'child', t: now(), pid, how, ...name, argv: wordsOf(options.args) })
  const handle = child._handle
  const onexit = handle.onexit
  handle.onexit = function (...how) {
    const [code, signal] = how
    group.safely(() => {
      tell({ e: 'child.ended', t: now(), pid, code: signal ? null : code, ...(signal && { signal }) })
      flush()
    })
    return onexit.apply(this, how)
  }
  if (child.channel) ipc.watchChild(group, child)
  flush()
}

function wordsOf(args) {
  return (Array.isArray(args) ? args : [])
    .slice(0, 12)
    .map((word) => (typeof word === 'string' ? word.slice(0, 200) : '…'))
}

/** Who starts a command and waits for it runs nothing else meanwhile. */
function waitHook(group, name, original) {
  return (...args) => {
    let given = args
    group.safely(() => {
      if (name !== 'execSync' && environment.isNode(args[0]))
        given = args.map((arg, i) => (i > 0 && !Array.isArray(arg) ? environment.putBack(arg) : arg))
      set(THREAD, FIELD.what, JOIN)
      set(THREAD, FIELD.on, 0)
      set(THREAD, FIELD.sinceNs, nowNs())
      set(THREAD, FIELD.turn, get(THREAD, FIELD.turn) + 1)
      flush()
    })
    try {
      const result = original(...given)
      group.safely(() => {
        if (name === 'spawnSync' && result.pid) toldAfterwards(result, args)
      })
      return result
    } finally {
      group.safely(() => {
        if (get(THREAD, FIELD.turn) % 2 === 1) set(THREAD, FIELD.turn, get(THREAD, FIELD.turn) + 1)
      })
    }
  }
}

/** Whom it has waited for. */
function toldAfterwards({ pid, status, signal }, args) {
  tell({ e: 'child', t: now(), pid, how: 'spawn', argv: [String(args[0]), ...wordsOf(args[1])] })
  tell({ e: 'child.ended', t: now(), pid, code: signal ? null : status, ...(signal && { signal }) })
}

module.exports = { setHooks }
