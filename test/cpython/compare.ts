/** Runs a file of CPython's tests with and without the agent, and tells what differs. */
import { spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { load } from 'cheerio'
import { AGENT_VARIABLES } from '../../src/sources/agents/protocol.ts'
import { pythonEnvironment } from '../../src/sources/python/inject.ts'
import type { Python } from '../sources/python/pythons.ts'

/** A file that takes longer hangs, and has no results. */
const MOST_MS = 600_000

type Result = 'passed' | 'skipped' | 'failed' | 'missing'
type Results = Map<string, Result>

export interface Difference {
  test: string
  without: string
  under: string
  /** What the failing side said. */
  text: string
}

/** @param match patterns of names, as regrtest takes them; all tests of the file if left out */
export async function compare(python: Python, file: string, match: string[] = []) {
  const without = await runTests(python, file, match, false)
  const under = await runTests(python, file, match, true)
  const differences: Difference[] = []
  for (const test of new Set([...without.results.keys(), ...under.results.keys()])) {
    if (without.results.get(test) === under.results.get(test)) continue
    const found = await tryAgain(python, file, test)
    if (found) differences.push(found)
  }
  if (without.status !== under.status && differences.length === 0) {
    const text = under.status === 0 ? without.output : under.output
    differences.push({ test: file, without: `${without.status}`, under: `${under.status}`, text: text.slice(-3_000) })
  }
  return { without: without.results, differences }
}

/** @returns how a test differs in three tries each way: only one that ends in some way only under the agent, or only without it, does */
async function tryAgain(python: Python, file: string, test: string): Promise<Difference | undefined> {
  const seen = { without: new Set<string>(), under: new Set<string>() }
  let text = ''
  for (let tries = 0; tries < 3; tries++) {
    for (const side of ['without', 'under'] as const) {
      const run = await runTests(python, file, [`*.${test.split('.').slice(-2).join('.')}`], side === 'under')
      const result = run.results.get(test) ?? 'missing'
      seen[side].add(result)
      if (result === 'failed' || (result === 'missing' && side === 'under')) text = run.output.slice(-3_000)
    }
  }
  const [without, under] = [[...seen.without].sort().join('/'), [...seen.under].sort().join('/')]
  return without === under || [...seen.under].every((result) => seen.without.has(result))
    ? undefined
    : { test, without, under, text }
}

async function runTests(python: Python, file: string, match: string[], isUnder: boolean) {
  const folder = mkdtempSync(join(tmpdir(), 'forkscope-cpython-'))
  const report = join(folder, 'report.xml')
  const run = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : folder, 'forkscope-cpython-'))
  chmodSync(run, 0o700)
  mkdirSync(join(folder, 'work'))
  const { folder: at, token } = AGENT_VARIABLES
  const env = isUnder
    ? pythonEnvironment({ ...process.env, [at]: run, [token]: '0123456789abcdef0123456789abcdef' })
    : process.env
  const patterns = match.flatMap((pattern) => ['-m', pattern])
  const args = ['-m', 'test', '-v', '--timeout', '120', '--junit-xml', report, ...patterns, file]
  const child = spawn(python.command, args, { env, cwd: join(folder, 'work'), detached: true })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += data))
  const timer = setTimeout(() => endGroup(child.pid), MOST_MS)
  // Some of these tests leave processes behind, which hold its output open.
  const status = await new Promise<number | string | null>((done) =>
    child.on('exit', (code, signal) => done(code ?? signal)),
  )
  clearTimeout(timer)
  endGroup(child.pid)
  const results = existsSync(report) ? readResults(readFileSync(report, 'utf8')) : new Map()
  rmSync(folder, { recursive: true, force: true })
  rmSync(run, { recursive: true, force: true })
  return { status, output, results }
}

function endGroup(pid: number | undefined): void {
  try {
    if (pid) process.kill(-pid, 'SIGKILL')
  } catch {}
}

/** Of the report in JUnit's form that regrtest writes. */
function readResults(xml: string): Results {
  const $ = load(xml, { xml: true })
  const results: Results = new Map()
  $('testcase').each((_, element) => {
    const test = $(element)
    const name = test.attr('name') ?? ''
    const isFailed = test.children('failure, error').length > 0
    const isSkipped = test.children('skipped').length > 0
    results.set(name, isFailed ? 'failed' : isSkipped ? 'skipped' : 'passed')
  })
  return results
}
