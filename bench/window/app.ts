/** The app in the browser's host, with two more programs: the idle one and the crowd. On SIGUSR2 it says for how long its event loop was held. */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { runBrowserHost } from '../../src/main/hosts/browser.ts'
import { catalog } from '../../src/main/programs/catalog.ts'
import { speedParameter } from '../../src/shared/parameters.ts'
import { libraryProgram } from '../../src/sources/library/library-source.ts'
import { crowd } from './crowd.ts'

const idle = libraryProgram({
  id: 'idle',
  title: 'Idle',
  summary: 'ten processes',
  watch: 'Ten processes that do nothing.',
  parameters: { speed: speedParameter },
  module: new URL('./idle.ts', import.meta.url),
  sources: [],
})

const delay = monitorEventLoopDelay({ resolution: 1 })
delay.enable()
process.on('SIGUSR2', () => {
  process.stdout.write(`held for ${(delay.max / 1e6).toFixed(1)} ms\n`)
  delay.reset()
})

await runBrowserHost({ port: 0, open: false, programs: [...catalog, idle, crowd] })
