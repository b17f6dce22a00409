/** The command `forkscope` as a user runs it. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, describe, expect, test } from 'vitest'
import { goodsOf } from '../../src/main/programs/shop/shop-page.ts'
import type { TelemetryEvent, TelemetryType } from '../../src/shared/telemetry.ts'
import { isAlive, waitUntil } from '../wait-until.ts'

const CLI = join(import.meta.dirname, '..', '..', 'src', 'main', 'cli.ts')
const folder = mkdtempSync(join(tmpdir(), 'forkscope-cli-'))
afterAll(() => rmSync(folder, { recursive: true }))

function start(args: string[]): ChildProcess {
  return spawn(process.execPath, ['--conditions=forkscope-source', CLI, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
}

interface Result {
  code: number
  stdout: string
  stderr: string
  events: TelemetryEvent[]
  of<T extends TelemetryType>(type: T): Extract<TelemetryEvent, { type: T }>[]
}

async function run(...args: string[]): Promise<Result> {
  const child = start(args)
  let [stdout, stderr] = ['', '']
  child.stdout?.on('data', (chunk) => (stdout += chunk))
  child.stderr?.on('data', (chunk) => (stderr += chunk))
  const [code] = await once(child, 'close')
  const events = args.includes('--json')
    ? stdout
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as TelemetryEvent)
    : []
  const of = <T extends TelemetryType>(type: T) =>
    events.filter((event): event is Extract<TelemetryEvent, { type: T }> => event.type === type)
  return { code, stdout, stderr, events, of }
}

async function serve(listener: RequestListener): Promise<{ template: string; server: Server }> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { template: `http://127.0.0.1:${(server.address() as AddressInfo).port}/{n}`, server }
}

test('list names every program', async () => {
  const { code, stdout } = await run('list')
  expect(code).toBe(0)
  for (const id of ['dog-cat', 'download-analysis', 'spider', 'threads', 'socket', 'file', 'swallowed']) {
    expect(stdout).toContain(id)
  }
})

test('help of a program lists its parameters with their ranges and defaults', async () => {
  const { code, stdout, stderr } = await run('run', 'spider', '--help')
  expect([code, stderr]).toEqual([0, ''])
  const words = stdout.replace(/\s+/g, ' ')
  expect(words).toMatch(/--workers <integer> .* From 1 to 16, default 3\./)
  expect(words).toMatch(/--speed <number> .* From 0\.25× to 20×, default 1×\./)
  expect(words).toMatch(/--from <url> .* Default: the built-in shop\./)
  expect(words).toContain('--database <path>')
})

test('the version is that of the package', async () => {
  const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '..', '..', 'package.json'), 'utf8'))
  expect(await run('--version')).toMatchObject({ code: 0, stdout: `${version}\n`, stderr: '' })
})

test.each([
  [['run', 'cat-dog'], /There is no program "cat-dog"/],
  [['run', 'spider', '--pages', '0'], /Pages must be between 1 and 200/],
  [['run', 'spider', '--speed', 'fast'], /Speed must be a number/],
  [['run', 'spider', '--from', 'ftp://host/{n}'], /must start with http/],
  [['run', 'spider', '--from', 'http://host/'], /needs \{n\}/],
  [['run', 'spider', '--colour', 'red'], /no parameter "colour"/],
  [['run', 'spider', '--pages'], /--pages needs a value/],
  [['run'], /program/],
  [['dance'], /dance/],
  [['open', '--port', '70000', '--', 'true'], /from 0 to 65535/],
  [['open', '--window'], /--window/],
  [['open', '--', 'echo', 'x'.repeat(2_001)], /too long for the window: at most 2000/],
  [[], /Say what to do/],
])('bad usage %j is one clear line and exit status 2', async (args, words) => {
  const { code, stdout, stderr } = await run(...args)
  expect(code).toBe(2)
  expect(stderr).toMatch(words)
  expect(stderr.trimEnd().split('\n')).toHaveLength(1)
  expect(stdout).toBe('')
})

test('the spider: three workers and insert_data, ten tasks, a queue that rose and is empty, ten true rows', async () => {
  const database = join(folder, 'ten.sqlite')
  const { code, of } = await run('run', 'spider', '--speed', '10', '--database', database, '--json')
  expect(code).toBe(0)
  const started = of('process.started')
  const workers = started.filter(({ name }) => name.startsWith('worker'))
  expect(new Set(workers.map(({ pid }) => pid)).size).toBe(3)
  expect(started.filter(({ name }) => name === 'insert_data')).toHaveLength(1)
  expect(of('task.finished')).toHaveLength(10)
  expect(Math.max(...of('queue.changed').map(({ depthMax }) => depthMax))).toBeGreaterThan(0)
  expect(of('queue.changed').at(-1)).toMatchObject({ depth: 0, puts: 10, gets: 10 })
  expect(of('session.ended')).toMatchObject([{ outcome: 'finished', leftovers: 0 }])
  for (const { pid } of started) expect(isAlive(pid)).toBe(false)

  const table = new DatabaseSync(database, { readOnly: true })
  const rows = table.prepare('SELECT page, title, goods, total_cents FROM pages ORDER BY page').all()
  table.close()
  const wanted = Array.from({ length: 10 }, (_, i) => {
    const goods = goodsOf(i + 1)
    const total = goods.reduce((sum, { priceCents }) => sum + priceCents, 0)
    return { page: i + 1, title: `Shop, page ${i + 1}`, goods: goods.length, total_cents: total }
  })
  expect(rows.map((row) => ({ ...row }))).toEqual(wanted)
})

test('dog and cat live together and print their ten lines in their own order', async () => {
  const { code, of } = await run('run', 'dog-cat', '--speed', '5', '--json')
  expect(code).toBe(0)
  const [dog, cat] = ['dog', 'cat'].map((name) => of('process.started').find((event) => event.name === name))
  if (!dog || !cat) throw new Error('a process is missing')
  expect(dog.pid).not.toBe(cat.pid)
  const firstEnd = Math.min(...of('process.exited').map(({ atUs }) => atUs))
  expect(Math.max(dog.atUs, cat.atUs)).toBeLessThan(firstEnd)
  for (const [id, word, everyUs] of [
    [dog.process, 'www', 300_000],
    [cat.process, 'mmm', 200_000],
  ] as const) {
    const lines = of('process.output').filter(({ process: from }) => from === id)
    expect(lines.map(({ text }) => text.trim())).toEqual([0, 1, 2, 3, 4].map((i) => `${word}${i}`))
    // Not much sooner than the program sleeps, even if the first line was noticed late; how much later is the machine's affair.
    expect((lines[4]?.atUs ?? 0) - (lines[0]?.atUs ?? 0)).toBeGreaterThan(2 * everyUs)
  }
})

test('download and analysis end by Empty after the last of ten lists', async () => {
  const { code, of } = await run('run', 'download-analysis', '--speed', '3', '--json')
  expect(code).toBe(0)
  const lines = of('process.output')
    .map(({ text }) => text)
    .join('')
    .trim()
    .split('\n')
  expect(lines[0]).toBe('[0]')
  expect(lines[9]).toBe('[0,1,2,3,4,5,6,7,8,9]')
  expect(lines[10]).toContain('Empty')
  const events = of('process.output')
  const [before, last] = events.slice(-2)
  // The two seconds of its timeout, ten times as fast, and time for the line before it to be noticed.
  expect((last?.atUs ?? 0) - (before?.atUs ?? 0)).toBeGreaterThan(100_000)
})

test('swallowed exits with 1, names every failure, and finishes the tasks that were fine', async () => {
  const { code, of } = await run('run', 'swallowed', '--speed', '10', '--json')
  expect(code).toBe(1)
  expect(of('task.failed').map(({ error }) => error.name)).toEqual(
    expect.arrayContaining(['Error', 'SyntaxError', 'WorkerDiedError']),
  )
  expect(of('task.failed')).toHaveLength(4)
  expect(of('problem.raised')).toHaveLength(4)
  expect(of('task.finished')).toHaveLength(6)
})

test.each(['threads', 'socket', 'file'])('%s finishes without a problem', async (program) => {
  const { code, stderr } = await run('run', program, '--speed', '10')
  expect(stderr).toBe('')
  expect(code).toBe(0)
})

describe('pages that are not as they should be', () => {
  const cases: [string, RequestListener, RegExp][] = [
    ['404', (_, answer) => answer.writeHead(404).end(), /answered 404/],
    ['500', (_, answer) => answer.writeHead(500).end('boom'), /answered 500/],
    ['garbage', (_, answer) => answer.end(Buffer.from([0, 255, 1, 254])), /has no goods on it/],
    ['a broken connection', (request) => request.socket.destroy(), /could not be fetched/],
    ['no answer', () => {}, /no answer in time/],
  ]
  test.each(cases)('%s: the task fails with a sentence, and the program ends', async (_, listener, words) => {
    const { template, server } = await serve(listener)
    const { code, of } = await run('run', 'spider', '--speed', '20', '--pages', '2', '--from', template, '--json')
    server.closeAllConnections()
    server.close()
    expect(code).toBe(1)
    expect(of('task.failed')).toHaveLength(2)
    for (const { error } of of('task.failed')) expect(error.message).toMatch(words)
    expect(of('session.ended')).toMatchObject([{ outcome: 'finished', leftovers: 0 }])
  })

  test('a page that takes longer than a fast program would wait is not lost', async () => {
    const page = '<title>T</title><ul class="goods"><li class="goods"><b class="price">1.50</b></li></ul>'
    const { template, server } = await serve((_, answer) => setTimeout(() => answer.end(page), 1_000))
    const { code, of } = await run('run', 'spider', '--speed', '20', '--pages', '3', '--from', template, '--json')
    server.close()
    expect(of('problem.raised')).toEqual([])
    expect(code).toBe(0)
  })

  test('one bad page harms only itself', async () => {
    const page = '<title>T</title><ul class="goods"><li class="goods"><b class="price">1.50</b></li></ul>'
    const { template, server } = await serve(({ url }, answer) =>
      url === '/2' ? answer.writeHead(404).end() : answer.end(page),
    )
    const database = join(folder, 'two.sqlite')
    const { code, of } = await run(
      'run',
      'spider',
      '--speed',
      '20',
      '--pages',
      '3',
      '--from',
      template,
      '--database',
      database,
      '--json',
    )
    server.closeAllConnections()
    server.close()
    expect(code).toBe(1)
    expect(of('task.finished')).toHaveLength(2)
    const table = new DatabaseSync(database, { readOnly: true })
    expect(
      table
        .prepare('SELECT page, total_cents FROM pages ORDER BY page')
        .all()
        .map((row) => ({ ...row })),
    ).toEqual([
      { page: 1, total_cents: 150 },
      { page: 3, total_cents: 150 },
    ])
    table.close()
  })
})

describe('a database that cannot be written', () => {
  test('a folder that does not exist', async () => {
    const { code, stdout, of } = await run('run', 'spider', '--database', join(folder, 'no', 'such.sqlite'), '--json')
    expect(code).toBe(1)
    expect(of('problem.raised')[0]?.message).toMatch(/database cannot be written: the folder .* does not exist/)
    expect(stdout).not.toContain('insert_data')
  })

  test('a file that is no database is left as it was', async () => {
    const file = join(folder, 'letter.txt')
    writeFileSync(file, 'Dear reader, this is not a database at all.')
    // More pages than the queue and the pool hold: nobody waits for a database that cannot be opened.
    const { code, of } = await run('run', 'spider', '--speed', '20', '--pages', '20', '--database', file, '--json')
    expect(code).toBe(1)
    expect(JSON.stringify(of('problem.raised'))).toMatch(/cannot be used: .*not a database/)
    expect(of('session.ended')).toMatchObject([{ outcome: 'finished', leftovers: 0 }])
  })

  test('a database with a table of that name that is somebody else’s', async () => {
    const file = join(folder, 'theirs.sqlite')
    const theirs = new DatabaseSync(file)
    theirs.exec("CREATE TABLE pages (text TEXT); INSERT INTO pages VALUES ('precious')")
    theirs.close()
    const { code, of } = await run('run', 'spider', '--speed', '20', '--pages', '2', '--database', file, '--json')
    expect(code).toBe(1)
    expect(JSON.stringify(of('problem.raised'))).toMatch(/not the spider's/)
    const after = new DatabaseSync(file, { readOnly: true })
    expect(after.prepare('SELECT text FROM pages').get()).toMatchObject({ text: 'precious' })
    after.close()
  })
})

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s stops the program and leaves no process', async (signal, status) => {
  const child = start(['run', 'spider', '--json'])
  let text = ''
  child.stdout?.on('data', (chunk) => (text += chunk))
  await waitUntil('four children', () => (text.match(/"process.started"/g)?.length ?? 0) >= 5)
  child.kill(signal)
  const [code] = await once(child, 'close')
  expect(code).toBe(status)
  const pids = [...text.matchAll(/"pid":(\d+)/g)].map((match) => Number(match[1]))
  expect(pids.filter(isAlive)).toEqual([])
})

describe('a program that ends in its own way', () => {
  const fixture = join(import.meta.dirname, '..', 'fixtures', 'in-terminal.ts')
  const startCase = (name: string, ...args: string[]) =>
    spawn(process.execPath, ['--conditions=forkscope-source', fixture, ...args], {
      env: { ...process.env, ENDS_CASE: name },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
  async function runCase(name: string, ...args: string[]) {
    const child = startCase(name, ...args)
    let [stdout, stderr] = ['', '']
    child.stdout.on('data', (chunk) => (stdout += chunk))
    child.stderr.on('data', (chunk) => (stderr += chunk))
    const [code] = (await once(child, 'close')) as [number]
    return { code, lines: stdout.split('\n'), stderr }
  }

  test('every line that it prints is printed, however many', async () => {
    const { code, lines, stderr } = await runCase('printAndReturn')
    const printed = lines.filter((line) => line.startsWith('printAndReturn | '))
    expect([printed.length, printed.at(-1)?.slice(0, 23), code]).toEqual([50_001, 'printAndReturn | 49999 ', 0])
    expect(stderr).toBe('')
  })

  test('and, as events, all that it prints', async () => {
    const { code, lines } = await runCase('printAndReturn', '--json')
    const events = lines.filter(Boolean).map((line) => JSON.parse(line) as TelemetryEvent)
    const text = events.map((event) => (event.type === 'process.output' ? event.text : '')).join('')
    expect([text.split('\n').length, code]).toEqual([50_002, 0])
    expect(events.at(-1)).toMatchObject({ type: 'session.ended', outcome: 'finished' })
  })

  test('lines are whole, however long they are and whatever pieces they come in', async () => {
    const { lines } = await runCase('printOddly')
    expect(lines.slice(0, 3)).toEqual([
      `printOddly | ${'L'.repeat(300_000)}END`,
      'printOddly | in two',
      'printOddly | no end',
    ])
  })

  test('one that waits for what can never come has failed, and it says why', async () => {
    const { code, lines } = await runCase('getNothing')
    const why = 'main is waiting to get from answers, and no process is left that could put to it.'
    expect([code, lines.filter((line) => line.includes(why)).length]).toEqual([1, 1])
  })

  test('what it throws where nobody can catch it ends it, with a sentence', async () => {
    const { code, lines, stderr } = await runCase('throwLater')
    expect([code, stderr]).toEqual([1, ''])
    expect(lines.join('\n')).toContain('Problem: main failed: Error: on purpose')
  })

  test('what it throws when its main function has long returned is said, and is a failure', async () => {
    const { code, lines, stderr } = await runCase('throwAfterMain')
    expect([code, stderr]).toEqual([1, 'forkscope: main failed: Error: on purpose\n'])
    expect(lines.join('\n')).toContain('Ends: finished')
  })

  // biome-ignore lint/suspicious/noControlCharactersInRegex: these must not be there
  const DANGEROUS = /[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/

  test.each([[[]], [['--json']]])('what it prints, names and throws cannot act on the terminal: %j', async (args) => {
    const { code, lines, stderr } = await runCase('printControls', ...args)
    expect(code).toBe(1)
    for (const line of [...lines, ...stderr.split('\n')]) expect(line).not.toMatch(DANGEROUS)
    const text = lines.join('\n')
    for (const word of ['named', 'printed', 'told', 'a question? ', 'failed']) expect(text).toContain(word)
    if (args.length > 0) {
      const events = lines.filter(Boolean).map((line) => JSON.parse(line) as TelemetryEvent)
      const printed = events.map((event) => (event.type === 'process.output' ? event.text : '')).join('')
      expect(printed).toContain('\u009d0;title\u009c\u202e')
    } else expect(text).toMatch(/^named.*\| done$/m)
  })

  /**
   * In a terminal of its own, of this width, and nothing of ours that says how many colours it has: Node takes `CI` for that as well.
   * @returns what the terminal was sent
   */
  function inTerminal(columns: number, env: Record<string, string> = {}) {
    const { CI: _ci, NO_COLOR: _no, FORCE_COLOR: _force, ...inherited } = process.env
    const command = `stty cols ${columns} rows 24; exec "$0" --conditions=forkscope-source "$1"`
    const quoted = [process.execPath, fixture].map((word) => `'${word}'`).join(' ')
    const child = spawn('script', ['-qfec', `sh -c '${command}' ${quoted}`, '/dev/null'], {
      env: { ...inherited, TERM: 'xterm-256color', ENDS_CASE: 'printControls', ...env },
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    let sent = ''
    child.stdout.on('data', (chunk) => (sent += chunk))
    return { child, sent: () => sent }
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: this is what it is about
  const SEQUENCES = /\u001b\[[?0-9;]*[A-Za-z]/g
  const hasScript = spawnSync('script', ['--version']).status === 0

  test.runIf(hasScript)(
    'in a terminal, what has no line break appears, and colours, but nothing that moves the cursor',
    async () => {
      const go = join(folder, 'go')
      const { child, sent } = inTerminal(60, { ENDS_FILE: go })
      await waitUntil('the question', () => sent().includes('a question? '))
      writeFileSync(go, '')
      const [code] = await once(child, 'close')
      expect(code).toBe(1)
      expect(sent()).toContain('\u001b[31mred\u001b[0m')
      expect(sent()).toContain('\u001b[31mstill red\u001b[0m')
      // Its own: the table goes up, erases, and cuts lines at the edge.
      const sequences = new Set((sent().match(SEQUENCES) ?? []).map((found) => found.replace(/\d+/g, '')))
      expect([...sequences].filter((found) => !found.endsWith('m')).sort()).toEqual(
        ['[?h', '[?l', '[A', '[J'].map((end) => `\u001b${end}`),
      )
      expect(sent().replace(SEQUENCES, '').replaceAll('\r', '')).not.toMatch(DANGEROUS)
      const rows = sent()
        .replace(SEQUENCES, '')
        .split(/\r?\n|\r/)
      const table = rows.filter((row) => /^(name|main|named|Ends)\b/.test(row) && !row.includes(' | '))
      expect(table.length).toBeGreaterThan(3)
      expect(Math.max(...table.map(({ length }) => length))).toBeLessThan(60)
      expect(table.some((row) => row.includes('memory'))).toBe(false)
    },
  )

  test.runIf(hasScript)('NO_COLOR is heeded', async () => {
    const { child, sent } = inTerminal(100, { NO_COLOR: '1' })
    await once(child, 'close')
    expect(sent()).toContain('memory')
    expect((sent().match(SEQUENCES) ?? []).filter((found) => found.endsWith('m'))).toEqual([])
  })

  test('its own listener says what a signal does', async () => {
    const child = startCase('handleOwnSignals')
    let text = ''
    child.stdout.on('data', (chunk) => (text += chunk))
    await waitUntil('listening', () => text.includes('listening'))
    child.kill('SIGTERM')
    const [code] = await once(child, 'close')
    expect([code, text.includes('told to end'), text.includes('finished')]).toEqual([0, true, true])
  })

  test('if nobody reads any more, it ends quietly', async () => {
    const child = startCase('printAndReturn')
    let stderr = ''
    child.stderr.on('data', (chunk) => (stderr += chunk))
    await once(child.stdout, 'data')
    child.stdout.destroy()
    await once(child, 'close')
    expect(stderr).toBe('')
  })
})
