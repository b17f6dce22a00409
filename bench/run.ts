/**
 * `npm run bench`: ours against what a user would take instead, side by side. Each goal is measured in rounds, one of theirs
 * and one of ours by turns, and what counts is the median of the rounds' ratios: so what else the machine does hits both.
 *
 * `--json` prints one line a goal and nothing else on stdout; `--only WORDS` runs some; `--rounds N` (7 if left out). What is
 * compared with is Python, and after `npm install --prefix bench` the pools of others; without them, their rows are left out.
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

interface Case {
  what: string
  against: string
  /** Ours over theirs, at least; null for what is only to be known. */
  goal: number | null
  /** What would be better still. */
  stretch?: number
  /** Whether the goal is for every round: then the least of the ratios counts. */
  everyRound?: boolean
  ours: string[]
  theirs: string[]
}

const AGAINST: Record<string, string> = {
  manager: "Python's Manager().Queue",
  list: 'Python putting lists of 256',
}

const queue = (
  what: string,
  goal: number,
  how: [string, string],
  count: number,
  bytes: number,
  theirCount = count,
): Case => ({
  what: `Queue, ${what}`,
  against: AGAINST[how[1]] ?? "Python's Queue",
  goal,
  ours: ['queue.ts', how[0], String(count), String(bytes)],
  theirs: ['queue_rate.py', how[1], String(theirCount), String(bytes)],
})

const crowd = (what: string, how: string, count: number, more: string[] = []): Case => ({
  what: `Queue, ${what}`,
  against: "Python's Queue",
  goal: null,
  ours: ['crowd.ts', how, String(count), ...more],
  theirs: ['crowd_rate.py', how, '90000'],
})

const ONE_TO_THREE = 'one putter, three getters'

/** @param putter whose child or what else the putter is; the getter is a child */
const childGets = (what: string, putter: 'parent' | 'sibling', goal: number, stretch: number): Case => ({
  what: `Queue, ${what}`,
  against: "Python's Queue",
  goal,
  stretch,
  ours: ['getter.mjs', putter, '1000000'],
  theirs: ['getter_rate.py', putter, '50000'],
})

const roundTrip = (what: string, percentile: number, goal: number): Case => ({
  what: `Queue, round trip on idle queues (${what})`,
  against: "Python's Queue",
  goal,
  ours: ['round-trip.ts', '1500', String(percentile)],
  theirs: ['round_trip_rate.py', '1500', String(percentile)],
})

const pool = (what: string, against: string, goal: number, how: string, count: number, theirCount: number): Case => ({
  what: `Pool, ${what}`,
  against,
  goal,
  ours: ['pool.ts', how, String(count)],
  theirs: ['pool_rate.py', how, String(theirCount)],
})

const peer = (which: string, goal: number): Case => ({
  what: 'Pool, no-op tasks, many outstanding',
  against: which,
  goal,
  ours: ['pool.ts', 'apply_async', '30000'],
  theirs: ['pools.mjs', which, '30000'],
})

/** What may take so much at most. */
const atMost = (what: string, limit: string, how: string[], most: number): Case => ({
  what: `${what} (goal: at most ${limit})`,
  against: limit,
  goal: 1,
  ours: ['limits.mjs', ...how],
  theirs: ['ideal.mjs', String(most)],
})

const SMALL = 'small items, awaited put and get'
const NO_OP = 'no-op tasks, many outstanding'

const CASES: Case[] = [
  queue(SMALL, 20, ['one', 'one'], 4_000_000, 0, 100_000),
  queue(SMALL, 250, ['one', 'manager'], 2_000_000, 0, 3_000),
  ...['json', 'advanced'].map(
    (how): Case => ({
      what: `Queue, ${SMALL}`,
      against: `process.send (${how}), passed on by the parent`,
      goal: 20,
      ours: ['queue.ts', 'one', '2000000', '0'],
      theirs: ['process-send.mjs', how, '50000'],
    }),
  ),
  queue('small items, putMany and getMany', 30, ['many', 'one'], 10_000_000, 0, 100_000),
  queue('small items, putMany and getMany', 3, ['many', 'list'], 10_000_000, 0, 1_000_000),
  queue('1 KiB strings, putMany and getMany', 4, ['many', 'one'], 800_000, 1024, 40_000),
  queue('64 KiB strings, putMany and getMany', 2.5, ['many', 'one'], 30_000, 65_536, 6_000),
  queue('1 MiB strings, putMany and getMany', 2.5, ['many', 'one'], 1_500, 1_048_576, 400),
  queue('1 MiB bytes, awaited put and getMany', 4.5, ['bytes', 'bytes'], 1_500, 1_048_576, 400),
  {
    what: 'Queue, 64 KiB strings, putMany and getMany',
    against: 'the floor, a bare stream that nobody looks into',
    goal: null,
    ours: ['queue.ts', 'many', '10000', '65536'],
    theirs: ['floor.mjs', '65536', '16000'],
  },
  childGets('one putter, one getter, and the getter is a child', 'parent', 5, 12),
  childGets('child to child, the queue made by their parent', 'sibling', 3, 8),
  crowd('three putters, one getter', 'many-to-one', 900_000),
  { ...crowd(`${ONE_TO_THREE}, ordered queue`, 'one-to-many', 300_000), goal: 2, stretch: 6 },
  crowd(`${ONE_TO_THREE}, unordered queue`, 'one-to-many', 600_000, ['unordered']),
  roundTrip('median', 50, 1.2),
  roundTrip('p99', 99, 0.8),
  pool(NO_OP, "Python's apply_async", 12, 'apply_async', 30_000, 30_000),
  pool(NO_OP, "Python's map(chunksize=1)", 6, 'map1', 30_000, 30_000),
  { ...peer('piscina', 10), everyRound: true },
  peer('tinypool', 10),
  peer('tinypool on processes', 25),
  peer('workerpool on processes', 10),
  peer('jest-worker on processes', 10),
  pool('map with its own chunks', "Python's map", 1.1, 'map', 300_000, 300_000),
  pool('one task at a time, median', "Python's apply", 1 / 0.7, 'apply', 3_000, 3_000),
  {
    what: 'starting a process, to its first message',
    against: 'child_process.fork',
    goal: 0.91,
    ours: ['start.mjs', '15'],
    theirs: ['fork.mjs', '15'],
  },
  {
    what: 'starting a process from a spare, to its first message (goal: at most 5 ms)',
    against: '5 ms',
    goal: 1,
    ours: ['start.mjs', '15', 'spare'],
    theirs: ['ideal.mjs', '0.005'],
  },
  {
    what: 'the spider, cold',
    against: "Python's fork pool",
    goal: 0.95,
    ours: ['spider.mjs', 'cold'],
    theirs: ['spider_rate.py'],
  },
  {
    what: 'the spider, warm (goal: at most 0.42 s; ideal: 0.4)',
    against: 'the ideal',
    goal: 0.4 / 0.42,
    ours: ['spider.mjs', 'warm'],
    theirs: ['ideal.mjs', '0.4'],
  },
  {
    what: 'telemetry on, at full rate (goal: at most 5 % slower)',
    against: 'telemetry off',
    goal: 0.95,
    ours: ['watched.mjs', 'on', '8000000'],
    theirs: ['watched.mjs', 'off', '8000000'],
  },
  atMost('a hundred starts: the longest time the event loop is held', '50 ms', ['starts', '100'], 50),
  atMost('a pool of 16: the longest time the event loop is held', '50 ms', ['workers', '16'], 50),
  atMost('memory of a million small items at the owner', '300 MB', ['queued'], 300),
  atMost('private memory of an idle worker', '12 MB', ['worker'], 12),
  atMost('memory after two million tasks, beside that after one', '1.1 times', ['tasks'], 1.1),
  atMost('CPU of an idle program', '0.1 % of a core', ['idle'], 0.1),
  atMost('CPU of sampling 100 processes once a second', '0.15 % of a core', ['sampling', '100'], 0.15),
  atMost('CPU of sampling 1,000 processes once a second', '0.8 % of a core', ['sampling', '1000'], 0.8),
]

const { values } = parseArgs({
  options: { json: { type: 'boolean' }, only: { type: 'string' }, rounds: { type: 'string', default: '7' } },
})

function measure(command: string, args: string[]): number {
  const { stdout, stderr, status } = spawnSync(command, args, { encoding: 'utf8', timeout: 120_000 })
  const figure = Number(stdout.trim())
  if (status !== 0 || !Number.isFinite(figure)) throw new Error(`${args.join(' ')} failed: ${stderr || stdout}`)
  return figure
}

function median(numbers: number[]): number {
  return numbers.sort((a, b) => a - b)[numbers.length >> 1] as number
}

if (spawnSync('python3', ['--version']).status !== 0) {
  process.stderr.write('The bench compares with Python, and there is no python3 here.\n')
  process.exit(1)
}

const folder = import.meta.dirname
const hasPeers = existsSync(join(folder, 'node_modules'))

/** How to run one: Python's by Python; ours and theirs by the Node that runs this, ours from the built library. */
function run(side: 'ours' | 'theirs', [file = '', ...args]: string[]): number {
  if (file.endsWith('.py')) return measure('python3', [join(folder, 'python', file), ...args])
  const own = existsSync(join(folder, 'ours', file))
  return measure(process.execPath, [join(folder, side === 'ours' || own ? 'ours' : 'theirs', file), ...args])
}

for (const { what, against, goal, stretch, everyRound, ours, theirs } of CASES) {
  if (values.only && !`${what} ${against}`.includes(values.only)) continue
  if (theirs[0] === 'pools.mjs' && !hasPeers) {
    process.stderr.write(`left out: ${against} (npm install --prefix bench)\n`)
    continue
  }
  const ratios: number[] = []
  const rates: number[] = []
  for (let round = 0; round < Number(values.rounds); round++) {
    const their = run('theirs', theirs)
    const our = run('ours', ours)
    ratios.push(our / their)
    rates.push(our)
  }
  const ratio = Number((everyRound ? Math.min(...ratios) : median(ratios)).toFixed(3))
  if (values.json) {
    if (goal === null) continue
    const goals = { goal: Number(goal.toFixed(3)), ...(stretch !== undefined && { stretch }) }
    process.stdout.write(`${JSON.stringify({ what, against, ratio, ...goals, met: ratio >= goal })}\n`)
    continue
  }
  const rate = median(rates)
  const figure = rate < 100 ? rate.toFixed(2) : Math.round(rate).toLocaleString('en')
  const word = goal === null ? 'no goal' : ratio >= goal ? 'met    ' : 'NOT MET'
  const more = stretch === undefined ? '' : ` [${stretch}]`
  const wanted = goal === null ? '' : `, goal ${goal.toFixed(2)}${more}`
  const least = everyRound ? ' in the worst round' : ''
  process.stdout.write(`${word}  ${what}: ${ratio} times ${against}${least}${wanted} (ours: ${figure} a second)\n`)
}
