/** A process that runs already, in the window: chosen from a list, or named by its PID. */
import type { Parameters } from '../../shared/parameters.ts'
import { parseProcessName } from '../../shared/user-process.ts'
import { attachTo } from '../../sources/attach/attach-source.ts'
import { whyNotAttached } from '../../sources/attach/why-not-attached.ts'
import { identityOf } from '../../sources/process-tree/process-tree.ts'
import { whyNotThere } from '../../sources/process-tree/reach.ts'
import type { Program, Running, Sink, Source, Values } from '../../sources/source.ts'

const parameters = {
  process: {
    ...{ type: 'process', label: 'Process', default: '', placeholder: 'its PID' },
    help: 'A process of yours that runs already; what it has started is shown with it',
  },
} as const satisfies Parameters

export const attached: Program = {
  id: 'attached',
  title: 'A running process',
  summary: 'attach by list or PID',
  watch: 'It and what it has started, as the kernel tells of them. Nothing is put into it, and to detach ends nothing.',
  parameters,
  sources: [],
  words: {
    start: { act: 'Attach', now: 'Attaching…', help: 'Watch it from now on' },
    stop: { act: 'Detach', now: 'Detaching…', help: 'Let go of it: it goes on' },
    stopped: 'Detached',
    refused: 'Not attached',
  },
  open: (values) => new AttachedSource(values),
}

/** What is wrong with what was chosen is told when it is started. */
class AttachedSource implements Source {
  readonly about: Source['about']
  readonly #name: string

  constructor(values: Values) {
    this.#name = String(values.process)
    const pid = String(parseProcessName(this.#name)?.pid ?? '')
    this.about = { program: attached.id, title: `Process ${pid}`, parameters: { process: pid }, isHere: true }
  }

  async start(sink: Sink): Promise<Running> {
    const wanted = parseProcessName(this.#name)
    if (!wanted) throw new Error('choose a process, or type its PID.')
    const refused = whyNotAttached(wanted.pid)
    if (refused !== null) throw new Error(refused)
    const start = wanted.start ?? identityOf(wanted.pid)?.start
    if (start === undefined) throw new Error(whyNotThere(wanted.pid))
    return attachTo({ pid: wanted.pid, start }).start(sink)
  }
}
