/** A child's life: connect to the parent, become part of its run, do what it was started for, end. */
import { writeSync } from 'node:fs'
import '../kinds.ts'
import { errorInfo } from '../errors.ts'
import { ownModule } from '../process/own-module.ts'
import { SPARE, type StartHeader } from '../process/start-header.ts'
import { holdEvents } from '../run/held-events.ts'
import { adoptRun, Run } from '../run/run.ts'
import type { TargetLocation } from '../targets.ts'
import { Channel } from '../wire/channel.ts'
import { encodeJson, type Frame } from '../wire/frames.ts'
import { revive } from '../wire/revive.ts'
import { decodeValue } from '../wire/values.ts'
import { endAfterFailure, endByItself, endWorker } from './end-child.ts'
import { importTarget } from './import-target.ts'
import { Ledger } from './ledger.ts'
import { WorkerLoop } from './worker-loop.ts'

const STDERR_FD = 2
/** The stream to the parent, as `Child` hands it over. */
const WIRE_FD = 3

function becomePartOfRun(header: StartHeader, channel: Channel): Run {
  const { observer } = header
  const held = holdEvents((events) => {
    run.hub.send({ type: 'events', to: observer as string }, [encodeJson(events)])
  })
  const run: Run = new Run({
    path: header.path,
    name: header.name,
    speed: header.speed,
    nodePath: header.nodePath,
    originNs: BigInt(header.originNs),
    sink: observer === null ? null : held.sink,
    observer,
  })
  run.reporters.add(held.tell)
  run.onUnobservedProblem = () => channel.send({ type: 'problem' })
  run.hub.setParent(channel)
  adoptRun(run)
  return run
}

/** Tells that its start is over, now: what is called next may never let go. */
function tellBegun(channel: Channel): void {
  channel.send({ type: 'begun' })
  channel.writeNow()
}

async function runTarget(run: Run, channel: Channel, header: StartHeader, payload: Uint8Array): Promise<void> {
  const target = await importTarget(header.target as TargetLocation)
  const args = decodeValue(payload, (handle) => revive(handle, run)) as unknown[]
  tellBegun(channel)
  run.blocking?.running()
  await target(...args)
}

/** What the target's module will want: the loader of ES modules, and the library as they see it. */
async function loadMore(): Promise<void> {
  const library = ownModule('index').href
  await import(library).catch(() => {})
}

/** @param told what travels, which is shortened where it is very long */
function wholeStack(thrown: unknown, told: string): string {
  try {
    const stack = thrown instanceof Error ? thrown.stack : undefined
    return typeof stack === 'string' && stack.length > told.length ? stack : told
  } catch {
    return told
  }
}

export function runChild(): void {
  let run: Run | undefined
  let worker: WorkerLoop | undefined
  let returned = false
  let failed = false

  const fail = (thrown: unknown) => {
    const error = errorInfo(thrown)
    process.stderr.write(`Process ${run?.name ?? 'child'}:\n${wholeStack(thrown, error.stack)}\n`)
    if (failed) return
    failed = true
    worker?.halt()
    channel.send({ type: 'failed' }, [encodeJson(error)])
    endAfterFailure(run, channel)
  }
  const begin = ({ header, payload }: Frame) => {
    const start = header as StartHeader
    run = becomePartOfRun(start, channel)
    if (start.kind === 'worker') {
      const leave = () => endWorker(run as Run, channel).catch(fail)
      worker = new WorkerLoop(run, start.pool ?? '', channel, new Ledger(), leave)
      const initializer = start.initializer && importTarget(start.initializer).finally(() => tellBegun(channel))
      worker.begin(initializer, payload).catch(fail)
      return
    }
    endByItself(run, channel, () => returned, fail)
    // Only what the target itself waits for keeps it from ending, see `Run.wait`.
    channel.ref(false)
    runTarget(run, channel, start, payload).then(() => (returned = true), fail)
  }
  const channel = new Channel(WIRE_FD)
  channel.listen({
    onFrame: (frame) => {
      if (!run) begin(frame)
      else if (!run.hub.receive(frame, null)) worker?.onFrame(frame)
    },
    // The parent is gone, and with it everything this child was for. Nothing that could hang is done any more.
    onClose: (error) => {
      try {
        if (error) writeSync(STDERR_FD, `Process ${run?.name ?? 'child'}: ${error.message}\n`)
      } finally {
        process.kill(process.pid, 'SIGKILL')
      }
    },
  })
  channel.greet()
  // The target's module shall see nothing of it.
  if (process.argv.splice(2).includes(SPARE)) loadMore().then(() => channel.send({ type: 'loaded' }))
  process.on('uncaughtException', (thrown) => {
    // A listener of the program's own says what becomes of it.
    if (process.listenerCount('uncaughtException') === 1) fail(thrown)
  })
  // What was said before a sudden `process.exit()` still goes out.
  process.on('exit', () => {
    for (const report of run?.reporters ?? []) report()
    channel.flush()
  })
}
