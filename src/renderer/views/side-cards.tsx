/** A card for every queue and every pool, in the order in which they came, so that a new one moves none. */
import { read } from '../store/session.ts'
import { OneStop } from './one-stop.tsx'
import { PoolCard } from './pool-card.tsx'
import { QueueCard } from './queue-card.tsx'

export function SideCards() {
  const queues = [...(read('queues')?.rows.values() ?? [])].map((row) => ({
    atUs: row.createdAtUs,
    card: <QueueCard key={`queue ${row.id}`} row={row} />,
  }))
  const pools = [...(read('pools')?.rows.values() ?? [])].map((row) => ({
    atUs: row.createdAtUs,
    card: <PoolCard key={`pool ${row.id}`} pool={row} />,
  }))
  const cards = [...queues, ...pools].sort((a, b) => a.atUs - b.atUs)
  return (
    <OneStop class="side-cards" items="button">
      {cards.length === 0 && <p class="side-empty">Queues and pools appear here.</p>}
      {cards.map(({ card }) => card)}
    </OneStop>
  )
}
