/** Locks taken in different orders: each of some processes waits for a lock that the next one has. */
import type { ProcessId } from '../../shared/telemetry.ts'
import { type Evidence, nameIn, onlyWait, type Verdict } from './verdict.ts'

interface Link {
  from: ProcessId
  lock: string
  to: ProcessId
}

/**
 * A wait for a lock has one way out, which is that who has it releases it: a circle of such waits is a deadlock (Coffman et al., System
 * Deadlocks, 1971). A process that waits for a lock of its own is left out: another one may release it, which is how locks are used as signals.
 */
export function findDeadlocks(evidence: Evidence, nowUs: number): Verdict[] {
  const links = new Map<ProcessId, Link>()
  for (const from of evidence.processes.rows.keys()) {
    const link = linkFrom(evidence, from, nowUs)
    if (link) links.set(from, link)
  }
  const seen = new Set<ProcessId>()
  const verdicts: Verdict[] = []
  for (const start of links.keys()) {
    const circle = circleFrom(links, start, seen)
    if (circle) verdicts.push(verdictOn(evidence, circle))
  }
  return verdicts
}

function linkFrom(evidence: Evidence, from: ProcessId, nowUs: number): Link | undefined {
  const on = onlyWait(evidence, from, nowUs)?.on
  if (on?.kind !== 'lock' && on?.kind !== 'rlock') return undefined
  const [holder, ...others] = evidence.objects.rows.get(on.id)?.holders ?? []
  if (!holder || others.length > 0 || holder.process === from) return undefined
  return { from, lock: on.id, to: holder.process }
}

/** @returns the circle that is reached from a process, if it was not seen before */
function circleFrom(links: Map<ProcessId, Link>, start: ProcessId, seen: Set<ProcessId>): Link[] | undefined {
  const way: Link[] = []
  let link = links.get(start)
  while (link && !seen.has(link.from)) {
    seen.add(link.from)
    way.push(link)
    link = links.get(link.to)
  }
  const begin = way.findIndex(({ from }) => from === link?.from)
  return begin < 0 ? undefined : way.slice(begin)
}

function verdictOn(evidence: Evidence, circle: Link[]): Verdict {
  const ids = circle.map(({ from }) => from).sort()
  const parts = circle.map(({ from, lock, to }) => {
    const name = evidence.objects.rows.get(lock)?.name ?? 'a lock'
    return `${nameIn(evidence, from)} waits for ${name}, which ${nameIn(evidence, to)} has`
  })
  return {
    id: `deadlock/${ids.join('/')}`,
    kind: 'deadlock',
    message: `Deadlock: ${parts.join('; ')}.`,
    consequence: 'None of them can go on. All must take these locks in the same order.',
    process: circle[0]?.from as ProcessId,
  }
}
