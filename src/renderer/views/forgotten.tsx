/** Instead of the details of what was selected and is forgotten meanwhile. */
import { testIds } from './test-ids.ts'

export function Forgotten({ what }: { what: 'process' | 'queue' | 'task' }) {
  return (
    <p class="card-body soft" data-testid={testIds.detail}>
      This {what} ended long ago and is not kept any more.
    </p>
  )
}
