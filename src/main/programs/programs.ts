/** What can be started in the window: the demos, programs of the user's own, and what runs already, where that is seen. */
import { canSeeProcesses } from '../../sources/process-tree/process-tree.ts'
import type { Program } from '../../sources/source.ts'
import { attached } from './attached.ts'
import { catalog } from './catalog.ts'
import { ownProgram } from './own-program.ts'

export const programs: readonly Program[] = [...catalog, ownProgram, ...(canSeeProcesses() ? [attached] : [])]
