/**
 * What an agent inside somebody's program writes, and where: the one contract between the agents (`sources/python`, `sources/node`) and
 * the door that reads them. `docs/agents.md` tells why it is so.
 *
 * An agent never sends anything. It has a **region**: a file in the run's folder, as large as `REGION.bytes`, reserved before its first use
 * (so that a full disk is found out then), mapped or written in place. What is in it survives the process, however that ends. Nobody
 * answers, so a door that is frozen or gone changes nothing for the program. All numbers are unsigned, 64 bits, little-endian; a value that
 * takes no more than 53 bits. Whoever reads takes all of it for hostile input.
 *
 * The name is `<pid>.<start>` for a process, `<pid>.<start>.<number>` for each further one of it (Node's worker threads); `start` is
 * the process's start time in clock ticks, field 22 of `/proc/PID/stat` (proc(5)), or 0 where there is none.
 */

/** Where a program finds the folder, and the word that shows that it was told; both are 32 hexadecimal digits or contain them. */
export const AGENT_VARIABLES = { folder: 'FORKSCOPE_RUN', token: 'FORKSCOPE_TOKEN' } as const

export const REGION = {
  bytes: 262_144,
  /** Written last of the head: before it is there, there is nothing to read. */
  magic: 'FSAGENT1',
  /** Byte offsets in the head. */
  at: {
    magic: 0,
    pid: 8,
    start: 16,
    /** CLOCK_MONOTONIC in nanoseconds, as everything that is called `…Ns` here. */
    createdNs: 24,
    /** Bytes ever written to the ring, set after they were: it is at this, modulo the ring's size, that the next line begins. */
    ringEnd: 32,
    /** Lines ever written to the ring: what was overwritten before it was read can be counted. */
    lines: 40,
    /** Lines that were too long, or that the agent had no room or leave to write. */
    dropped: 48,
    /** Cells are used from the first on; none at or after this number ever was. */
    cellsUsed: 56,
    /** 32 bytes, ASCII. */
    token: 64,
    /** Objects that there was no cell for. */
    untold: 96,
  },
  cells: { at: 4_096, count: 384, bytes: 256 },
  /** Lines of JSON in UTF-8, each with a line break, one after the other and around the end. */
  ring: { at: 102_400, bytes: 159_744 },
  /** The longest line, with its line break; and how many bytes before `ringEnd` minus the ring's size may be being overwritten. */
  mostLineBytes: 4_096,
} as const

/**
 * A cell is eight numbers and, from byte 64 on, its description: two bytes of length and as much JSON in UTF-8 (no more than 190 bytes). It
 * tells what is true now, so that nothing has to be told when it changes. The first number is its kind, plus 256 for each time that the cell
 * was given to something else; 0 is a free one. It is written last when a cell is taken.
 */
export const CELL = { descriptionAt: 64, mostDescriptionBytes: 190 } as const

export const CELL_KINDS = {
  1: 'thread',
  2: 'queue',
  3: 'lock',
  4: 'loop',
  5: 'pool',
  6: 'object',
} as const
export type CellKind = (typeof CELL_KINDS)[keyof typeof CELL_KINDS]

/** What the numbers 1 to 7 of a cell are, by its kind. Unused ones are 0. */
export const CELL_FIELDS = {
  /**
   * A thread of this process and the one thing that it waits for. `turn` is added to whenever a wait begins and when it ends: odd while it
   * waits. The others are of the wait that goes on or was last. `what` is a number of `WAITS`, `on` and `about` depend on it.
   * Description: name, isMain?, isDaemon?, isOurs?
   */
  thread: ['tid', 'turn', 'what', 'on', 'sinceNs', 'timeoutMs', 'about'],
  /**
   * What one thread, or a process where that is safe, has put and got: all cells of a queue together are its totals. `left` is what
   * this process has put and not yet handed over (a feeder's buffer); `backlogBytes` what the system has not taken.
   * Description: id, kind, name?, maxsize, where?, tid? (of the one thread that it counts)
   */
  queue: ['puts', 'gets', 'done', 'left', 'backlogBytes'],
  /**
   * How often this process has taken it and not given it back, by which thread it was taken last, and how often it was in all. Another process may
   * release it: `given` is how often this one released what it had not taken, `healed` how often it could take a lock again that it had not given
   * back. So it is held `held` less `given` plus `healed` times by all together, and by those who took it last.
   * Description: id, kind (`ObjectKind`), name?, size?
   */
  lock: ['held', 'tid', 'acquired', 'sinceNs', 'given', 'healed'],
  /**
   * How long an event loop has run code and how long it waited, since it began: `busyNs` + `idleNs` is its age at `atNs`; all 0 where that is not
   * measured. How many tasks (of Python's asyncio) have begun in it and are not over. Description: tid, or kind
   */
  loop: ['busyNs', 'idleNs', 'atNs', 'tid', 'tasks'],
  /** Tasks that this process has seen come and go, exact though lines may be lost. Description: id, kind, size, noticesDeaths */
  pool: ['submitted', 'started', 'done', 'failed'],
  /** Something that can be waited for and that nobody holds (an event, a condition, a barrier, a pipe). Description: id, kind (`ObjectKind`), name? */
  object: ['sent', 'received'],
} as const satisfies Record<CellKind, readonly string[]>

/**
 * What a thread waits for. `cell`: `on` is the number of a cell of the same region; `pid` and `tid`: of the system; `task`: `about` is the
 * pool's cell and `on` the task's number there; `nothing`: `on` means nothing.
 */
export const WAITS = {
  1: { what: 'sleep', on: 'nothing' },
  2: { what: 'get', on: 'cell' },
  3: { what: 'put', on: 'cell' },
  4: { what: 'acquire', on: 'cell' },
  5: { what: 'join', on: 'pid' },
  6: { what: 'join-thread', on: 'tid' },
  7: { what: 'result', on: 'task' },
  /** A worker that has none to do; `on` is the pool's cell. */
  8: { what: 'task', on: 'cell' },
  9: { what: 'receive', on: 'cell' },
  10: { what: 'event', on: 'cell' },
  11: { what: 'condition', on: 'cell' },
  12: { what: 'barrier', on: 'cell' },
  /** At its end a process waits until what it put has been handed over; `about` is how many items that were when it began. */
  13: { what: 'flush', on: 'cell' },
  /** Until all tasks of a joinable queue are done. */
  14: { what: 'join-queue', on: 'cell' },
  15: { what: 'join-pool', on: 'cell' },
  16: { what: 'send', on: 'cell' },
  17: { what: 'other', on: 'nothing' },
} as const

/**
 * What a line of the ring may be. `t` is CLOCK_MONOTONIC in microseconds. `queue`, `pool`, `id` are the agent's own names for things,
 * the same in every process of a run; `task` is a text that is unique in its pool.
 */
export type AgentLine = { t: number } & (
  | {
      e: 'hello'
      /** `python` or `node`, and the version of the runtime: `3.11.7`. */
      agent: 'python' | 'node'
      runtime: string
      protocol: 1
      ppid: number
      argv: string[]
      /** How the process came to be, as far as it knows itself. */
      how: 'exec' | 'fork' | 'thread'
    }
  /** The program has a name for this process (`Process.name`), and perhaps says what it runs. */
  | { e: 'name'; name: string; target?: string }
  /** This process has started another; or says more of it. */
  | { e: 'child'; pid: number; how: string; name?: string; target?: string; argv?: string[]; isDaemon?: boolean }
  /** It has learnt how a child ended: `code`, or the signal's name. */
  | { e: 'child.ended'; pid: number; code: number | null; signal?: string }
  /** Nobody caught this error, which Node ends for. */
  | { e: 'uncaught'; error: AgentError }
  /** It is about to end, of itself. */
  | { e: 'end'; code: number | null }
  /** A child is a worker of this pool. */
  | { e: 'worker'; pool: string; pid?: number; tid?: number }
  | { e: 'pool.state'; pool: string; state: 'closed' | 'terminated' | 'broken' | 'ended' }
  | { e: 'task.submitted'; pool: string; task: string; name: string; count?: number }
  | { e: 'task.started'; pool: string; task: string; name?: string; tid?: number }
  | { e: 'task.done'; pool: string; task: string }
  | { e: 'task.failed'; pool: string; task: string; error: AgentError }
  | { e: 'task.observed'; pool: string; task: string }
  /** Something went wrong that the program is not told of. */
  | { e: 'problem'; kind: 'item-lost' | 'unhandled-rejection' | 'slow-callback'; message: string; error?: AgentError }
  /** The agent has switched off a group of its hooks, and why. */
  | { e: 'off'; group: string; why: string }
)

export interface AgentError {
  name: string
  message: string
  stack: string
}
