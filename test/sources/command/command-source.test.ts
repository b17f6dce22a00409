/** Commands as a source: how they begin, what they print, how they and all that they start end. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { isAlive, waitUntil } from '../../wait-until.ts'
import { OwnProgram } from './own-program.ts'

const folder = mkdtempSync(join(tmpdir(), 'forkscope-command-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('what it prints arrives whole, by stream, and how it ended is told', async () => {
  await using own = await OwnProgram.start(['sh', '-c', 'printf "one\\ntwo"; printf "\\303\\244\\n" >&2; exit 3'])
  expect(await own.session.ended).toBe('failed')
  expect([own.printed(), own.printed('stderr')]).toEqual(['one\ntwo', 'ä\n'])
  const [root] = own.processes
  expect(root).toMatchObject({ name: 'sh', kind: 'main', state: 'exited', exitCode: 3, isSilent: true })
  expect(own.of('session.ended')).toMatchObject([{ outcome: 'failed', leftovers: 0 }])
})

test('two megabytes of characters that are split anywhere arrive whole', async () => {
  const program = "const s = 'ä€😀'.repeat(250000); process.stdout.write(s)"
  await using own = await OwnProgram.start([process.execPath, '-e', program])
  expect(await own.session.ended).toBe('finished')
  expect(own.printed()).toBe('ä€😀'.repeat(250_000))
})

test('it reads the text that it is given, and one that reads none ends all the same', async () => {
  const text = 'x'.repeat(1_000_000)
  await using counts = await OwnProgram.start(['wc', '-c'], { stdin: { text } })
  await counts.session.ended
  expect(counts.printed().trim()).toBe('1000000')
  await using ignores = await OwnProgram.start(['true'], { stdin: { text } })
  expect(await ignores.session.ended).toBe('finished')
})

const notExecutable = join(folder, 'plain')
writeFileSync(notExecutable, 'hello', { mode: 0o600 })
const noInterpreter = join(folder, 'lost')
writeFileSync(noInterpreter, '#!/no/such/interpreter\n', { mode: 0o700 })

test.each([
  [['no-such-command'], {}, 'There is no command "no-such-command".', 127],
  [[notExecutable], {}, `${notExecutable} may not be run`, 126],
  [[noInterpreter], {}, 'its first line names was not found', 126],
  [['true'], { cwd: join(folder, 'gone') }, `The folder ${join(folder, 'gone')} does not exist.`, 126],
  [['true', 'x'.repeat(200_000)], {}, 'longer than the system takes', 126],
] as const)(
  '%s cannot be started, which is said in a sentence, and nothing is left',
  async (argv, options, message, status) => {
    const started = OwnProgram.start(argv as unknown as [string], options)
    await expect(started).rejects.toMatchObject({ message: expect.stringContaining(message), status })
  },
)

test('a stop ends all of it: who ignores SIGTERM, who is stopped, and who has left its parents', async () => {
  const file = join(folder, 'pids')
  const says = `echo $$ >> ${file};`
  const daemon = join(folder, 'daemon.sh')
  writeFileSync(daemon, `trap : TERM; ${says} while :; do sleep 1; done`)
  const stops = join(folder, 'stops.sh')
  writeFileSync(stops, `${says} kill -STOP $$`)
  const script = `(setsid sh ${daemon} &); trap "" TERM; sh ${stops} & ${says} while :; do sleep 1; done`
  await using own = await OwnProgram.start(['sh', '-c', script])
  const pids = () => (existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').map(Number) : [])
  await waitUntil('three have said who they are', () => pids().length >= 3)
  await waitUntil('all are seen', () => pids().every((pid) => own.processes.some((row) => row.pid === pid)))
  expect(await own.session.stop()).toEqual({ leftovers: 0 })
  expect(pids().map(isAlive)).toEqual([false, false, false])
  expect(own.of('session.ended')).toMatchObject([{ outcome: 'stopped' }])
})

test('it goes on for as long as one of its processes does, or ends with the first, as in a shell', async () => {
  const script = 'sleep 60 & exit 0'
  await using all = await OwnProgram.start(['sh', '-c', script])
  await waitUntil('the first has ended', () => all.processes[0]?.state === 'exited')
  const sleeps = () => all.processes.find(({ name }) => name === 'sleep')
  await waitUntil('the other is seen', sleeps)
  expect(all.session.running).toBe(true)
  expect(await all.session.do({ type: 'signal', process: sleeps()?.id ?? '', signal: 'SIGKILL' })).toEqual({ ok: true })
  expect(await all.session.ended).toBe('finished')

  await using first = await OwnProgram.start(['sh', '-c', 'sleep 60 & echo $!'], { until: 'first' })
  expect(await first.session.ended).toBe('finished')
  expect(first.of('session.ended')).toMatchObject([{ leftovers: 1 }])
  process.kill(Number(first.printed()), 'SIGKILL')
})
