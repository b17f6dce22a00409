/**
 * Node's own modules that not every process needs. They are loaded when they are first used, because a child must load all else
 * before it can begin: these five would take it ten milliseconds, `crypto` seven of them.
 */
export const lazy = {
  get childProcess(): typeof import('node:child_process') {
    return process.getBuiltinModule('node:child_process')
  },
  get crypto(): typeof import('node:crypto') {
    return process.getBuiltinModule('node:crypto')
  },
  get inspector(): typeof import('node:inspector') {
    return process.getBuiltinModule('node:inspector')
  },
  get v8(): typeof import('node:v8') {
    return process.getBuiltinModule('node:v8')
  },
  get workerThreads(): typeof import('node:worker_threads') {
    return process.getBuiltinModule('node:worker_threads')
  },
}
