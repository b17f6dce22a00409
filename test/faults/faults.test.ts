/**
 * Programs that once failed, the smallest that show each fault, as a user runs them. Each stands for a kind of fault; what else is
 * of its kind is tested where its mechanism is.
 */
import { describe, expect, it } from 'vitest'
import { canMountShm, type Shm, withShm } from '../small-shm.ts'
import { runProgram } from './run-program.ts'

const MIB = 1_048_576
const lines = (text: string) => text.trimEnd().split('\n')

/** All tests here start several processes each, and shall not depend on what else the machine does. */
const PATIENCE_MS = 90_000

describe('programs that failed', { timeout: PATIENCE_MS }, () => {
  it('arguments-32k: arguments of any size arrive', async () => {
    const { status, stdout, stderr } = await runProgram('arguments-32k')
    const sizes = [33_000, 70_000, 5_000_000]
    const expected = [...sizes.flatMap((size) => [`got ${size}`, '0', `worker ${size}`]), 'got 33000', '0']
    expect({ status, said: lines(stdout), stderr }).toEqual({ status: 0, said: expected, stderr: '' })
  })

  describe.each([undefined, 'in-terminal'] as const)(
    'stdout-cut: all lines come, however slow the reader (%s)',
    (by) => {
      it.each([
        ['returns', 0],
        ['throws', 1],
        ['exits', 0],
      ])('when the target %s', async (how, expected) => {
        const { status, stdout } = await runProgram('stdout-cut', { env: { HOW: how }, slowly: true, by })
        const numbers = [...stdout.matchAll(/(\d+) x{100}$/gm)].map(([, number]) => Number(number))
        expect(numbers).toEqual(Array.from({ length: 3_000 }, (_, i) => i))
        expect(/Error: the end\n(throws \| )? +at throws/.test(stdout)).toBe(how === 'throws')
        expect(status).toBe(expected)
      })
    },
  )

  it.runIf(canMountShm()).each<Shm>(['64m', '64k', 'full', 'read-only', 'missing'])(
    'shm-queue: everything works with a /dev/shm that is %s',
    async (shm) => {
      const { status, stdout, stderr } = await runProgram('shm-queue', { under: withShm(shm) })
      const sum = (9_999 * 10_000) / 2 + 30 * MIB
      expect({ status, said: lines(stdout), stderr }).toEqual({
        status: 0,
        said: [`${sum}`, `${32 * MIB}`],
        stderr: '',
      })
    },
  )

  it('deep-args: what the other side cannot decode fails its task and nothing else', async () => {
    const { status, stdout } = await runProgram('deep-args')
    const said = lines(stdout)
    expect(said.pop()).toBe('main the same worker')
    for (const line of said) expect(line).toMatch(/^(\d+ .* fulfilled$|UnsendableError .*\b(args|result|item)\b)/)
    expect(status).toBe(0)
  })

  it('too-large-task: is refused with the limit, and the pool goes on', async () => {
    const { status, stdout } = await runProgram('too-large-task')
    const [first, refused, second, ...rest] = lines(stdout)
    expect([first, second, ...rest]).toEqual(['1', '2', 'ended'])
    expect(refused).toMatch(/^UnsendableError .*\d/)
    expect(status).toBe(0)
  })

  it('too-large-put: is refused with the limit, and the child goes on', async () => {
    const { status, stdout, stderr } = await runProgram('too-large-put')
    const [refused, ...rest] = lines(stdout)
    expect(refused).toMatch(/^UnsendableError .*\d/)
    expect({ status, rest, stderr }).toEqual({ status: 0, rest: ['2', '0 0'], stderr: '' })
  })

  it('lost: a program whose main can never finish has failed, and says what it waited for', async () => {
    const { status, stdout, stderr } = await runProgram('lost')
    expect(status).toBe(1)
    expect(stdout).toBe('')
    expect(stderr).toContain('no answer')
    expect(stderr).toMatch(/main.*answers/)
  })

  it.each([
    ['evaluated-once', []],
    ['evaluated-once', ['--import', 'tsx']],
    ['with-a-query', []],
    ['with-a-query', ['--import', 'tsx']],
  ])('tsx-twice: each process evaluates a module once: %s %j', async (program, flags) => {
    const { status, stdout } = await runProgram(program, { flags })
    const evaluated = lines(stdout).filter((line) => line.startsWith('evaluated in'))
    expect(evaluated).toHaveLength(2)
    expect(new Set(evaluated).size).toBe(2)
    expect(stdout).toMatch(/^\[ 2, 4 \]$/m)
    expect(status).toBe(0)
  })

  it.each([
    [['-r', './setup.cjs'], 'by -r by -r\n'],
    [['--require=./setup.cjs'], 'by -r by -r\n'],
    [['--import', './setup.mjs'], 'by --import by --import\n'],
    [['--inspect-port', '9555'], 'undefined undefined\n'],
    [['--title', 'of mine', '-r', './setup.cjs'], 'by -r by -r\n'],
  ])('require-flag: children get the flags that concern them, whole: %j', async (flags, expected) => {
    expect(await runProgram('require-flag', { flags })).toEqual({ status: 0, stdout: expected, stderr: '' })
  })

  it('cancel-many: a hundred thousand tasks are cancelled or aborted at once', async () => {
    const { status, stdout } = await runProgram('cancel-many')
    const [cancelled, cancelMs, aborted, abortMs] = lines(stdout).map(Number)
    expect(cancelled).toBeGreaterThan(99_000)
    expect(aborted).toBe(100_000)
    // A second is the goal, where nobody else uses the caches. What grows with the square takes more than half a minute.
    expect(cancelMs).toBeLessThan(5_000)
    expect(abortMs).toBeLessThan(5_000)
    expect(status).toBe(0)
  })

  it('imap-infinite: an endless iterator is taken as far as is needed', async () => {
    const { status, stdout } = await runProgram('imap-infinite', { flags: ['--max-old-space-size=256'] })
    expect(lines(stdout)).toEqual(['0', '2', '4', '6', '8', '10', 'few were taken 2 closed'])
    expect(status).toBe(0)
  })

  it('long-timeouts: any finite timeout, and one without end, do what they say', async () => {
    expect(await runProgram('long-timeouts')).toEqual({ status: 0, stdout: '27 waits\n', stderr: '' })
  })

  it('host-objects: a value arrives whole or is refused with its place', async () => {
    const { status, stdout } = await runProgram('host-objects')
    const said = lines(stdout)
    const values = said.slice(0, said.indexOf('left in the queue: 0'))
    expect(values).toHaveLength(21)
    for (const line of values) expect(line).toMatch(/ (arrived whole|UnsendableError with its place)$/)
    expect(said.slice(values.length + 1)).toEqual([
      expect.stringMatching(/^(example\.test|UnsendableError)$/),
      expect.stringMatching(/^(http:\/\/example\.test\/x|UnsendableError)$/),
      'AbortError: This operation was aborted',
      'NotFound 404: no such page (RangeError: page 7)',
      'AggregateError: all failed (NotFound 404: one, TypeError: two)',
    ])
    expect(status).toBe(0)
  })

  it('exit-code: a target says how its process ended', async () => {
    const { stdout } = await runProgram('exit-code')
    expect(stdout).toBe('3\n3\n')
  })

  it.each([
    ['exits', /exited with 3/],
    ['throwsLater', /thrown by a timer/],
  ])('thread-exit: a thread that %s is told, and the program has failed', async (how, words) => {
    const { status, stdout, stderr } = await runProgram('thread-exit', { env: { HOW: how } })
    expect(stdout).toBe('joined\n')
    expect(stderr).toMatch(words)
    expect(status).toBe(1)
  })

  it('late: what a target leaves behind ends before its process does', async () => {
    const { stdout, stderr } = await runProgram('late')
    expect(lines(stdout)).toEqual([
      'the timer has run',
      'timer 0',
      'callback 0',
      'unawaited 1',
      'in the queue: 1',
      'the timer has run',
      'the thread has ended',
    ])
    expect(stderr).toContain('nobody awaited it')
  })

  it('reply-queues: a queue that nobody holds costs nothing, at any of three processes', async () => {
    const { status, stdout } = await runProgram('reply-queues', { flags: ['--expose-gc'] })
    const grown = new Map(lines(stdout).map((line) => [line.replace(/ -?\d+$/, ''), Number(/-?\d+$/.exec(line))]))
    expect([...grown.keys()].sort()).toEqual(['answers', 'asks', 'is between'])
    for (const [who, bytes] of grown)
      expect(bytes, `bytes for each request of the process that ${who}`).toBeLessThan(400)
    expect(status).toBe(0)
  })

  it('app-output: every character once, a line that is drawn anew is one line, and no codes of a terminal', async () => {
    const { stdout } = await runProgram('app-output', { by: 'in-app' })
    const { outcome, seen } = JSON.parse(stdout)
    expect(outcome).toBe('finished')
    const manyLines = Array.from({ length: 20_000 }, (_, i) => `line ${i}\n`).join('')
    for (const [name, told] of Object.entries({
      main: 'maïn 😀 begins\nhello\nmain ends\n',
      pieces: 'héllo 😀 wörld\n',
      long: `${'L'.repeat(5_000_000)}END\n`,
      lots: manyLines,
      'lots while main is busy': manyLines,
      starter: 'started\nfrom the grandchild\nagain\n',
    }))
      expect(seen[name].told === told, `what ${name} printed`).toBe(true)
    expect(seen.failing.told).toMatch(/^E{400000}\n.*the end/s)
    expect(seen.bar).toMatchObject({ shown: ['100%|##########|'], changes: expect.toSatisfy((times) => times > 3) })
    expect(seen.ansi.shown).toEqual(['red bold up link', 'crlf', 'next'])
    expect(seen.binary.shown.join('')).toMatch(/^\P{Cc}*\ufffd{3}AB\P{Cc}*C$/u)
    expect(seen.long.shown.join('')).toBe(`${'L'.repeat(5_000_000)}END`)
  })
})
