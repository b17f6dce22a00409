/** What a program's main function prints, told as `process.output` of its run instead of being printed by the host. */
import type { Run } from './run.ts'
import { outsideRuns, runOfContext } from './run.ts'

const captured = new WeakSet<Run>()
let installed = false

type Write = NodeJS.WriteStream['write']

function route(stream: NodeJS.WriteStream, name: 'stdout' | 'stderr'): void {
  const write = stream.write.bind(stream) as Write
  const routed = (chunk: string | Uint8Array, encoding?: unknown, callback?: unknown): boolean => {
    const run = runOfContext()
    if (!run || !captured.has(run)) return (write as (...args: unknown[]) => boolean)(chunk, encoding, callback)
    const text =
      typeof chunk === 'string' ? chunk : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString('utf8')
    outsideRuns(() => run.emit({ type: 'process.output', atUs: run.nowUs(), process: run.path, stream: name, text }))
    const done = typeof encoding === 'function' ? encoding : callback
    if (typeof done === 'function') process.nextTick(done as () => void)
    return true
  }
  stream.write = routed as Write
}

/** From now on, what code of this run writes to stdout and stderr in this process becomes events of the run. */
export function captureOutput(run: Run): void {
  captured.add(run)
  if (installed) return
  installed = true
  route(process.stdout, 'stdout')
  route(process.stderr, 'stderr')
}
