/** How a process spent its time: a bar, and in words what its parts are. */
import type { ProcessRow } from '../../shared/session-state.ts'
import { timeShares } from '../series/shares.ts'
import { elapsedUs } from '../store/session.ts'

export function TimeShares({ row }: { row: ProcessRow }) {
  const shares = timeShares(row, elapsedUs.value)
  if (shares.length === 0) return null
  const words = shares.map(({ kind, share }) => `${kind} ${Math.round(share * 100)} %`)
  return (
    <figure class="shares">
      <div class="shares-bar" aria-hidden="true">
        {shares.map(({ kind, share }) => (
          <i key={kind} class={`share share-${kind}`} style={{ flexGrow: share }} />
        ))}
      </div>
      <figcaption>{words.join(' · ')}</figcaption>
    </figure>
  )
}
