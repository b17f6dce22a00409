/** All about what is selected. */
import type { RefObject } from 'preact'
import { clearSelection, selection } from '../store/selection.ts'
import { Icon } from './icons.tsx'
import { ObjectDetail } from './object-detail.tsx'
import { OneStop } from './one-stop.tsx'
import { ProcessDetail } from './process-detail.tsx'
import { QueueDetail } from './queue-detail.tsx'
import { useReveal } from './reveal.ts'
import { TaskDetail } from './task-detail.tsx'
import { testIds } from './test-ids.ts'

function Details() {
  const chosen = selection.value
  if (!chosen) {
    return (
      <p class="card-body soft" data-testid={testIds.detail}>
        Select a process, a queue, a lock or a task: all about it appears here.
      </p>
    )
  }
  if (chosen.kind === 'process') return <ProcessDetail key={chosen.id} id={chosen.id} />
  if (chosen.kind === 'object') return <ObjectDetail key={chosen.id} id={chosen.id} />
  if (chosen.kind === 'queue') return <QueueDetail key={chosen.id} id={chosen.id} />
  return <TaskDetail key={chosen.id} id={chosen.id} />
}

export function DetailCard({ card }: { card: RefObject<HTMLElement | null> }) {
  useReveal()
  return (
    <section class="card details" aria-label="Details" ref={card}>
      <div class="card-head">
        <h3>Details</h3>
        <span class="card-aside" />
        {selection.value && (
          <div class="card-end">
            <button type="button" class="quiet" aria-label="Close" title="Close (Escape)" onClick={clearSelection}>
              <Icon name="close" />
            </button>
          </div>
        )}
      </div>
      <OneStop class="details-body" items=".detail, button, summary">
        <Details />
      </OneStop>
    </section>
  )
}
