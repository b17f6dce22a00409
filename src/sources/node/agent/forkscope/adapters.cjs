/**
 * Libraries of pools. Each is looked at when it makes its first worker: it is loaded by then, so that `require` and `import` stay as they are. One
 * whose inside is not as its adapter knows it is left alone, which is told.
 */
'use strict'

const { cache } = require
const { group } = require('./hooks.cjs')
// What an adapter uses is given to it: by then the agent's own modules are in no cache.
const tools = { ...require('./region.cjs'), ...require('./threads.cjs'), ...require('./words.cjs') }

/** By the end of the path of their workers' script. */
const ADAPTERS = [['/piscina/dist/worker.js', 'piscina', './adapters/piscina.cjs']]
const done = new Set()

/** A worker thread is about to be made of this script. */
function beforeWorker(script) {
  const path = typeof script === 'string' ? script : ''
  for (const [end, name, adapter] of ADAPTERS) {
    if (!path.endsWith(end) || done.has(path)) continue
    done.add(path)
    const root = path.slice(0, path.lastIndexOf('/') + 1)
    group(name, (own) => {
      const exportsOf = (file) => {
        const module = cache[root + file]
        if (!module) throw new Error(`there is no ${file} in this version of ${name}`)
        return module.exports
      }
      const { setHooks } = require(adapter)
      delete cache[require.resolve(adapter)]
      setHooks(own, exportsOf, tools)
    })
  }
}

module.exports = { beforeWorker }
