/** The first module of every thread: find the target, call it, tell how it went. */
import { parentPort, workerData } from 'node:worker_threads'
import { importTarget } from '../child/import-target.ts'
import { errorInfo } from '../errors.ts'
import { adoptRun, Run } from '../run/run.ts'
import type { ThreadMessage, ThreadStart } from './thread.ts'

const { target, args, name, path, speed, originNs } = workerData as ThreadStart

function tell(message: ThreadMessage): void {
  parentPort?.postMessage(message)
}

adoptRun(new Run({ path, name, speed, nodePath: null, originNs, sink: null }))
importTarget(target)
  .then((fn) => {
    tell({ type: 'running' })
    return fn(...args)
  })
  .catch((thrown: unknown) => {
    const error = errorInfo(thrown)
    process.stderr.write(`Thread ${name}:\n${error.stack}\n`)
    tell({ type: 'failed', error })
  })
