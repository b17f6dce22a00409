/** The app in the browser's host, with two more programs: the idle one and the crowd. */
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

await runBrowserHost({ port: 0, open: false, programs: [...catalog, idle, crowd] })
