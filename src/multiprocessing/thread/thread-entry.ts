/** The first module of every thread: find the target, call it, tell how it went. */
import { parentPort, workerData } from 'node:worker_threads'
import { importTarget } from '../child/import-target.ts'
import { errorInfo, MultiprocessingError } from '../errors.ts'
import { endRun } from '../run/end-run.ts'
import { holdEvents } from '../run/held-events.ts'
import { describeLost, whenNothingIsLeft } from '../run/lost.ts'
import { adoptRun, Run } from '../run/run.ts'
import type { ThreadMessage, ThreadStart } from './thread.ts'

Object.assign(globalThis, { [Symbol.for('forkscope.thread')]: true })
const { target, args, name, path, speed, originNs, observed } = workerData as ThreadStart
const held = holdEvents((events) => tell({ type: 'events', events }))
const run = new Run({ path, name, speed, nodePath: null, originNs, sink: observed ? held.sink : null })
let [settled, ended] = [false, false]

function tell(message: ThreadMessage): void {
  parentPort?.postMessage(message)
}

function fail(thrown: unknown): void {
  settled = true
  const error = errorInfo(thrown)
  process.stderr.write(`Thread ${name}:\n${error.stack}\n`)
  tell({ type: 'failed', error })
}

run.reporters.add(held.tell)
process.on('exit', () => {
  for (const report of run.reporters) report()
})
run.onUnobservedProblem = () => tell({ type: 'problem' })
adoptRun(run)
// What the target left behind is over: so are the processes that it started.
whenNothingIsLeft(() => {
  if (!settled) fail(new MultiprocessingError(describeLost(run)))
  else if (!ended || run.children.size > 0) {
    ended = true
    endRun(run).then(() => setImmediate(() => {}), fail)
  }
})
importTarget(target)
  .then((fn) => {
    run.blocking?.running()
    return fn(...args)
  })
  .then(() => (settled = true), fail)
