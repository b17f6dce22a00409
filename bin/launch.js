/** What `npm start` runs: the app, if this Node can read its source. */
import { isTooOld, SENTENCE } from './node-version.js'

if (isTooOld) {
  process.stderr.write(SENTENCE)
  process.exitCode = 1
} else await import('../src/main/launch.ts')
