/** One of the user's processes is chosen, from a tree of them that can be searched: the keys stay in the search field and move the choice. */
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { UserProcess } from '../../shared/user-process.ts'
import { formatAge, formatMemory } from '../series/format.ts'
import { type Choice, processChoices } from '../series/process-choices.ts'
import { chooseProcess, choosing, closeChoice } from '../store/choosing.ts'
import { startWith } from '../store/commands.ts'
import { Icon } from './icons.tsx'
import { testIds } from './test-ids.ts'

/** No more rows are drawn: who has more searches. */
const MOST_ROWS = 500
const DEEPEST = 8
const PAGE = 10

const optionId = ({ pid }: UserProcess) => `choice-${pid}`

function Row({ choice, isActive, choose }: { choice: Choice; isActive: boolean; choose: () => void }) {
  const { process, depth, isFound } = choice
  const { pid, name, command, ageMs, memoryBytes, runtime } = process
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the search field has the focus, and says which one is active
    // biome-ignore lint/a11y/useKeyWithClickEvents: keys are the search field's
    <div
      id={optionId(process)}
      class={`choice in-${Math.min(depth, DEEPEST)} ${isFound ? '' : 'faint'}`}
      role="treeitem"
      aria-level={depth + 1}
      aria-selected={isActive}
      title={command || name}
      data-testid={testIds.processChoice}
      data-pid={pid}
      onClick={choose}
    >
      <span class="num">{pid}</span>
      <span class="choice-name cut">
        {name}
        {runtime && <small class="badge">{runtime === 'python' ? 'Python' : 'Node'}</small>}
      </span>
      <span class="mono cut soft">{command}</span>
      <span class="num soft" title="How long ago it began">
        {formatAge(ageMs)}
      </span>
      <span class="num soft">{formatMemory(memoryBytes)}</span>
    </div>
  )
}

function Tree({
  rows,
  active,
  choose,
}: {
  rows: Choice[]
  active: UserProcess | null
  choose: (one: UserProcess) => void
}) {
  return (
    <div class="choices" role="tree" id="choices" aria-label="Your processes">
      {rows.map((choice) => (
        <Row
          key={choice.process.pid}
          choice={choice}
          isActive={choice.process === active}
          choose={() => choose(choice.process)}
        />
      ))}
    </div>
  )
}

function Note({ found, shown, more }: { found: number; shown: number; more: number }) {
  const left = found - shown + more
  if (found === 0) return <p class="soft">No process of yours has these words in its name, command line or PID.</p>
  return left > 0 ? <p class="soft">{left} more are not shown: search for them by name or PID.</p> : null
}

function Picker() {
  const dialog = useRef<HTMLDialogElement>(null)
  const [search, setSearch] = useState('')
  const [at, setAt] = useState<number | null>(null)
  useLayoutEffect(() => {
    dialog.current?.showModal()
    dialog.current?.querySelector('input')?.focus()
  }, [])
  const now = choosing.value
  const { processes, more } = now?.state === 'listed' ? now.list : { processes: [], more: 0 }
  const found = processChoices(processes, search)
  const rows = found.slice(0, MOST_ROWS)
  // Until one is moved to, it is the first that the search is for.
  const first = search.trim() === '' ? null : (rows.find(({ isFound }) => isFound)?.process ?? null)
  const active = rows.find(({ process }) => process.pid === at)?.process ?? first

  const choose = ({ pid, start }: UserProcess) => {
    if (!now) return
    closeChoice()
    startWith(now.parameter, pid, start)
  }
  const move = (steps: number) => {
    const from = rows.findIndex(({ process }) => process === active)
    const next = rows[Math.min(rows.length - 1, Math.max(0, from < 0 && steps < 0 ? 0 : from + steps))]?.process
    if (!next) return
    setAt(next.pid)
    document.getElementById(optionId(next))?.scrollIntoView({ block: 'nearest' })
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: PAGE, PageUp: -PAGE }[event.key]
    if (event.key === 'Enter') {
      event.preventDefault()
      // Outside, with a modifier, it starts and stops.
      event.stopPropagation()
      if (active) choose(active)
    } else if (steps !== undefined) {
      event.preventDefault()
      move(steps)
    } else if (event.key === 'Escape') event.stopPropagation()
  }

  return (
    <dialog
      ref={dialog}
      class="picker"
      aria-labelledby="picker"
      onClose={closeChoice}
      data-testid={testIds.processPicker}
    >
      <div class="picker-head">
        <h3 id="picker">Attach to a process of yours</h3>
        <button
          type="button"
          class="quiet"
          title="Ask anew which there are"
          aria-label="Ask anew which processes there are"
          onClick={() => now && void chooseProcess(now.parameter)}
        >
          <Icon name="restart" />
        </button>
        <button type="button" class="quiet" aria-label="Close" onClick={() => dialog.current?.close()}>
          <Icon name="close" />
        </button>
      </div>
      <input
        class="field"
        type="text"
        role="combobox"
        aria-label="Search by name, command line or PID"
        aria-expanded={true}
        aria-haspopup="tree"
        aria-controls="choices"
        aria-activedescendant={active ? optionId(active) : undefined}
        placeholder="name, command line or PID"
        spellcheck={false}
        autocomplete="off"
        value={search}
        data-testid={testIds.processSearch}
        onInput={(event) => {
          setSearch(event.currentTarget.value)
          setAt(null)
        }}
        onKeyDown={onKeyDown}
      />
      <Tree rows={rows} active={active} choose={choose} />
      {now?.state === 'listed' && <Note found={found.length} shown={rows.length} more={more} />}
      {now?.state === 'refused' && (
        <p class="bad-text" role="alert">
          {now.message}
        </p>
      )}
      <p class="soft">Nothing is put into it, and it is not ended when you detach. ↑ ↓ and Enter choose.</p>
    </dialog>
  )
}

/** There while one is chosen. */
export function ProcessPicker() {
  return choosing.value === null ? null : <Picker />
}
