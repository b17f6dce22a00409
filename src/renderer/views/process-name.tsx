/** A process by its colour and name, wherever it is mentioned. A click selects it. */
import { colourClass } from '../series/colours.ts'
import { select } from '../store/selection.ts'
import { peekState, read } from '../store/session.ts'
import { NameText } from './name-text.tsx'

export function ProcessName({ process }: { process: string }) {
  read('processes')
  const row = peekState()?.processes.rows.get(process)
  return (
    <button type="button" class={`mention ${colourClass(row?.order)}`} onClick={() => select('process', process)}>
      <i class="chip" aria-hidden="true" />
      <NameText name={row?.name ?? process} />
    </button>
  )
}

/** Several of them. */
export function ProcessNames({ processes }: { processes: readonly string[] }) {
  if (processes.length === 0) return <>nobody yet</>
  return (
    <span class="mentions">
      {processes.map((id) => (
        <ProcessName key={id} process={id} />
      ))}
    </span>
  )
}

/** Only the colours, for a narrow place; the names are there for the pointer and the screen reader. */
export function ProcessChips({ processes, label }: { processes: readonly string[]; label: string }) {
  read('processes')
  const state = peekState()
  const known = processes.map((id) => state?.processes.rows.get(id)).filter((row) => row !== undefined)
  // Those that live are what matters now; the ended ones would push them out of the picture.
  const shown = [...known].sort((a, b) => Number(a.state === 'exited') - Number(b.state === 'exited')).slice(0, 6)
  const names = known.map(({ name }) => name).join(', ') || 'nobody yet'
  return (
    <span class="chips" title={`${label}: ${names}`}>
      <span class="unseen">
        {label}: {names}
      </span>
      {shown.map((row) => (
        <button
          key={row.id}
          type="button"
          class={`chip-button ${colourClass(row.order)}`}
          aria-label={`${label}: ${row.name}`}
          title={`${label}: ${row.name}`}
          onClick={() => select('process', row.id)}
        >
          <i class={`chip ${row.state === 'exited' ? 'hollow' : ''}`} />
        </button>
      ))}
      {known.length > shown.length && <small>+{known.length - shown.length}</small>}
      {known.length === 0 && <i class="chip none" />}
    </span>
  )
}
