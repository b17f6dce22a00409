/**
 * `npm run bench`: ours against what a user would take instead, side by side. Each goal is measured in rounds, one of theirs
 * and one of ours by turns, and what counts is the median of the rounds' ratios: so what else the machine does hits both.
 *
 * `--json` prints one line a goal and nothing else on stdout; `--only WORDS` runs some; `--rounds N` (7 if left out).
 */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

interface Case {
  what: string
  against: string
  /** Ours over theirs, at least. */
  goal: number
  ours: string[]
  theirs: string[]
}

const queue = (
  what: string,
  goal: number,
  how: [string, string],
  count: number,
  bytes: number,
  theirCount = count,
): Case => ({
  what,
  against:
    how[1] === 'manager'
      ? "Python's Manager().Queue"
      : how[1] === 'list'
        ? 'Python putting lists of 256'
        : "Python's Queue",
  goal,
  ours: ['queue.ts', how[0], String(count), String(bytes)],
  theirs: ['queue_rate.py', how[1], String(theirCount), String(bytes)],
})

const pool = (what: string, against: string, goal: number, how: string, count: number): Case => ({
  what,
  against,
  goal,
  ours: ['pool.ts', how, String(count)],
  theirs: ['pool_rate.py', how, String(count)],
})

const CASES: Case[] = [
  queue('Queue, small items, awaited put and get', 20, ['one', 'one'], 10_000, 0, 50_000),
  queue('Queue, small items, awaited put and get', 250, ['one', 'manager'], 10_000, 0, 3_000),
  queue('Queue, small items, putMany and getMany', 30, ['many', 'one'], 500_000, 0, 50_000),
  queue('Queue, small items, putMany and getMany', 3, ['many', 'list'], 500_000, 0),
  queue('Queue, 1 KiB strings, putMany and getMany', 4, ['many', 'one'], 50_000, 1024, 20_000),
  queue('Queue, 64 KiB strings, putMany and getMany', 2.5, ['many', 'one'], 3_000, 65_536),
  queue('Queue, 1 MiB strings, putMany and getMany', 2.5, ['many', 'one'], 200, 1_048_576),
  {
    what: 'Queue, round trip on idle queues (median)',
    against: "Python's Queue",
    goal: 1,
    ours: ['round-trip.ts', '200'],
    theirs: ['round_trip_rate.py', '200'],
  },
  pool('Pool, no-op tasks, many outstanding', "Python's apply_async", 12, 'apply_async', 30_000),
  pool('Pool, no-op tasks, many outstanding', "Python's map(chunksize=1)", 6, 'map1', 30_000),
  pool('Pool, map with its own chunks', "Python's map", 1.1, 'map', 300_000),
  {
    what: 'the spider, cold (goal: at most 1.1 times as long)',
    against: "Python's fork pool",
    goal: 1 / 1.1,
    ours: ['spider.ts', 'cold'],
    theirs: ['spider_rate.py'],
  },
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
for (const { what, against, goal, ours, theirs } of CASES) {
  if (values.only && !`${what} ${against}`.includes(values.only)) continue
  const [[ourFile = '', ...ourArgs], [theirFile = '', ...theirArgs]] = [ours, theirs]
  const ratios: number[] = []
  const rates: number[] = []
  for (let round = 0; round < Number(values.rounds); round++) {
    const their = measure('python3', [join(folder, 'python', theirFile), ...theirArgs])
    const our = measure(process.execPath, ['--conditions=forkscope-source', join(folder, 'ours', ourFile), ...ourArgs])
    ratios.push(our / their)
    rates.push(our)
  }
  const ratio = Number(median(ratios).toFixed(3))
  const met = ratio >= goal
  if (values.json)
    process.stdout.write(`${JSON.stringify({ what, against, ratio, goal: Number(goal.toFixed(3)), met })}\n`)
  else {
    const rate = median(rates)
    const figure = rate < 10 ? rate.toFixed(2) : Math.round(rate).toLocaleString('en')
    process.stdout.write(
      `${met ? 'met    ' : 'NOT MET'}  ${what}: ${ratio} times ${against}, goal ${goal.toFixed(2)} (ours: ${figure} a second)\n`,
    )
  }
}
