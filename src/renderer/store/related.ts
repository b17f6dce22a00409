/** What belongs to the selection, for all of the page. */
import { computed } from '@preact/signals'
import { type Related, relatedTo } from '../series/related.ts'
import { selection } from './selection.ts'
import { peekState, read } from './session.ts'

/** Without a selection always the same, so that nothing is rendered for it. */
export const related = computed<Related>(() => {
  const chosen = selection.value
  if (chosen) {
    read('tasks')
    read('queues')
    read('objects')
  }
  return relatedTo(chosen, peekState())
})
