/** The program's source. What is selected is marked in it. */
import { useEffect, useRef } from 'preact/hooks'
import type { SourceFile } from '../../shared/api.ts'
import { highlight } from '../draw/highlight.ts'
import { findLine, sourceWords } from '../series/source-lines.ts'
import { selection } from '../store/selection.ts'
import { peekState, read } from '../store/session.ts'
import { testIds } from './test-ids.ts'

/** In CSS pixels, as in `source.css`. */
const LINE_HEIGHT = 18
const PADDING = 4

function wordsOfSelection(): string[] | null {
  const chosen = selection.value
  const state = peekState()
  if (!chosen || !state) return null
  if (chosen.kind === 'object') return null
  if (chosen.kind === 'queue') return sourceWords('queue', state.queues.rows.get(chosen.id)?.name ?? '')
  if (chosen.kind === 'task') return sourceWords('task', state.tasks.rows.get(chosen.id)?.name ?? '')
  const row = read('processes')?.rows.get(chosen.id)
  const task = row?.task == null ? undefined : state.tasks.rows.get(row.task)
  return task ? sourceWords('task', task.name) : sourceWords('process', row?.name ?? '')
}

export function SourceView({ file }: { file: SourceFile }) {
  const box = useRef<HTMLElement>(null)
  const words = wordsOfSelection()
  const marked = words ? findLine(file.text, words) : -1
  const top = PADDING + marked * LINE_HEIGHT
  useEffect(() => {
    const element = box.current
    if (!element || marked < 0) return
    const seen = top >= element.scrollTop && top + LINE_HEIGHT <= element.scrollTop + element.clientHeight
    if (!seen) element.scrollTop = Math.max(0, top - element.clientHeight / 3)
  }, [marked, file])
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section class="source" ref={box} tabIndex={0} aria-label={file.name}>
      {marked >= 0 && <div class="source-mark" style={{ top: `${top}px` }} />}
      <pre class="mono" data-testid={testIds.sourceCode}>
        {/* highlight.js escapes the text */}
        <code dangerouslySetInnerHTML={{ __html: highlight(file) }} />
      </pre>
    </section>
  )
}
