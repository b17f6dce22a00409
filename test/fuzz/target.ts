/** What is attacked: a process with queues and shared objects, and another child of it that must notice nothing. Made anew for each seed. */
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  Barrier,
  Event,
  JoinableQueue,
  Lock,
  Manager,
  Pipe,
  Queue,
  Semaphore,
} from '../../src/multiprocessing/index.ts'
import { Run } from '../../src/multiprocessing/run/run.ts'
import { Channel, isOfChannels } from '../../src/multiprocessing/wire/channel.ts'
import { decodeErrorInfo, type Frame, FrameReader } from '../../src/multiprocessing/wire/frames.ts'
import { revive } from '../../src/multiprocessing/wire/revive.ts'
import { type Shared, sharedHandle } from '../../src/multiprocessing/wire/values.ts'
import type { QueueChanged, TelemetryEvent } from '../../src/shared/telemetry.ts'
import { chance } from '../seeded.ts'
import { type HostileFrame, hostileFrame, OPEN_QUEUE, SELF, spoiltBytes } from './hostile-frames.ts'

const SIBLING = '0.2'
const FRAMES = 16

/** What became of the frames of a seed. */
export interface Report {
  /** By type: how many were dealt with, and how many ended the connection. */
  accepted: Map<string, number>
  fatal: Map<string, number>
  /** Requests that were answered with a refusal. */
  refused: number
  /** Streams that were spoilt as bytes. */
  spoilt: number
}

export function newReport(): Report {
  return { accepted: new Map(), fatal: new Map(), refused: 0, spoilt: 0 }
}

function count(counts: Map<string, number>, what: string): void {
  counts.set(what, (counts.get(what) ?? 0) + 1)
}

/** Real sockets between the ends, all in this process. */
export class Sockets {
  readonly #folder = mkdtempSync(join(tmpdir(), 'forkscope-fuzz-'))
  readonly #server: Server = createServer()
  readonly #ready: Promise<void>

  constructor() {
    this.#ready = new Promise((resolve) => this.#server.listen(join(this.#folder, 'socket'), resolve))
  }

  async pair(): Promise<[Socket, Socket]> {
    await this.#ready
    const here = new Promise<Socket>((resolve) => this.#server.once('connection', resolve))
    const there = connect(join(this.#folder, 'socket'))
    there.on('error', () => {})
    await once(there, 'connect')
    return [await here, there]
  }

  close(): void {
    this.#server.close()
    rmSync(this.#folder, { recursive: true })
  }
}

function newRun(path: string, sink: ((event: TelemetryEvent) => void) | null): Run {
  return new Run({ path, name: path, speed: 1, nodePath: null, originNs: process.hrtime.bigint(), sink })
}

class Fault extends Error {}

function must(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Fault(what)
}

/** @returns what it resolves with; a fault if it does not in a while */
async function soon<T>(what: string, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Fault(`${what}: not after 10 s`)), 10_000)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}

/**
 * One attack: as many hostile messages as the connection bears.
 * @throws an error that says what was harmed, and all that was sent
 */
export async function attack(seed: number, sockets: Sockets, report: Report): Promise<void> {
  const sent: HostileFrame[] = []
  try {
    await attackWith(seed, sockets, report, sent)
  } catch (error) {
    const list = sent.map(({ made, verdict }) => `  ${verdict}: ${made}`).join('\n')
    throw new Error(`seed ${seed}: ${(error as Error).stack}\n${list}`, { cause: error })
  }
}

async function attackWith(seed: number, sockets: Sockets, report: Report, sent: HostileFrame[]): Promise<void> {
  const dice = chance(seed)
  const figures = new Map<string, QueueChanged>()
  const strange: string[] = []
  const root: Run = newRun('0', (event) => {
    if (event.type === 'queue.changed') figures.set(event.queue, event)
    if (event.atUs < 0 || event.atUs > root.nowUs()) strange.push(`${event.type} at ${event.atUs}`)
  })
  const sibling = newRun(SIBLING, null)

  /** Everything that the hostile child may use, and one queue and one lock that are the sibling's and the root's alone. */
  const own = root.within(() => {
    const open = new Queue<unknown>()
    const queue = new Queue<string>()
    const others = [new Lock(), new Semaphore(2), new Barrier(2), new Event(), ...Pipe(), new JoinableQueue()]
    return { open, queue, others: [...others, new Manager().dict(), new Manager().list()], lock: new Lock() }
  })
  const inSibling = <T extends object>(object: T) => revive((object as unknown as Shared)[sharedHandle](), sibling) as T

  // The sibling is a run of its own that has its parent at the other end of a socket.
  const [rootEnd, siblingEnd] = await sockets.pair()
  let siblingError: Error | null | undefined
  const toSibling = new Channel(rootEnd)
  toSibling.listen({
    onFrame: (frame) => void root.hub.receive(frame, SIBLING),
    onClose: (error) => {
      siblingError = error
      root.hub.removeChild(SIBLING)
    },
  })
  root.hub.addChild(SIBLING, toSibling)
  const toRoot = new Channel(siblingEnd)
  toRoot.listen({
    onFrame: (frame) => void sibling.hub.receive(frame, null),
    onClose: (error) => (siblingError ??= error),
  })
  sibling.hub.setParent(toRoot)
  const siblings = { queue: inSibling(own.queue), lock: inSibling(own.lock) }
  sibling.within(() => new Queue<unknown>())
  await soon('the sibling gets the lock', siblings.lock.acquire())
  const waiting = sibling.within(() => siblings.queue.get())
  waiting.catch(() => {})

  // The hostile child writes what it likes, and reads what comes.
  const [here, there] = await sockets.pair()
  const reader = new FrameReader()
  there.on('data', (bytes: Buffer) => {
    for (const { header } of reader.push(bytes)) if (header.type === 'request.refused') report.refused++
  })
  let read = 0
  let closed: () => void = () => {}
  const end = new Promise<void>((resolve) => (closed = resolve))
  let hostileError: Error | null | undefined
  const channel = new Channel(here)
  channel.listen({
    onFrame: (frame) => {
      const { type } = frame.header
      try {
        receive(root, frame)
      } catch (error) {
        count(report.fatal, type)
        throw error
      } finally {
        read++
      }
      count(report.accepted, type)
    },
    onClose: (error) => {
      hostileError = error
      root.hub.removeChild(SELF)
      closed()
    },
  })
  root.hub.addChild(SELF, channel)

  /** All that was sent up to now has been read and answered. */
  const settled = async () => {
    const told = sent.filter(({ type }) => !isOfChannels(type)).length
    while (read < told && hostileError === undefined) await new Promise((resolve) => setImmediate(resolve))
    await new Promise((resolve) => setImmediate(resolve))
  }
  let expected: 'fine' | 'fatal' | 'either' = 'fine'
  for (let i = 0; i < FRAMES && expected !== 'fatal'; i++) {
    const frame = hostileFrame(dice)
    if (frame.verdict !== 'fine') {
      await soon('what was sent is read', settled())
      expected = frame.verdict
    }
    sent.push(frame)
    there.write(frame.bytes)
  }
  if (expected !== 'fatal') {
    await soon('all that was sent is read', settled())
    if (dice.below(2) === 0) {
      report.spoilt++
      expected = 'either'
      there.write(spoiltBytes(dice))
    }
  }
  there.end()
  await soon('the end of the connection', end)
  const error = hostileError as Error | null | undefined
  must(!error || error.name === 'WireError', `ended by ${error?.stack}`)
  if (expected === 'fatal') must(error instanceof Error, 'what must end the connection did not')
  if (expected === 'fine') must(!error, `ended, though all was right: ${error?.message}`)

  // Nobody else has noticed anything.
  must(siblingError === undefined, `the sibling's connection ended: ${siblingError?.message}`)
  must(await soon('the lock is looked at', own.lock.locked()), 'the sibling’s lock is free')
  await soon(
    'a put',
    root.within(() => own.queue.put('still here')),
  )
  must((await soon('the sibling gets', waiting)) === 'still here', 'the sibling got something else')
  await soon('the sibling gives the lock back', siblings.lock.release())
  must(await soon('the lock', own.lock.acquire({ timeoutMs: 5_000 })), 'the lock was not given back')
  must(strange.length === 0, `events at no time that has been: ${strange}`)
  // And the open queue is exact: it has what its figures say.
  const size = await soon('the size', own.open.size())
  for (const tell of root.reporters) tell()
  const last = figures.get(OPEN_QUEUE)
  if (last) must(last.depth === last.puts - last.gets && last.depth === size, `depth ${last.depth}, ${size} there`)
  else must(size === 0, `${size} items that nobody told of`)
  for (let i = 0; i < size; i++) {
    const item = await soon('an item', own.open.get({ timeoutMs: 0 })).catch((error: Error) => error)
    must(!(item instanceof Error) || item.name === 'WireError', `an item cannot be got: ${item}`)
  }
  must((await soon('the size', own.open.size())) === 0, 'more items than there were')
  toRoot.end()
  toSibling.end()
  channel.end()
  there.destroy()
}

/** What a child's parent does with a message. */
function receive(root: Run, frame: Frame): void {
  if (root.hub.receive(frame, SELF)) return
  if (frame.header.type === 'failed') decodeErrorInfo(frame.payload)
}
