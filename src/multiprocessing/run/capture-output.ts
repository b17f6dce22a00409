/** What a program's main function prints, told as `process.output` of its run instead of being printed by the host. */
import { outputTeller } from './follow-output.ts'
import type { Run } from './run.ts'
import { outsideRuns, runOfContext } from './run.ts'

type Name = 'stdout' | 'stderr'
type Write = NodeJS.WriteStream['write']

const captured = new WeakMap<Run, Record<Name, ReturnType<typeof outputTeller>>>()
let installed = false

function route(stream: NodeJS.WriteStream, name: Name): void {
  const write = stream.write.bind(stream) as (...args: unknown[]) => boolean
  const routed = (chunk: string | Uint8Array, encoding?: unknown, callback?: unknown): boolean => {
    const run = runOfContext()
    const teller = run && captured.get(run)?.[name]
    if (!teller) return write(chunk, encoding, callback)
    const bytes =
      typeof chunk === 'string'
        ? Buffer.from(chunk, typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8')
        : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    outsideRuns(() => teller.write(bytes))
    const done = typeof encoding === 'function' ? encoding : callback
    if (typeof done === 'function') process.nextTick(done as () => void)
    return true
  }
  stream.write = routed as Write
}

/** From now on, what code of this run writes to stdout and stderr in this process becomes events of the run. */
export function captureOutput(run: Run): void {
  const tellers = { stdout: outputTeller(run, run.path, 'stdout'), stderr: outputTeller(run, run.path, 'stderr') }
  captured.set(run, tellers)
  run.reporters.add(() => {
    tellers.stdout.end()
    tellers.stderr.end()
  })
  if (installed) return
  installed = true
  route(process.stdout, 'stdout')
  route(process.stderr, 'stderr')
}
