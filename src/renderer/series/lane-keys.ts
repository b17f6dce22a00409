/** The words for what is drawn on a lane, each with a sample of it. */
import type { LaneShape } from './lanes.ts'

export type LaneKeyKind =
  | 'running'
  | 'busy'
  | 'awaiting'
  | 'sleeping'
  | 'blocked'
  | 'hungry'
  | 'locked'
  | 'joining'
  | 'signal'
  | 'failed'

interface LaneKey {
  words: string
  help: string
  shape: LaneShape
}

function key(words: string, help: string, shape: Partial<LaneShape> & Pick<LaneShape, 'kind'>): LaneKey {
  return { words, help, shape: { x: 0, width: 16, ...shape } }
}

/** In the order in which they are shown. */
export const LANE_KEYS: Readonly<Record<LaneKeyKind, LaneKey>> = {
  running: key('running', 'How much of the time it ran code is not known', { kind: 'running', busyPercent: null }),
  busy: key('busy', 'It runs code: as high as it is busy', { kind: 'running', busyPercent: 100 }),
  awaiting: key('awaiting', 'It awaits something outside: the network, a file, a timer', {
    kind: 'running',
    busyPercent: 0,
  }),
  sleeping: key('sleeping', 'It sleeps', { kind: 'sleeping' }),
  blocked: key('put', 'It waits to put into a queue that is full', { kind: 'blocked' }),
  hungry: key('get', 'It waits for an item, a message or a task', { kind: 'hungry' }),
  locked: key('lock', 'It waits for a lock or a semaphore that others have', { kind: 'locked' }),
  joining: key('join', 'It waits for others to end, or for a result', { kind: 'joining' }),
  signal: key('event', 'It waits for an event, a condition or the others at a barrier', { kind: 'signal' }),
  failed: key('failed', 'The task failed', { kind: 'frame', failed: true }),
}

/** Kinds of waiting, which stand together. */
export const WAIT_KEYS: ReadonlySet<LaneKeyKind> = new Set(['blocked', 'hungry', 'locked', 'joining', 'signal'])

/** Less than this cannot be seen. */
const LEAST_PERCENT = 5

/** @returns what a shape is called in the key; nothing where it says what it is by itself */
export function keysOf({ kind, busyPercent = null, failed }: LaneShape): LaneKeyKind[] {
  if (kind === 'running') {
    if (busyPercent === null) return ['running']
    if (busyPercent <= LEAST_PERCENT) return ['awaiting']
    return busyPercent >= 100 - LEAST_PERCENT ? ['busy'] : ['busy', 'awaiting']
  }
  if (kind === 'frame') return failed ? ['failed'] : []
  return kind === 'starting' || kind === 'end' ? [] : [kind]
}
