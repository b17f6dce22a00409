/** The session that is shown: a copy of its state, kept up to date by patches, and signals that say which part changed. */
import { batch, computed, type Signal, signal } from '@preact/signals'
import { applyPatch } from '../../session/patch.ts'
import { createSessionState } from '../../session/state.ts'
import type { SessionPatch } from '../../shared/session-patch.ts'
import type { SessionId, SessionState } from '../../shared/session-state.ts'
import { call } from './connection.ts'
import { status } from './programs.ts'
import { clearSelection } from './selection.ts'

const partNames = [
  'head',
  'processes',
  'queues',
  'objects',
  'pools',
  'tasks',
  'problems',
  'lanes',
  'samples',
  'depths',
  'output',
] as const
export type Part = (typeof partNames)[number]

/** The state is changed in place; what is subscribed to is the revision of each of its parts. */
const state = signal<SessionState | null>(null)
const changed = Object.fromEntries(partNames.map((part) => [part, signal(0)])) as Record<Part, Signal<number>>

/** The session's clock at the last patch, in µs. */
export const nowUs = signal(0)
/** Whether a session exists whose state has not come yet. */
export const isLoading = computed(() => state.value === null && (status.value?.session ?? null) !== null)

/** @returns a part of the state, and subscribes to its changes; null without a session */
export function read<P extends Part>(part: P): SessionState[P] | null {
  changed[part].value
  return state.value?.[part] ?? null
}

/** @returns the whole state without subscribing to anything: for what is read on a click or together with {@link read} */
export function peekState(): SessionState | null {
  return state.peek()
}

/** Whether the session that is shown goes on. */
export const isLive = computed(() => {
  const head = read('head')
  return head !== null && head.endedAtUs === null
})

/** How long the session has run or ran. */
export const elapsedUs = computed(() => read('head')?.endedAtUs ?? (state.value ? nowUs.value : 0))

let watched: SessionId | null = null

/** @returns the session that commands are about */
export function watchedSession(): SessionId | null {
  return watched
}

/** Follows the last session of the program that is shown, if it has one. */
export async function watchCurrent(): Promise<void> {
  const session = status.value?.session ?? null
  if (session === watched) return
  const before = watched
  watched = session
  batch(() => {
    state.value = null
    nowUs.value = 0
    clearSelection()
  })
  try {
    if (before) await call('unwatchSession', { session: before })
    if (session && session === watched) await call('watchSession', { session })
  } catch {
    // It was replaced meanwhile, or the connection was lost: the next overview or greeting says what there is.
  }
}

/** A new connection knows nothing of what was watched on the one before. */
export async function watchAgain(): Promise<void> {
  if (watched && watched === status.value?.session) await call('watchSession', { session: watched })
  else await watchCurrent()
}

/** Takes a patch that the host pushed; one that does not follow what is here makes the whole state be asked for. */
export function receivePatch(patch: SessionPatch): void {
  if (patch.session !== watched) return
  const old = state.peek()
  const next = patch.since === 0 || !old ? createSessionState(patch.session, patch.head?.program ?? '', '') : old
  if (!applyPatch(next, patch)) {
    void call('watchSession', { session: patch.session }).catch(() => {})
    return
  }
  batch(() => {
    state.value = next
    nowUs.value = patch.nowUs
    for (const part of partNames) {
      if (patch[part] !== undefined || patch.since === 0) changed[part].value++
    }
  })
}
