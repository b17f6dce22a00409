/** Piscina, 4 and 5: its tasks, from whoever submits them to the thread that has done them. All is told where the pool is: one `TaskInfo` is one task. */
'use strict'

const { basename } = require('node:path')

const FIELD = { submitted: 1, started: 2, done: 3, failed: 4 }

function setHooks(group, exportsOf, { count, now, takeCell, tell, tidOf, errorOf }) {
  const { Piscina } = exportsOf('index.js')
  const tasks = exportsOf('task_queue/index.js')
  const { WorkerInfo } = exportsOf('worker_pool/index.js')
  const pools = new WeakMap()
  const poolOfTask = new WeakMap()
  const workers = new WeakSet()
  let number = 0
  let current

  const poolOf = (piscina) => {
    let pool = pools.get(piscina)
    if (!pool) {
      const id = `piscina${process.pid}.${++number}`
      const { maxThreads } = piscina.options
      pool = { id, cell: takeCell('pool', { id, kind: 'Piscina', size: maxThreads, noticesDeaths: true }) }
      pools.set(piscina, pool)
    }
    return pool
  }
  const event = (e, task, more) => {
    const pool = poolOfTask.get(task)
    if (!pool) return undefined
    count(pool.cell, FIELD[e])
    tell({ e: `task.${e}`, t: now(), pool: pool.id, task: `${task.taskId}.0`, ...more })
    return pool
  }

  group.replace(
    Piscina.prototype,
    'run',
    (run) =>
      ({
        run(...args) {
          const before = current
          group.safely(() => (current = poolOf(this)))
          try {
            return run.apply(this, args)
          } finally {
            current = before
          }
        },
      }).run,
  )
  group.replace(
    tasks.TaskInfo.prototype,
    'done',
    (done) =>
      ({
        done(error, ...more) {
          group.safely(() => {
            if (error == null) event('done', this)
            else event('failed', this, { error: errorOf(error) })
          })
          return done.call(this, error, ...more)
        },
      }).done,
  )
  group.replace(
    WorkerInfo.prototype,
    'postTask',
    (postTask) =>
      ({
        postTask(task) {
          group.safely(() => {
            const tid = tidOf(this.worker.threadId)
            const pool = event('started', task, { tid, name: nameOf(task) })
            if (!pool || workers.has(this)) return
            workers.add(this)
            tell({ e: 'worker', t: now(), pool: pool.id, tid })
          })
          return postTask.call(this, task)
        },
      }).postTask,
  )
  group.replace(tasks, 'TaskInfo', (TaskInfo) => {
    const made = new Proxy(TaskInfo, {
      construct(target, args, newTarget) {
        const task = Reflect.construct(target, args, newTarget === made ? target : newTarget)
        group.safely(() => {
          if (!current) return
          poolOfTask.set(task, current)
          event('submitted', task, { name: nameOf(task) })
        })
        return task
      },
    })
    return made
  })
}

/** Which file it runs, and which of its functions. */
function nameOf({ filename, name }) {
  const file = basename(String(filename))
  return name === 'default' ? file : `${file} ${String(name)}`
}

module.exports = { setHooks }
