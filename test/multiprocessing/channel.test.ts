/** A connection whose other end is killed: everything that it wrote before counts, whatever happens on this side meanwhile. */
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Channel } from '../../src/multiprocessing/wire/channel.ts'
import { encodeFrame } from '../../src/multiprocessing/wire/frames.ts'
import { processState } from '../wait-until.ts'

const WRITER = `
const { writeSync, writeFileSync } = require('node:fs')
writeSync(3, Buffer.from(process.argv[1], 'base64'))
writeFileSync(process.argv[2], '')
setInterval(() => {}, 60_000)
`

test.each([1, 100])(
  'what a killed process wrote is read, though writing %s frames to it fails first',
  async (count) => {
    const folder = mkdtempSync(join(tmpdir(), 'forkscope-channel-'))
    const written = join(folder, 'written')
    const frame = Buffer.concat(encodeFrame({ type: 'first' }, []))
    const sent = Buffer.concat([frame, Buffer.concat(encodeFrame({ type: 'last' }, [Buffer.alloc(50_000)]))])
    const child = spawn(process.execPath, ['-e', WRITER, sent.toString('base64'), written], {
      stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
    })
    const channel = new Channel(child.stdio[3] as Socket)
    const types: string[] = []
    const closed = new Promise<Error | null>((resolve) =>
      channel.listen({ onFrame: ({ header }) => types.push(header.type), onClose: resolve }),
    )
    // All in one turn: nothing of it can be read before the process is gone and writing to it has failed.
    while (!existsSync(written));
    child.kill('SIGKILL')
    while (processState(child.pid as number) !== 'Z');
    for (let i = 0; i < count; i++) {
      channel.send({ type: 'done' })
      channel.writeNow()
    }
    expect(await closed).toBe(null)
    expect(types).toEqual(['first', 'last'])
    rmSync(folder, { recursive: true })
  },
)
