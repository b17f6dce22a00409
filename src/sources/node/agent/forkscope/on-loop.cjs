/** How busy the event loop is: read by a timer that holds nothing, four times a second while it runs code, else once. */
'use strict'

const { performance } = require('node:perf_hooks')
const { isMainThread, threadId } = require('node:worker_threads')
const { nowNs, set, takeCell, flush } = require('./region.cjs')
const { tidOf } = require('./threads.cjs')

const OFTEN_MS = 250
const RARELY_MS = 1_000
/** An event loop that runs code for less of the time is read once a second. */
const IDLE_SHARE = 0.1

function setHooks(group) {
  const tid = isMainThread ? process.pid : tidOf(threadId)
  const cell = takeCell('loop', { tid })
  set(cell, 4, tid)
  const read = performance.eventLoopUtilization.bind(performance)
  const startNs = nowNs()
  let [before, beforeNs, busyNs, idleNs] = [read().idle, startNs, 0, 0]
  const look = () => {
    if (group.isOff) return
    const [idleMs, atNs] = [read().idle, nowNs()]
    const idle = Math.min(atNs - beforeNs, Math.max(0, Math.round((idleMs - before) * 1e6)))
    const busy = atNs - beforeNs - idle
    busyNs += busy
    idleNs += idle
    set(cell, 1, busyNs)
    set(cell, 2, idleNs)
    set(cell, 3, atNs)
    flush()
    const share = busy / Math.max(1, busy + idle)
    before = idleMs
    beforeNs = atNs
    timer(share < IDLE_SHARE ? RARELY_MS : OFTEN_MS)
  }
  const later = setTimeout
  const timer = (ms) => later(() => group.safely(look), ms).unref()
  timer(OFTEN_MS)
}

module.exports = { setHooks }
