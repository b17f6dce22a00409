/** Processes as a tree and queues below them, all on one time axis. */
import { signal, useSignal } from '@preact/signals'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import type { QueueRow } from '../../shared/session-state.ts'
import { footQueues, footRoom } from '../series/foot-queues.ts'
import { depthHint, laneHint } from '../series/hints.ts'
import { segmentAt } from '../series/lanes.ts'
import { treeRows } from '../series/process-tree.ts'
import { selectionOfStretch } from '../series/related.ts'
import { timeOf, xOf } from '../series/time-axis.ts'
import { stateWords } from '../series/words.ts'
import { keptQueues } from '../store/kept-queues.ts'
import { related } from '../store/related.ts'
import { isSelected, type SelectionKind, toggleSelection } from '../store/selection.ts'
import { elapsedUs, nowUs, peekState, read } from '../store/session.ts'
import { axisWidth, axisWindow, cursorUs, hint } from '../store/timeline.ts'
import { AxisHead } from './axis-head.tsx'
import { OneStop } from './one-stop.tsx'
import { ProcessRowView } from './process-row.tsx'
import { QueueRowView } from './queue-row.tsx'

/** The line through all rows at the time under the pointer. */
function CursorLine() {
  const atUs = cursorUs.value
  const window = axisWindow.value
  if (atUs === null || atUs < window.fromUs || atUs > window.toUs) return null
  const fromRight = axisWidth.value - xOf(atUs, window, axisWidth.value)
  return <div class="cursor-line" style={{ transform: `translateX(${-Math.round(fromRight)}px)` }} />
}

interface Pointer {
  clientX: number
  clientY: number
  cell: Element
}

/** A click on a stretch of a lane selects what it belongs to, if that is more than the process. */
function selectStretch(event: MouseEvent): void {
  const cell = (event.target as Element).closest('td.lane')
  const { id, kind } = cell?.parentElement?.dataset ?? {}
  const state = peekState()
  const row = id === undefined ? undefined : state?.processes.rows.get(id)
  if (!cell || !state || !row || kind !== 'process') return
  const { left, width } = cell.getBoundingClientRect()
  const segments = state.lanes.get(row.id)?.items ?? []
  const endUs = row.endedAtUs ?? elapsedUs.value
  // What is narrower than a pointer is hit beside it too.
  for (const beside of [0, -2, 2]) {
    const atUs = timeOf(event.clientX - left + beside, axisWindow.value, width)
    const hit = selectionOfStretch(row.id, segmentAt(segments, atUs, endUs))
    if (hit.kind !== 'task') continue
    event.stopPropagation()
    toggleSelection(hit.kind, hit.id)
    return
  }
}

/** Says what is under the pointer, also while the pointer rests and time goes on. */
function useHover() {
  const pointer = useSignal<Pointer | null>(null)
  useEffect(() => {
    const tell = (at: Pointer | null) => {
      const state = peekState()
      const row = at?.cell.parentElement?.dataset
      if (!at || !state || !row?.id || !at.cell.isConnected) {
        cursorUs.value = hint.value = null
        return
      }
      const { left, width } = at.cell.getBoundingClientRect()
      const atUs = timeOf(at.clientX - left, axisWindow.value, width)
      const about = row.kind === 'queue' ? depthHint : laneHint
      const text = about(state, row.id, atUs, elapsedUs.value)
      cursorUs.value = atUs
      hint.value = text && { ...text, x: at.clientX, y: at.clientY }
    }
    const stopPointer = pointer.subscribe(tell)
    const stopClock = nowUs.subscribe(() => {
      if (pointer.peek()) tell(pointer.peek())
    })
    return () => {
      stopPointer()
      stopClock()
      cursorUs.value = hint.value = null
    }
  }, [])
  return {
    onPointerMove: (event: PointerEvent) => {
      const cell = (event.target as Element).closest('td.lane')
      pointer.value = cell && { clientX: event.clientX, clientY: event.clientY, cell }
    },
    onPointerLeave: () => (pointer.value = null),
  }
}

function onKeyDown(event: KeyboardEvent): void {
  const { target, key } = event
  const row = (target as Element).closest('tr')
  const { id, kind } = row?.dataset ?? {}
  if (!row || !id || event.ctrlKey || event.metaKey) return
  // Left and right go through what can be done with the row, of which the row itself is the first.
  const stations = [row, ...row.querySelectorAll<HTMLElement>('.row-actions button')]
  const next = stations[stations.indexOf(target as HTMLElement) + (key === 'ArrowLeft' ? -1 : 1)]
  if (key === 'ArrowLeft' || key === 'ArrowRight') {
    event.preventDefault()
    next?.focus()
  } else if (target === row && (key === 'Enter' || key === ' ')) {
    event.preventDefault()
    toggleSelection(kind as SelectionKind, id)
  }
}

/** How many queues stand at the foot, from how high the table is. */
const mostAtFoot = signal(1)

function Rows() {
  const processes = read('processes')?.rows ?? new Map()
  const queues = read('queues')?.rows ?? new Map<string, QueueRow>()
  read('tasks')
  const state = peekState()
  if (!state) return null
  const rows = treeRows(processes)
  const kept = keptQueues.value
  const atFoot = footQueues([...queues.keys()], kept, mostAtFoot.value)
  const newestFirst = [...queues.values()].reverse()
  const queueRow = (row: QueueRow) => (
    <QueueRowView
      key={row.id}
      row={row}
      selected={isSelected('queue', row.id)}
      related={related.value.queue(row.id)}
      // Where all of them stand there, there is nothing to choose.
      kept={queues.size > atFoot.size ? kept.has(row.id) : null}
    />
  )
  return (
    <>
      <tbody>
        {rows.map(({ row, level, childOf }) => {
          const { sign, text, short, rest } = stateWords(row, state, elapsedUs.peek())
          return (
            <ProcessRowView
              key={row.id}
              row={row}
              level={level}
              childOf={childOf?.name ?? null}
              sign={sign}
              words={text}
              short={short}
              rest={rest}
              selected={isSelected('process', row.id)}
              related={related.value.process(row.id)}
            />
          )
        })}
      </tbody>
      <tbody class="filler" aria-hidden="true" />
      {/* The newest first, and some at the foot: what comes among the processes or the queues moves none of them. */}
      <tbody>{newestFirst.filter(({ id }) => !atFoot.has(id)).map(queueRow)}</tbody>
      <tbody class="at-foot">{newestFirst.filter(({ id }) => atFoot.has(id)).map(queueRow)}</tbody>
    </>
  )
}

export function ProcessTable() {
  const hover = useHover()
  const table = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    const element = table.current
    if (!element) return
    const measure = () => (mostAtFoot.value = footRoom(element.clientHeight))
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  return (
    <div class="table-scroll" ref={table} {...hover} onClickCapture={selectStretch}>
      <div class="table-body">
        <OneStop
          as="table"
          class="tree"
          items="tr[data-id]"
          role="treegrid"
          aria-label="Processes and queues"
          onKeyDown={onKeyDown}
        >
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col" class="num cell-pid">
                PID
              </th>
              <th scope="col">State</th>
              <th scope="col" class="num cell-cpu">
                CPU
              </th>
              <th scope="col" class="num cell-memory">
                Memory
              </th>
              <th scope="col" class="axis">
                <AxisHead />
              </th>
            </tr>
          </thead>
          <Rows />
        </OneStop>
        <CursorLine />
      </div>
    </div>
  )
}
