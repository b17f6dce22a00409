/**
 * The region: a file in the run's folder that survives the program, however that ends. `sources/agents/protocol.ts` is its contract.
 *
 * Node can map no file, and to write costs a system call (about a microsecond). So counts change in memory, and all that has changed in
 * one turn of the event loop is written at its end, before anything else can be waited for. In a turn that does not end the first count is
 * written at once, where none was within a millisecond, and then each 64th.
 */
'use strict'

const fs = require('node:fs')
const { isMainThread, threadId } = require('node:worker_threads')

const BYTES = 262_144
const AT = {
  magic: 0,
  pid: 8,
  start: 16,
  createdNs: 24,
  ringEnd: 32,
  lines: 40,
  dropped: 48,
  cellsUsed: 56,
  token: 64,
  untold: 96,
}
const HEAD_END = 104
const CELLS = { at: 4_096, count: 384, bytes: 256 }
const RING = { at: 102_400, bytes: 159_744 }
const MOST_LINE_BYTES = 4_096
const MOST_DESCRIPTION_BYTES = 190
const KINDS = { thread: 1, queue: 2, lock: 3, loop: 4, pool: 5, object: 6 }
const WORDS_A_CELL = CELLS.bytes / 4
const MOST_UNWRITTEN = 64
/** The first count after so long is written at once; what follows in a row, together. */
const SOON_MS = 1
/** More lines wait for no turn's end. */
const MOST_WAITING_BYTES = 32_768
/** A worker thread with a higher number has no agent: each has a file of its own until the process ends. */
const MOST_THREADS = 500

const { openSync, writeSync, closeSync, readFileSync, unlinkSync } = fs
const { hrtime } = process
const { performance } = require('node:perf_hooks')
const resolved = Promise.resolve()

const bytes = Buffer.alloc(RING.at)
const words = new Uint32Array(bytes.buffer, bytes.byteOffset, RING.at / 4)
const isDirty = new Uint8Array(CELLS.count)
/** Cells that may be given to something else: what they have counted stays readable until then. */
const free = []
let descriptor = -1
const dirty = []
let lines = []
let linesBytes = 0
let isHeadDirty = false
let isScheduled = false
let unwritten = 0
let writtenMs = 0
let folder = ''
let name = ''

/** @returns CLOCK_MONOTONIC in nanoseconds */
function nowNs() {
  const [seconds, nanoseconds] = hrtime()
  return seconds * 1e9 + nanoseconds
}

/** @returns the same in microseconds, as lines have it */
function now() {
  return Math.round(nowNs() / 1_000)
}

function setWord(at, value) {
  words[at / 4] = value
  words[at / 4 + 1] = value / 0x1_0000_0000
}

function getWord(at) {
  return words[at / 4] + words[at / 4 + 1] * 0x1_0000_0000
}

/** @returns when this process began: field 22 of proc(5)'s stat; what comes after the name, which may have any character */
function startOf() {
  const stat = readFileSync('/proc/self/stat', 'latin1')
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19])
}

/** @returns whether there is a region now, for this process or thread */
function begin(run) {
  if (threadId > MOST_THREADS || new Uint8Array(new Uint32Array([1]).buffer)[0] !== 1) return false
  const start = startOf()
  folder = run.folder
  name = `${process.pid}.${start}`
  if (!open(isMainThread ? name : `${name}.${threadId}`)) return false
  bytes.write(run.token, AT.token, 32, 'latin1')
  setWord(AT.pid, process.pid)
  setWord(AT.start, start)
  setWord(AT.createdNs, nowNs())
  try {
    // All of it, so that a full disk is found out now.
    writeAt(Buffer.alloc(BYTES), 0)
    writeAt(bytes.subarray(0, HEAD_END), 0)
    bytes.write('FSAGENT1', AT.magic, 'latin1')
    writeAt(bytes.subarray(0, 8), 0)
    return true
  } catch {
    stop()
    try {
      unlinkSync(`${folder}/${name}`)
    } catch {}
    return false
  }
}

/** A program that has replaced itself keeps its pid and start: the next region has a number after the name. */
function open(first) {
  const names = [first, ...Array.from({ length: 20 }, (_, i) => `${name}.${1_000_000 + i}`)]
  for (const one of isMainThread ? names : [first]) {
    try {
      descriptor = openSync(`${folder}/${one}`, 'wx+', 0o600)
      return true
    } catch (error) {
      if (error.code !== 'EEXIST') return false
    }
  }
  return false
}

function writeAt(data, at) {
  let done = 0
  while (done < data.length) done += writeSync(descriptor, data, done, data.length - done, at + done)
}

function stop() {
  if (descriptor < 0) return
  try {
    closeSync(descriptor)
  } catch {}
  descriptor = -1
}

/**
 * @param description plain data, no more than 190 bytes of JSON
 * @returns the number of a new cell, or -1 where there is none
 */
function takeCell(kind, description) {
  const text = Buffer.from(JSON.stringify(description))
  let cell = getWord(AT.cellsUsed)
  if (cell >= CELLS.count) cell = free.length > 0 ? free.shift() : -1
  if (cell < 0 || text.length > MOST_DESCRIPTION_BYTES) {
    setWord(AT.untold, getWord(AT.untold) + 1)
    headChanged()
    return -1
  }
  const at = CELLS.at + cell * CELLS.bytes
  const generation = words[at / 4] >>> 8
  bytes.fill(0, at, at + CELLS.bytes)
  bytes.writeUInt16LE(text.length, at + 64)
  text.copy(bytes, at + 66)
  words[at / 4] = KINDS[kind] + (generation + 1) * 256
  setWord(AT.cellsUsed, Math.max(getWord(AT.cellsUsed), cell + 1))
  changed(cell)
  headChanged()
  return cell
}

/** What it has counted may be overwritten by something else from now on. */
function letGo(cell) {
  if (cell >= 0) free.push(cell)
}

/** One more in a field, 1 to 7, of a cell. */
function count(cell, field) {
  if (cell < 0) return
  const at = CELLS.at / 4 + cell * WORDS_A_CELL + field * 2
  words[at] = words[at] + 1
  if (words[at] === 0) words[at + 1] = words[at + 1] + 1
  unwritten++
  if (isDirty[cell] === 0) {
    changed(cell)
    // What comes next may be a listener that computes for ever.
    if (unwritten === 1 && performance.now() - writtenMs > SOON_MS) flush()
  } else if (unwritten >= MOST_UNWRITTEN) flush()
}

function set(cell, field, value) {
  if (cell < 0) return
  setWord(CELLS.at + cell * CELLS.bytes + field * 8, value)
  changed(cell)
}

function get(cell, field) {
  return cell < 0 ? 0 : getWord(CELLS.at + cell * CELLS.bytes + field * 8)
}

function changed(cell) {
  if (isDirty[cell] === 1) return
  isDirty[cell] = 1
  dirty.push(cell)
  schedule()
}

function headChanged() {
  isHeadDirty = true
  schedule()
}

function schedule() {
  if (isScheduled) return
  isScheduled = true
  resolved.then(flush)
}

/** @param line plain data, with the time in `t` */
function tell(line) {
  const text = `${JSON.stringify(line)}\n`
  setWord(AT.lines, getWord(AT.lines) + 1)
  const size = Buffer.byteLength(text)
  if (size > MOST_LINE_BYTES) {
    setWord(AT.lines, getWord(AT.lines) - 1)
    setWord(AT.dropped, getWord(AT.dropped) + 1)
  } else {
    lines.push(text)
    linesBytes += size
  }
  headChanged()
  if (linesBytes > MOST_WAITING_BYTES) flush()
}

/** Writes all that has changed. */
function flush() {
  isScheduled = false
  unwritten = 0
  if (dirty.length > 0 || isHeadDirty) writtenMs = performance.now()
  try {
    if (dirty.length > 0) writeCells()
    if (isHeadDirty && descriptor >= 0) writeLines()
  } catch {
    // The descriptor is gone, or the disk is full: there is nobody to tell.
    stop()
  }
  dirty.length = 0
  isHeadDirty = false
}

function writeCells() {
  let [first, last] = [dirty[0], dirty[0]]
  for (const cell of dirty) {
    isDirty[cell] = 0
    if (cell < first) first = cell
    if (cell > last) last = cell
  }
  if (descriptor < 0) return
  // Few that lie together are written together.
  if (last - first < 16) write(first, last)
  else for (const cell of dirty) write(cell, cell)
}

function write(first, last) {
  const at = CELLS.at + first * CELLS.bytes
  const length = (last - first + 1) * CELLS.bytes
  writeSync(descriptor, bytes, at, length, at)
}

function writeLines() {
  if (lines.length > 0) {
    const data = Buffer.from(lines.join(''))
    const end = getWord(AT.ringEnd)
    const at = end % RING.bytes
    const first = Math.min(data.length, RING.bytes - at)
    writeAt(data.subarray(0, first), RING.at + at)
    if (first < data.length) writeAt(data.subarray(first), RING.at)
    setWord(AT.ringEnd, end + data.length)
    lines = []
    linesBytes = 0
  }
  writeSync(descriptor, bytes, AT.ringEnd, HEAD_END - AT.ringEnd, AT.ringEnd)
}

/** A worker thread was ended from outside: its own cells of threads and loops, which are its first two, are free. */
function endThread(id) {
  if (id > MOST_THREADS) return
  const file = openSync(`${folder}/${name}.${id}`, 'r+')
  try {
    for (const cell of [0, 1]) writeSync(file, Buffer.alloc(8), 0, 8, CELLS.at + cell * CELLS.bytes)
  } finally {
    closeSync(file)
  }
}

module.exports = { begin, now, nowNs, takeCell, letGo, count, set, get, tell, flush, endThread }
