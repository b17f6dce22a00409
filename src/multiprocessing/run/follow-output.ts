/** What the processes and threads of an observed run print, told as `process.output`. */
import type { Socket } from 'node:net'
import type { Readable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'
import type { ProcessOutput } from '../../shared/telemetry.ts'
import { type MarkedText, MarkReader } from './output-marks.ts'
import type { Run } from './run.ts'

type Stream = ProcessOutput['stream']

/** @returns what to call with bytes as they come, and at their end: a character may come in pieces */
export function outputTeller(run: Run, process: string, stream: Stream): { write(bytes: Buffer): void; end(): void } {
  const decoder = new StringDecoder('utf8')
  const marks = new MarkReader()
  const tell = (pieces: MarkedText[]) => {
    for (const { text, task } of pieces) {
      const printer = task > 0 && { taskOfProcess: task }
      run.emit({ type: 'process.output', atUs: run.nowUs(), process, stream, text, ...printer })
    }
  }
  return {
    write: (bytes) => tell(marks.read(decoder.write(bytes))),
    end: () => tell([...marks.read(decoder.end()), ...marks.end()]),
  }
}

/** Tells all that comes by a stream. Resolves at its end. */
export function followOutput(source: Readable, run: Run, process: string, stream: Stream): Promise<void> {
  const teller = outputTeller(run, process, stream)
  source.on('data', teller.write)
  source.on('error', () => {})
  return new Promise((resolve) => {
    source.once('close', () => {
      teller.end()
      resolve()
    })
  })
}

/** Resolves once all is read that is in a stream now. Its end need not come: others may hold it open for as long as they like. */
export async function readOut(source: Socket): Promise<void> {
  let before: number
  await turn()
  // The event loop has asked the system once in every whole turn. If nothing came, there was nothing.
  do {
    before = source.bytesRead
    await turn()
  } while (source.bytesRead > before)
}

const turn = () => new Promise((resolve) => setImmediate(resolve))
