/** What the processes print, interleaved by time. */
import { signal, useSignalEffect } from '@preact/signals'
import type { VNode } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import type { OutputLine } from '../../shared/session-state.ts'
import { colourClass } from '../series/colours.ts'
import { type OutputView, outputView } from '../series/output-view.ts'
import { selectionOfLine } from '../series/related.ts'
import { related } from '../store/related.ts'
import { selection, toggleSelection } from '../store/selection.ts'
import { peekState, read } from '../store/session.ts'
import { Icon } from './icons.tsx'
import { NameText } from './name-text.tsx'
import { OneStop } from './one-stop.tsx'
import { StyledText } from './styled-text.tsx'
import { testIds } from './test-ids.ts'

/** What the filter shows: everything, whatever is selected, or one process. */
type Filter = 'all' | 'selected' | `process ${string}`

const filter = signal<Filter>('all')
/** The position of the first line that is held in view; null while the newest are followed. */
const held = signal<number | null>(null)

function isShown(): (line: OutputLine) => boolean {
  if (filter.value === 'all' || (filter.value === 'selected' && !selection.value)) return () => true
  if (filter.value === 'selected') return related.value.line
  const process = filter.value.slice('process '.length)
  return (line) => line.process === process
}

function currentView(): OutputView {
  return outputView(read('output') ?? { first: 0, items: [] }, isShown(), held.value)
}

const seconds = new Intl.NumberFormat('en', { minimumFractionDigits: 2, maximumFractionDigits: 2, useGrouping: false })

/** Names for which the column is wide enough: what is cut off at its edge costs a layer's worth of work in each picture. */
const FITS = /^[\x20-\x7e]{0,12}$/

function Line({ line, position, selected }: { line: OutputLine; position: number; selected: boolean }) {
  const row = peekState()?.processes.rows.get(line.process)
  const name = row?.name ?? line.process
  const stderr = line.stream === 'stderr'
  // What processes of others' programs print comes out of one pipe that they have from the first of them.
  const by = row?.command == null ? name : `${name}, or a process that has its output from it`
  return (
    <div
      class={`line ${colourClass(row?.order)} ${stderr ? 'stderr' : ''} ${selected ? 'selected' : ''}`}
      data-testid={testIds.outputLine}
      data-position={position}
      data-process={line.process}
      data-stream={line.stream}
    >
      <span class="num">{seconds.format(line.atUs / 1e6)}</span>
      {FITS.test(name) ? (
        <b title={by}>{name}</b>
      ) : (
        <b>
          <NameText name={name} title={by} />
        </b>
      )}
      <span>
        {stderr && <i class="stderr-tag">stderr </i>}
        <StyledText line={line} />
      </span>
    </div>
  )
}

function FilterSelect() {
  const processes = [...(read('processes')?.rows.values() ?? [])]
  return (
    <select
      class="select"
      aria-label="Whose output is shown"
      data-testid={testIds.outputFilter}
      value={filter.value}
      onChange={(event) => (filter.value = event.currentTarget.value as Filter)}
    >
      <option value="all">all processes</option>
      <option value="selected">what is selected</option>
      {processes.map(({ id, name }) => (
        <option key={id} value={`process ${id}`}>
          {name}
        </option>
      ))}
    </select>
  )
}

interface Made {
  line: OutputLine
  selected: boolean
  node: VNode
}

/** So many lines are laid out together, or not at all. */
const BLOCK = 50

/** @returns the lines in blocks, each always of the same lines */
function inBlocks(lines: ReadonlyMap<number, Made>): VNode[] {
  const blocks = new Map<number, VNode[]>()
  for (const [position, { node }] of lines) {
    const block = Math.floor(position / BLOCK)
    const before = blocks.get(block)
    if (before) before.push(node)
    else blocks.set(block, [node])
  }
  return [...blocks].map(([block, nodes]) => (
    <div key={block} class="line-block">
      {nodes}
    </div>
  ))
}

/** Each line is made once, and again only if it has changed: rendering again costs only what is new. */
function useLines() {
  const made = useRef({ state: peekState(), lines: new Map<number, Made>() })
  return ({ lines }: OutputView): VNode[] => {
    const state = peekState()
    if (made.current.state !== state) made.current = { state, lines: new Map() }
    const before = made.current.lines
    const isSelected = related.value.line
    made.current.lines = new Map(
      lines.map(({ position, line }) => {
        const known = before.get(position)
        const selected = isSelected(line)
        if (known?.line === line && known.selected === selected) return [position, known]
        const node = <Line key={position} line={line} position={position} selected={selected} />
        return [position, { line, selected, node }]
      }),
    )
    return inBlocks(made.current.lines)
  }
}

/** A click on a line selects who printed it. */
function selectPrinter(event: Event): void {
  const position = (event.target as Element).closest<HTMLElement>('.line')?.dataset.position
  const state = peekState()
  // Who marks a text to copy it selects nothing.
  if (position === undefined || !state || (event.type === 'click' && getSelection()?.isCollapsed === false)) return
  const line = state.output.items[Number(position) - state.output.first]
  if (!line) return
  const { kind, id } = selectionOfLine(line, state)
  toggleSelection(kind, id)
}

function selectByKey(event: KeyboardEvent): void {
  if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey) selectPrinter(event)
}

/** Nearer to the end than this, in pixels, it follows. */
const NEAR_END = 24

type Place = Pick<HTMLElement, 'scrollTop' | 'scrollHeight' | 'clientHeight'>

function placeOf({ scrollTop, scrollHeight, clientHeight }: Place): Place {
  return { scrollTop, scrollHeight, clientHeight }
}

/** Whether the user has scrolled up since; a panel that grew and lines that went have moved the place by themselves. */
function hasLeftEnd(now: Place, before: Place): boolean {
  if (now.clientHeight !== before.clientHeight || now.scrollHeight < before.scrollHeight) return false
  return now.scrollTop < before.scrollTop && before.scrollHeight - now.scrollTop - now.clientHeight >= NEAR_END
}

export function OutputLines() {
  const list = useRef<HTMLDivElement>(null)
  const last = useRef<Place & { followed: boolean }>({
    scrollTop: 0,
    scrollHeight: 0,
    clientHeight: 0,
    followed: false,
  })
  const render = useLines()
  const following = held.value === null
  const view = currentView()
  const shownFrom = useRef(0)
  shownFrom.current = view.from

  const goToEnd = (element: HTMLElement) => {
    element.scrollTop = element.scrollHeight
    last.current = { ...placeOf(element), followed: true }
  }
  useLayoutEffect(() => {
    const element = list.current
    if (!element) return
    if (!following) last.current.followed = false
    // The browser tells of a scroll with its next frame: lines that are drawn before that must not undo it.
    else if (last.current.followed && hasLeftEnd(element, last.current)) held.value = view.from
    else goToEnd(element)
  })
  useLayoutEffect(() => {
    const element = list.current
    if (!element) return
    const observer = new ResizeObserver(() => {
      if (held.peek() === null) goToEnd(element)
    })
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  // What a task printed that is over is not left behind by what comes: the lines are held where it is among them.
  useSignalEffect(() => {
    const chosen = selection.value
    const state = peekState()
    const element = list.current
    if (chosen?.kind !== 'task' || !state || !element || element.scrollHeight <= element.clientHeight) return
    const index = state.output.items.findIndex(related.peek().line)
    const isOver = state.tasks.rows.get(chosen.id)?.endedAtUs != null
    if (index >= 0 && isOver) held.value = Math.min(shownFrom.current, state.output.first + index)
  })
  const onScroll = () => {
    const element = list.current
    if (!element) return
    const { scrollTop, scrollHeight, clientHeight } = element
    const atEnd = scrollHeight - scrollTop - clientHeight < NEAR_END
    // Lines that come and panels that grow leave the end behind too; only who scrolls up wants to stay.
    const wentUp = scrollTop < last.current.scrollTop
    last.current = { ...placeOf(element), followed: following }
    if (atEnd && view.later === 0) held.value = null
    else if (wentUp) held.value ??= view.from
  }
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Enter on a line does the same, see there
    <div
      class={`lines mono ${following ? 'following' : ''}`}
      ref={list}
      onScroll={onScroll}
      onClick={selectPrinter}
      role="log"
      aria-live="off"
      aria-label="Output lines"
    >
      <OneStop items=".line, .more" begin="last" onKeyDown={selectByKey}>
        {view.earlier > 0 && (
          <button type="button" class="link more" onClick={() => (held.value = view.earlierFrom)}>
            Show earlier lines ({view.earlier})
          </button>
        )}
        {render(view)}
        {view.later > 0 && (
          <button type="button" class="link more" onClick={() => (held.value = view.laterFrom)}>
            Show later lines ({view.later})
          </button>
        )}
      </OneStop>
      {view.lines.length === 0 && (
        <p class="empty-line">
          {peekState() ? 'Nothing was printed yet.' : 'Press Start: what the processes print appears here.'}
        </p>
      )}
    </div>
  )
}

/** Whose output is shown, and whether its newest lines are followed. */
export function OutputControls() {
  const following = held.value === null
  return (
    <>
      <FilterSelect />
      <button
        type="button"
        class={`link follow ${following ? 'on' : ''}`}
        aria-pressed={following}
        data-testid={testIds.followOutput}
        title={
          following ? 'New lines are scrolled to; scroll up to stay where you are' : 'Go to the newest line and follow'
        }
        onClick={() => (held.value = following ? currentView().from : null)}
      >
        <span class="follow-words">{following ? 'following' : 'follow'}</span>
        <Icon name="down" />
      </button>
    </>
  )
}
