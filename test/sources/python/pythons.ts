/** The Pythons that this machine has, and programs of theirs run under the agent. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { AGENT_VARIABLES, type AgentLine } from '../../../src/sources/agents/protocol.ts'
import { pythonEnvironment } from '../../../src/sources/python/inject.ts'

export const TOKEN = '0123456789abcdef0123456789abcdef'
const FIXTURES = join(import.meta.dirname, '../../fixtures/python')

export interface Python {
  version: string
  command: string
}

export interface Cell {
  cell: number
  of: string
  is: Record<string, unknown>
  waits?: string | null
  [field: string]: unknown
}

export interface ReadRegion {
  name: string
  bytes: number
  magic: string
  token: string
  pid: number
  start: number
  lines: number
  dropped: number
  untold: number
  cells: Cell[]
  told: AgentLine[]
}

/** Those of pyenv, where it is, and whatever `python3` is. */
export function findPythons(): Python[] {
  const versions = join(homedir(), '.pyenv/versions')
  const own = existsSync(versions) ? readdirSync(versions).map((name) => join(versions, name, 'bin/python3')) : []
  const found = new Map<string, string>()
  for (const command of [...own, 'python3']) {
    const { stdout, status } = spawnSync(command, ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])'])
    const version = String(stdout).trim()
    if (status === 0 && Number(version.split('.')[1]) >= 8 && !found.has(version)) found.set(version, command)
  }
  return [...found].map(([version, command]) => ({ version, command }))
}

/** Those that `FORKSCOPE_PYTHONS` names, such as `3.8,3.13`, or `all`, as far as the machine has them; one if it names none. */
export function chosenPythons(): Python[] {
  const all = findPythons()
  const named = process.env.FORKSCOPE_PYTHONS
  if (named) return all.filter(({ version }) => named === 'all' || named.split(',').includes(version))
  const one = onePython(all)
  return one ? [one] : []
}

/** One for what is run often. */
export function onePython(pythons: Python[] = findPythons()): Python | undefined {
  return pythons.find(({ version }) => version === '3.11') ?? pythons[0]
}

export class PythonRun {
  readonly folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'forkscope-test-'))
  readonly child: ChildProcess
  output = ''
  errors = ''
  readonly ended: Promise<number | string | null>

  constructor({ command }: Python, args: string[], env: Record<string, string | undefined> = {}) {
    chmodSync(this.folder, 0o700)
    const { folder, token } = AGENT_VARIABLES
    const run = { ...process.env, ...env, [folder]: this.folder, [token]: TOKEN }
    this.child = spawn(command, args, { env: pythonEnvironment(run), cwd: FIXTURES, detached: true })
    this.child.stdout?.on('data', (data) => (this.output += data))
    this.child.stderr?.on('data', (data) => (this.errors += data))
    this.ended = new Promise((resolve) => this.child.on('close', (code, signal) => resolve(code ?? signal)))
  }

  regions(): ReadRegion[] {
    const { stdout, stderr } = spawnSync('python3', [join(FIXTURES, 'read_regions.py'), this.folder])
    if (String(stdout) === '') throw new Error(String(stderr))
    return JSON.parse(String(stdout))
  }

  region(pid: number | undefined): ReadRegion {
    const region = this.regions().find((one) => one.pid === pid)
    if (!region) throw new Error(`there is no region of ${pid}`)
    return region
  }

  /** Ends whatever is left of it. */
  [Symbol.dispose](): void {
    try {
      if (this.child.pid) process.kill(-this.child.pid, 'SIGKILL')
    } catch {}
    rmSync(this.folder, { recursive: true, force: true })
  }
}
