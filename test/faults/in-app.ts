/**
 * A program of this folder, named by the argument, as the app runs those that come with it. Prints as JSON, by name of process, what it
 * was told that it printed, what a window showed of that at its end, and how often it showed something else.
 */
import { Session } from '../../src/main/session/session.ts'
import { programOf } from './program-of.ts'

interface Seen {
  told: string
  shown: string[]
  changes: number
}

const id = process.argv[2] as string
const session = new Session({ id, source: programOf(id).open({ speed: 1 }, { nodePath: null }) })
const seen: Record<string, Seen> = {}
session.onEvent((event) => {
  if (event.type !== 'process.output' && event.type !== 'process.exited') return
  const name = session.state.processes.rows.get(event.process)?.name ?? event.process
  const its = (seen[name] ??= { told: '', shown: [], changes: 0 })
  const lines = session.state.output.items.filter(({ process }) => process === event.process)
  const shown = lines.map(({ text }) => text)
  if (shown.join('\n') !== its.shown.join('\n')) Object.assign(its, { shown, changes: its.changes + 1 })
  if (event.type === 'process.output') its.told += event.text
})
await session.start()
const outcome = await session.ended
process.stdout.write(`${JSON.stringify({ outcome, seen })}\n`)
