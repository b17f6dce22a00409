/** Instead of the details of what was selected and is forgotten meanwhile. */
import type { SelectionKind } from '../series/related.ts'
import { testIds } from './test-ids.ts'

export function Forgotten({ what }: { what: SelectionKind }) {
  return (
    <p class="card-body soft" data-testid={testIds.detail}>
      This {what} ended long ago and is not kept any more.
    </p>
  )
}
