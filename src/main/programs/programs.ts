/** What can be started in the window: the demos, and programs of the user's own. */
import type { Program } from '../../sources/source.ts'
import { catalog } from './catalog.ts'
import { ownProgram } from './own-program.ts'

export const programs: readonly Program[] = [...catalog, ownProgram]
