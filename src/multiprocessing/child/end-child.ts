/** How a child comes to its end: by itself, told to, or because something was thrown. */
import { MultiprocessingError } from '../errors.ts'
import { Outboxes } from '../queue/outboxes.ts'
import { endRun } from '../run/end-run.ts'
import { describeLost, whenNothingIsLeft } from '../run/lost.ts'
import type { Run } from '../run/run.ts'
import type { Channel } from '../wire/channel.ts'
import type { HeaderOf } from '../wire/messages.ts'
import { Requests } from '../wire/requests.ts'

const outputs = () => [process.stdout, process.stderr]

/** Resolves once whoever reads stdout and stderr has taken all that was written to them. */
async function outputsRead(): Promise<void> {
  await Promise.all(outputs().map((stream) => new Promise<void>((resolve) => stream.write('', () => resolve()))))
}

/**
 * The last thing that a child does, when its own children are gone: the kernel has everything that it put and had to tell. The parent
 * reads all of that before it takes the child for ended, so whoever has joined it finds its puts in their queues.
 */
async function exit(run: Run, channel: Channel): Promise<void> {
  for (const report of run.reporters) report()
  const done: HeaderOf<'done'> = { type: 'done', exitCode: (Number(process.exitCode) || 0) & 255 }
  channel.send(done)
  await channel.flush()
  process.exit()
}

/**
 * The end of a process: its target has returned, and what that left behind (timers, servers, puts, waits) is over too.
 * @param fail is called if nothing is left and the target has not returned
 */
export function endByItself(
  run: Run,
  channel: Channel,
  hasReturned: () => boolean,
  fail: (error: Error) => void,
): void {
  let ended = false
  whenNothingIsLeft(() => {
    if (!hasReturned()) fail(new MultiprocessingError(describeLost(run)))
    else if (ended && run.children.size === 0) void exit(run, channel)
    else {
      ended = true
      // What was left behind may begin more meanwhile, so this is asked again.
      endRun(run).then(() => setImmediate(() => {}), fail)
    }
  })
}

/** The end of a worker that is told to: what its tasks have put and printed arrives, and nothing else is waited for. */
export async function endWorker(run: Run, channel: Channel): Promise<void> {
  const [requests, outboxes] = [Requests.of(run), Outboxes.of(run)]
  while (!(requests.idle && outboxes.idle) && !channel.closed) await new Promise((resolve) => setTimeout(resolve, 2))
  await endRun(run)
  await outputsRead()
  await exit(run, channel)
}

/** The end after a failure that was told: at once, or as soon as all that was printed and sent is out. */
export function endAfterFailure(run: Run | undefined, channel: Channel): void {
  for (const report of run?.reporters ?? []) report()
  const sent = channel.flush()
  if (!sent && outputs().every(({ writableLength }) => writableLength === 0)) process.exit(1)
  void Promise.all([sent, outputsRead()]).then(() => process.exit(1))
}
