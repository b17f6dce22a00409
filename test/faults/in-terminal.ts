/** A program of this folder, named by the argument, as `forkscope run` runs those that come with the app. */
import { runInTerminal } from '../../src/main/hosts/terminal.ts'
import { programOf } from './program-of.ts'

process.exitCode = await runInTerminal(programOf(process.argv[2] as string), { speed: 1 }, false)
