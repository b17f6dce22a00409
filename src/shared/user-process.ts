/** A process that runs already, as one chooses it to attach to. */
export interface UserProcess {
  pid: number
  /** Ticks of its start since the system's: with its pid, what it is known by. */
  start: number
  /** Its parent, which need not be in the list. */
  ppid: number
  name: string
  /** The first of its command line; empty if it has none. */
  command: string
  cpuTimeMs: number
  ageMs: number
  /** Resident set. */
  memoryBytes: number
  /** Of which its stack can be read. */
  runtime: 'python' | 'node' | null
}

export interface UserProcesses {
  processes: UserProcess[]
  /** How many there are besides. */
  more: number
}

/** @returns as a parameter of type `process` names it, which may leave out the start */
export function processName({ pid, start }: Pick<UserProcess, 'pid' | 'start'>): string {
  return `${pid}.${start}`
}

/** @returns what such a name stands for; null if it is none */
export function parseProcessName(text: string): { pid: number; start: number | null } | null {
  const [, pid, start] = /^(\d{1,10})(?:\.(\d{1,15}))?$/.exec(text) ?? []
  if (pid === undefined || Number(pid) === 0) return null
  return { pid: Number(pid), start: start === undefined ? null : Number(start) }
}
