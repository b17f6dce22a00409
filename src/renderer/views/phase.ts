/** How a session is doing, as a dot and as a word. */
import type { SessionInfo } from '../../shared/api.ts'

/** `idle`: a program that was not started yet. */
export type Phase = SessionInfo['phase'] | 'idle'

export const PHASE_WORDS: Record<Phase, string> = {
  idle: 'not started yet',
  starting: 'starting',
  running: 'running',
  stopping: 'stopping',
  finished: 'finished',
  stopped: 'stopped',
  failed: 'failed',
}

export function dotClass(phase: Phase, problems: number): string {
  if (phase === 'idle') return ''
  if (phase === 'starting' || phase === 'running' || phase === 'stopping') return 'on'
  return problems > 0 || phase === 'failed' ? 'bad' : 'over'
}
