/** All that processes print: a line that is drawn anew, colours, characters in pieces, much at once, what others hold open. */
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { main, Process, sleep } from 'forkscope'

export async function bar(): Promise<void> {
  for (let percent = 0; percent <= 100; percent += 10) {
    process.stderr.write(`\r${percent}%|${'#'.repeat(percent / 10).padEnd(10)}|`)
    await sleep(30)
  }
  process.stderr.write('\n')
}

export function ansi(): void {
  console.log('\x1b[31mred\x1b[0m \x1b[1mbold\x1b[22m \x1b[2Kup \x1b]8;;http://x\x07link\x1b]8;;\x07')
  process.stdout.write('crlf\r\nnext\r\n')
}

export function binary(): void {
  process.stdout.write(Buffer.from([0, 1, 2, 255, 254, 128, 65, 10, 66, 8, 8, 67, 10]))
}

export async function pieces(): Promise<void> {
  for (const byte of Buffer.from('héllo 😀 wörld\n')) {
    process.stdout.write(Buffer.from([byte]))
    await sleep(2)
  }
}

export function long(): void {
  process.stdout.write(`${'L'.repeat(5_000_000)}END\n`)
}

export function lots(): void {
  for (let i = 0; i < 20_000; i++) console.log(`line ${i}`)
}

/** Ends while what it has started still prints. */
export function starter(file: string): void {
  const script = 'sleep 0.5; echo from the grandchild; sleep 0.5; echo again; touch "$0"'
  spawn('sh', ['-c', script, file], { stdio: ['ignore', 'inherit', 'inherit'], detached: true }).unref()
  console.log('started')
}

export function failing(): void {
  console.error('E'.repeat(400_000))
  throw new Error('the end')
}

main(import.meta, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'forkscope-app-output-'))
  const file = join(folder, 'printed')
  const begin = Buffer.from('maïn 😀 begins\n')
  process.stdout.write(begin.subarray(0, 3))
  process.stdout.write(begin.subarray(3))
  process.stdout.write('68656c6c6f0a', 'hex')
  for (const target of [bar, ansi, binary, pieces, long, lots, failing]) {
    const child = new Process(target)
    child.start()
    await child.join()
  }
  const started = new Process(starter, [file])
  started.start()
  await started.join()
  const busy = new Process(lots, [], { name: 'lots while main is busy' })
  busy.start()
  await sleep(50)
  for (const end = performance.now() + 500; performance.now() < end; );
  await busy.join()
  while (!existsSync(file)) await sleep(20)
  rmSync(folder, { recursive: true })
  console.log('main ends')
})
