/** The first thing that the library does: an older Node fails only later, and says nothing that helps. */

/** As `engines` in package.json has it. */
export const OLDEST_NODE = '22.18'

const [oldest, own] = [OLDEST_NODE, process.versions.node].map((version) => version.split('.').map(Number))
const [major = 0, minor = 0] = own ?? []
const [oldestMajor = 0, oldestMinor = 0] = oldest ?? []

/** Set in threads: the process that they are in was checked, and in Electron's nothing says that it is Electron. */
const IN_THREAD = Symbol.for('forkscope.thread')

// Electron has its own.
const isExempt = process.versions.electron !== undefined || IN_THREAD in globalThis
if (!isExempt && (major < oldestMajor || (major === oldestMajor && minor < oldestMinor))) {
  throw new Error(`Forkscope needs Node ${OLDEST_NODE} or newer; this is ${process.versions.node}.`)
}
