/** A program of this folder, named by the argument, as `forkscope run` runs those that come with the app. */
import { runInTerminal } from '../../src/main/hosts/terminal.ts'
import { speedParameter } from '../../src/shared/parameters.ts'

const id = process.argv[2] as string
process.exitCode = await runInTerminal(
  {
    id,
    title: id,
    summary: '',
    watch: '',
    parameters: { speed: speedParameter },
    module: new URL(`./${id}.ts`, import.meta.url),
    sources: [],
  },
  { speed: 1 },
  process.argv.includes('--json'),
)
