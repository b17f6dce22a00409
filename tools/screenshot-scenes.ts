/** What there are pictures of: each program in the middle of its work, scenes that are played, and programs of the user's own. */
import { join } from 'node:path'
import { findPythons, onePython } from '../test/sources/python/pythons.ts'
import type { ForkscopePage } from '../test/window/forkscope-page.ts'

type Step = (window: ForkscopePage) => Promise<unknown>

export interface Scene {
  /** What its pictures are called. */
  name: string
  /** The id of the program that is chosen. */
  program: string
  /** What is typed before it is started. */
  before?: Step
  /** Waits until it has shown what the picture is to have. Without one it is not started. */
  middle?: Step
  /** Selects something, for a second set of pictures. */
  select?: Step
}

const outputLine =
  (index: number): Step =>
  (window) =>
    window.outputLines.nth(index).waitFor()

const ofThese: readonly Scene[] = [
  { name: 'idle', program: 'dog-cat' },
  { name: 'dog-cat', program: 'dog-cat', middle: outputLine(4) },
  { name: 'download-analysis', program: 'download-analysis', middle: outputLine(9) },
  {
    ...{ name: 'spider', program: 'spider' },
    middle: (window) => window.poolCells.locator('nth=5').and(window.page.locator('[data-state=done]')).waitFor(),
    select: (window) => window.select('insert_data'),
  },
  { name: 'threads', program: 'threads', middle: outputLine(2) },
  { name: 'socket', program: 'socket', middle: outputLine(5) },
  { name: 'file', program: 'file', middle: outputLine(5) },
  { name: 'swallowed', program: 'swallowed', middle: (window) => window.problems.nth(2).waitFor() },
  {
    ...{ name: 'stuck', program: 'stuck', middle: (window) => window.problems.first().waitFor() },
    select: (window) => window.select('worker 2'),
  },
  { name: 'failed', program: 'failed', middle: (window) => window.phase('failed', 'failed') },
  { name: 'many', program: 'many', middle: (window) => window.problems.nth(11).waitFor() },
]

const type =
  (command: string): Step =>
  (window) =>
    window.parameter('command').fill(command)

function ownScenes(python: string): Scene[] {
  const run = (file: string) => `${python} ${join(import.meta.dirname, '../test/fixtures/python', file)}`
  const own = (name: string, command: string, middle: Step, select?: Step): Scene => ({
    ...{ name: `own-${name}`, program: 'own', before: type(command), middle },
    ...(select && { select }),
  })
  return [
    { name: 'own-empty', program: 'own' },
    own('running', run('pages.py fork'), outputLine(11)),
    own(
      'stuck',
      run('deadlock.py spawn'),
      (window) => window.problems.filter({ hasText: 'Deadlock' }).waitFor(),
      (window) => window.select('Ann'),
    ),
    own('ended', run('counted.py fork'), (window) => window.phase('own', 'finished')),
    own('failed', `sh -c 'echo begun; echo no such page >&2; sleep 1; exit 3'`, (window) =>
      window.phase('own', 'failed'),
    ),
    own('refused', "python3 'app.py", (window) => window.page.getByTestId('refusal').waitFor()),
  ]
}

/** @returns all of them; those of the user's own only where there is a Python */
export function scenes(): Scene[] {
  const python = onePython(findPythons())
  if (!python) process.stdout.write('This machine has no Python: there are no pictures of programs of your own.\n')
  return [...ofThese, ...(python ? ownScenes(python.command) : [])]
}
