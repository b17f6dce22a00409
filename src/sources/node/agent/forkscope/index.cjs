/** Begins: makes the region, sets the hooks, and leaves no trace among the program's modules. */
'use strict'

const { isMainThread } = require('node:worker_threads')
const environment = require('./environment.cjs')
const region = require('./region.cjs')
const { group } = require('./hooks.cjs')

const GROUPS = {
  process: './on-process.cjs',
  loop: './on-loop.cjs',
  child_process: './on-child-process.cjs',
  worker_threads: './on-worker-threads.cjs',
}

if (region.begin(environment.take())) {
  const { now, tell, flush } = region
  if (isMainThread) {
    const argv = [process.argv0, ...process.execArgv, ...process.argv.slice(1)]
      .slice(0, 12)
      .map((word) => word.slice(0, 200))
    tell({
      ...{ e: 'hello', t: now(), agent: 'node', runtime: process.versions.node, protocol: 1 },
      ...{ ppid: process.ppid, argv, how: 'exec' },
    })
  }
  for (const [name, path] of Object.entries(GROUPS)) group(name, (own) => require(path).setHooks(own))
  require('node:module').syncBuiltinESMExports()
  flush()
}

for (const path of Object.keys(require.cache)) if (path.startsWith(__dirname)) delete require.cache[path]
