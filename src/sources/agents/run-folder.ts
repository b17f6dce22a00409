/** A folder for each run, of this user alone, in memory where there is such: agents write their regions there. */
import { randomBytes } from 'node:crypto'
import { lstatSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { identityOf } from '../process-tree/process-tree.ts'
import { AGENT_VARIABLES } from './protocol.ts'

export interface RunFolder {
  path: string
  token: string
  /** What the program must have in its environment. `FORKSCOPE_RUN` is also the mark by which its processes are found. */
  env: Record<string, string>
  /** Everything in it goes. Maps of programs that go on stay valid, and are seen by nobody. */
  remove(): void
}

const OTHERS = 0o077

function bases(user: number): string[] {
  const { XDG_RUNTIME_DIR } = process.env
  return [
    `/dev/shm/forkscope-${user}`,
    ...(XDG_RUNTIME_DIR && isAbsolute(XDG_RUNTIME_DIR) ? [join(XDG_RUNTIME_DIR, 'forkscope')] : []),
    join(tmpdir(), `forkscope-run-${user}`),
  ]
}

/** @returns the folder, if it is this user's and closed to all others: somebody else may have made one of that name */
function ownFolder(path: string, user: number): string | null {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 })
    const { uid, mode } = lstatSync(path)
    return lstatSync(path).isDirectory() && uid === user && (mode & OTHERS) === 0 ? path : null
  } catch {
    return null
  }
}

/** What a Forkscope that was killed has left: its name says whose it was. */
function removeLeftovers(base: string): void {
  for (const name of readdirSync(base)) {
    const [, pid, start] = /^(\d+)\.(\d+)\.[0-9a-f]+$/.exec(name) ?? []
    if (pid !== undefined && identityOf(Number(pid))?.start !== Number(start))
      rmSync(join(base, name), { recursive: true, force: true })
  }
}

/** @returns a new folder for a run; null where there is none that only this user can use, or no system of users: then no agent can tell anything */
export function createRunFolder(): RunFolder | null {
  const user = process.geteuid?.()
  if (user === undefined) return null
  for (const candidate of bases(user)) {
    const base = ownFolder(candidate, user)
    if (base === null) continue
    try {
      removeLeftovers(base)
      const path = join(base, `${process.pid}.${identityOf(process.pid)?.start ?? 0}.${randomBytes(8).toString('hex')}`)
      mkdirSync(path, { mode: 0o700 })
      const token = randomBytes(16).toString('hex')
      return {
        path,
        token,
        env: { [AGENT_VARIABLES.folder]: path, [AGENT_VARIABLES.token]: token },
        remove: () => rmSync(path, { recursive: true, force: true }),
      }
    } catch {
      // A full disk, or too many files: the next one may do.
    }
  }
  return null
}
