/** A child's life: connect to the parent, become part of its run, do what it was started for, end. */
import { writeSync } from 'node:fs'
import '../kinds.ts'
import type { TelemetryEvent } from '../../shared/telemetry.ts'
import { errorInfo } from '../errors.ts'
import { ownModule } from '../process/own-module.ts'
import { SPARE, type StartHeader } from '../process/start-header.ts'
import { Outboxes } from '../queue/outboxes.ts'
import { endRun } from '../run/end-run.ts'
import { adoptRun, Run } from '../run/run.ts'
import type { TargetLocation } from '../targets.ts'
import { Channel } from '../wire/channel.ts'
import { encodeJson, type Frame } from '../wire/frames.ts'
import { isNamelessFile } from '../wire/nameless-file.ts'
import { Requests } from '../wire/requests.ts'
import { revive } from '../wire/revive.ts'
import { SHARED_FD, SharedBuffer } from '../wire/shared-buffer.ts'
import { decodeValue } from '../wire/values.ts'
import { importTarget } from './import-target.ts'
import { LEDGER_FD, Ledger } from './ledger.ts'
import { WorkerLoop } from './worker-loop.ts'

const STDERR_FD = 2
/** The stream to the parent, as `Child` hands it over. */
const WIRE_FD = 3

function becomePartOfRun(header: StartHeader, channel: Channel): Run {
  let held: TelemetryEvent[] = []
  const tell = () => {
    if (held.length === 0) return
    channel.send({ type: 'events' }, [encodeJson(held)])
    held = []
  }
  const sink = (event: TelemetryEvent) => {
    if (held.length === 0) process.nextTick(tell)
    held.push(event)
  }
  const run = new Run({
    path: header.path,
    name: header.name,
    speed: header.speed,
    nodePath: header.nodePath,
    originNs: BigInt(header.originNs),
    sink: header.observed ? sink : null,
  })
  run.reporters.add(tell)
  run.hub.setParent(channel)
  adoptRun(run)
  return run
}

/**
 * Ends a child in good order: its own children are gone, and the kernel has everything that it put and had to tell. The parent
 * reads all of that before it takes the child for ended, so whoever has joined it finds its puts in their queues.
 */
async function leave(run: Run, channel: Channel, exitCode: number): Promise<never> {
  const [requests, outboxes] = [Requests.of(run), Outboxes.of(run)]
  // What waits for an answer or for room: the target may have left it behind.
  while (!(requests.idle && outboxes.idle) && !channel.closed) await new Promise((resolve) => setTimeout(resolve, 2))
  await endRun(run)
  for (const report of run.reporters) report()
  channel.send({ type: 'done' })
  await channel.flush()
  process.exit(exitCode)
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
  await leave(run, channel, 0)
}

/** What the target's module will want: the loader of ES modules, and the library as they see it. */
async function loadMore(): Promise<void> {
  const library = ownModule('index').href
  await import(library).catch(() => {})
}

export function runChild(): void {
  let run: Run | undefined
  let worker: WorkerLoop | undefined

  const fail = (thrown: unknown) => {
    const error = errorInfo(thrown)
    process.stderr.write(`Process ${run?.name ?? 'child'}:\n${error.stack}\n`)
    channel.send({ type: 'failed' }, [encodeJson(error)])
    for (const report of run?.reporters ?? []) report()
    channel.flush()
    process.exit(1)
  }
  const begin = ({ header, payload }: Frame) => {
    const start = header as StartHeader
    run = becomePartOfRun(start, channel)
    const notes = isNamelessFile(LEDGER_FD)
    if (start.kind === 'worker') {
      worker = new WorkerLoop(run, channel, notes ? new Ledger() : null, () => leave(run as Run, channel, 0))
      const initializer = start.initializer && importTarget(start.initializer).finally(() => tellBegun(channel))
      worker.begin(initializer, payload).catch(fail)
    } else runTarget(run, channel, start, payload).catch(fail)
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
  channel.greet(isNamelessFile(SHARED_FD) ? new SharedBuffer(SHARED_FD, 'child') : null)
  // The target's module shall see nothing of it.
  if (process.argv.splice(2, 1)[0] === SPARE) loadMore().then(() => channel.send({ type: 'loaded' }))
  process.on('uncaughtException', fail)
  // What was said before a sudden `process.exit()` still goes out.
  process.on('exit', () => {
    for (const report of run?.reporters ?? []) report()
    channel.flush()
  })
}
