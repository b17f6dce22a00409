/** A queue: who puts, what is in it, who gets, and how its depth went. */
import { queueRates } from '../../session/queues.ts'
import type { QueueRow } from '../../shared/session-state.ts'
import { depthCeiling, depthSteps } from '../series/depths.ts'
import { formatRate } from '../series/format.ts'
import { depthHint } from '../series/hints.ts'
import { queueBlocks } from '../series/queue-blocks.ts'
import { queueWords, waitingWords } from '../series/words.ts'
import { isSelected, select } from '../store/selection.ts'
import { elapsedUs, nowUs, peekState, read } from '../store/session.ts'
import { axisWindow, cursorUs, hint } from '../store/timeline.ts'
import { Card } from './card.tsx'
import { Chart } from './chart.tsx'
import { Figure } from './figure.tsx'
import { NameText } from './name-text.tsx'
import { ProcessChips } from './process-name.tsx'
import { testIds } from './test-ids.ts'

/** Blocks that fit between the producers and the consumers. */
const MOST_BLOCKS = 18

function Items({ row }: { row: QueueRow }) {
  const { filled, room, perBlock, more } = queueBlocks(row.depth, row.maxsize, MOST_BLOCKS)
  const { text } = queueWords(row)
  const each = perBlock > 1 ? `, a block stands for ${perBlock} items` : ''
  return (
    <div class="items" role="img" aria-label={`${text}${each}`} title={`${text}${each}`}>
      {more > 0 && <small>+{more}</small>}
      <span class={room === null ? 'blocks' : 'blocks bounded'}>
        {/* The next to be got is at the right, beside those who get; the dashed line is where the queue is full. */}
        {Array.from({ length: room ?? filled }, (_, i, total = room ?? filled) => (
          <i key={total - i} class={total - i <= filled ? 'block' : 'slot'} />
        ))}
      </span>
    </div>
  )
}

function DepthChart({ id, name }: { id: string; name: string }) {
  const readDepth = () => {
    const { fromUs, toUs } = axisWindow.value
    const row = read('queues')?.rows.get(id)
    const steps = depthSteps(read('depths')?.get(id)?.items ?? [], fromUs, elapsedUs.value)
    const top = depthCeiling(row?.maxsize ?? 0, row?.depthMax ?? 0)
    return { ...steps, fromS: fromUs / 1e6, toS: toUs / 1e6, top, isBound: (row?.maxsize ?? 0) > 0 }
  }
  const onHover = (atS: number | null, x: number, y: number) => {
    const state = peekState()
    const text = atS === null || !state ? null : depthHint(state, id, atS * 1e6, elapsedUs.value)
    cursorUs.value = atS === null ? null : atS * 1e6
    hint.value = text && { ...text, x, y }
  }
  return (
    <Chart
      class="of-queue"
      label={`Depth of ${name} over time`}
      height={60}
      read={readDepth}
      stepped
      onHover={onHover}
      markedS={() => (cursorUs.value === null ? null : cursorUs.value / 1e6)}
    />
  )
}

/* Apart from the card, because they are the parts that go on while nothing is put or got. */

function Rate({ row, of }: { row: QueueRow; of: 'puts' | 'gets' }) {
  const rate = formatRate(queueRates(row, nowUs.value)[of])
  return <dd title={rate}>{rate}</dd>
}

function Waiting({ row }: { row: QueueRow }) {
  const state = peekState()
  const atUs = nowUs.value
  if (!state) return null
  const words = waitingWords(row, state, atUs)
  return (
    <div title={words.long}>
      <dt>
        Waiting <Figure text={words.howLong} />
      </dt>
      <dd class="cut">{words.short}</dd>
    </div>
  )
}

export function QueueCard({ row }: { row: QueueRow }) {
  return (
    <Card
      class={`queue ${isSelected('queue', row.id) ? 'selected' : ''}`}
      title={
        <button type="button" class="title-button" onClick={() => select('queue', row.id)}>
          <NameText name={row.name} />
        </button>
      }
      label={`Queue ${row.name}`}
      testId={testIds.queueCard}
      data={{ 'data-queue': row.id }}
      aside={`queue, ${row.maxsize > 0 ? `room for ${row.maxsize}` : 'without bound'}${row.closed ? ', closed' : ''}`}
    >
      <div class="card-body">
        <div class="flow">
          <ProcessChips processes={row.producers} label="Puts" />
          <Items row={row} />
          <ProcessChips processes={row.consumers} label="Gets" />
        </div>
        <DepthChart id={row.id} name={row.name} />
        <dl class="facts queue-facts">
          <div>
            <dt>Depth</dt>
            <dd
              class={`big ${row.depth > 999 ? 'long' : ''}`}
              title={String(row.depth)}
              data-testid={testIds.queueDepth}
            >
              {row.depth}
            </dd>
          </div>
          <div>
            <dt>In</dt>
            <Rate row={row} of="puts" />
          </div>
          <div>
            <dt>Out</dt>
            <Rate row={row} of="gets" />
          </div>
          <Waiting row={row} />
        </dl>
      </div>
    </Card>
  )
}
