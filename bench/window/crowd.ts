/** A source that plays two hundred processes and fifty queues, two thousand events a second of its own clock. */

import type { CommandResult } from '../../src/shared/commands.ts'
import type { Parameters } from '../../src/shared/parameters.ts'
import type { TelemetryEvent } from '../../src/shared/telemetry.ts'
import type { Program, Running, Sink, Source, SourceEnd, Values } from '../../src/sources/source.ts'

const PROCESSES = 200
const QUEUES = 50
const EVENTS_A_SECOND = 2_000
const EVERY_MS = 20

const parameters = {
  faster: {
    ...{ type: 'number', label: 'Faster', help: 'How many times faster its clock runs than ours.' },
    ...{ default: 1, min: 1, max: 100, control: 'field' },
  },
} as const satisfies Parameters

class Crowd implements Source, Running {
  readonly about: Source['about']
  readonly can: ReadonlySet<string> = new Set()
  readonly ended: Promise<SourceEnd>
  readonly #faster: number
  readonly #startedMs = performance.now()
  #told = 0
  #timer: NodeJS.Timeout | undefined
  #end: (end: SourceEnd) => void = () => {}

  constructor({ id, title }: Program, values: Values) {
    this.about = { program: id, title, parameters: values, isHere: false }
    this.#faster = Number(values.faster)
    this.ended = new Promise((resolve) => (this.#end = resolve))
  }

  async start(sink: Sink): Promise<Running> {
    for (let i = 0; i < PROCESSES; i++) {
      const started = { process: `p${i}`, name: `process ${i}`, pid: 4_000_000 + i, parentPid: 1 }
      sink.emit({ type: 'process.started', atUs: 0, ...started, parent: null, kind: 'process' })
    }
    for (let i = 0; i < QUEUES; i++) {
      sink.emit({ type: 'queue.created', atUs: 0, queue: `q${i}`, name: `queue ${i}`, maxsize: 0, process: `p${i}` })
    }
    this.#timer = setInterval(() => {
      const due = (this.nowUs() / 1e6) * EVENTS_A_SECOND
      for (; this.#told < due; this.#told++) sink.emit(eventOf(this.#told))
    }, EVERY_MS)
    return this
  }

  nowUs(): number {
    return (performance.now() - this.#startedMs) * 1_000 * this.#faster
  }

  async do(): Promise<CommandResult> {
    return { ok: true }
  }

  async stop(): Promise<{ leftovers: number }> {
    clearInterval(this.#timer)
    this.#end({ outcome: 'stopped', leftovers: 0 })
    return { leftovers: 0 }
  }
}

/** Of twenty events eleven are about what a process does, five about queues, three are lines, and now and then one is a sample. */
function eventOf(index: number): TelemetryEvent {
  const atUs = Math.round((index / EVENTS_A_SECOND) * 1e6)
  const kind = index % 20
  const process = `p${(index * 7) % PROCESSES}`
  if (index % EVENTS_A_SECOND === 19) {
    const samples = Array.from({ length: PROCESSES }, (_, i) => ({
      ...{ process: `p${i}`, cpuPercent: (index / 20 + i) % 100, memoryBytes: 5e7 + i * 1e5 },
    }))
    return { type: 'process.sampled', atUs, samples }
  }
  if (kind < 3)
    return { type: 'process.output', atUs, process, stream: 'stdout', text: `line ${index} of ${process}\n` }
  if (kind < 8) {
    const depth = (index * 13) % 40
    return {
      ...{
        type: 'queue.changed',
        atUs,
        queue: `q${((index / 4) | 0) % QUEUES}`,
        depth,
        depthMax: depth,
        depthMin: depth,
      },
      ...{ puts: index, gets: Math.max(0, index - depth), waitingToPut: [], waitingToGet: [] },
      ...{ producers: [process], consumers: [], residence: [index] },
    }
  }
  const state = (['running', 'sleeping', 'waiting'] as const)[(index * 31) % 3] as 'running' | 'sleeping' | 'waiting'
  const waitingOn = { what: 'get' as const, id: `q${index % QUEUES}`, label: `get from queue ${index % QUEUES}` }
  return { type: 'process.state', atUs, process, state, ...(state === 'waiting' && { waitingOn }) }
}

export const crowd: Program = {
  id: 'crowd',
  title: 'Crowd',
  summary: 'two hundred processes',
  watch: 'Much happens, and nothing runs.',
  parameters,
  sources: [],
  open: (values) => new Crowd(crowd, values),
}
