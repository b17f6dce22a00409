// Prints the CPU time, in microseconds, that one operation takes this process and what it has started: the first argument says which.
const { fork, spawnSync } = require('node:child_process')
const { Worker, isMainThread, parentPort } = require('node:worker_threads')

const [what] = process.argv.slice(2)
const MESSAGES = 100_000
const TASKS = 10_000
const STARTS = 10

const cpuUs = () => {
  const { user, system } = process.cpuUsage()
  return user + system
}

/** Sends so many messages in parcels, each of which is answered once. */
function send(target, post) {
  let left = MESSAGES
  const begunUs = cpuUs()
  const next = () => {
    if (left === 0) {
      console.log((cpuUs() - begunUs) / MESSAGES)
      process.exit()
    }
    left -= 1_000
    for (let i = 0; i < 1_000; i++) post(i)
  }
  target.on('message', next)
  next()
}

const answer = (reply) => {
  let got = 0
  return () => {
    if (++got % 1_000 === 0) reply()
  }
}

async function runTasks() {
  const { Piscina } = require('piscina')
  const pool = new Piscina({ filename: __filename, minThreads: 1, maxThreads: 1 })
  const some = (count) => Promise.all(Array.from({ length: count }, () => pool.run(1)))
  await some(1_000)
  const begunUs = cpuUs()
  for (let i = 0; i < TASKS; i += 100) await some(100)
  console.log((cpuUs() - begunUs) / TASKS)
  process.exit()
}

if (!isMainThread && process.argv[2] !== 'echo') module.exports = (value) => value
else if (!isMainThread)
  parentPort.on(
    'message',
    answer(() => parentPort.postMessage(0)),
  )
else if (what === 'child')
  process.on(
    'message',
    answer(() => process.send(0)),
  )
else if (what === 'IPC message') {
  const child = fork(__filename, ['child'])
  send(child, (message) => child.send(message))
} else if (what === 'MessagePort') {
  const worker = new Worker(__filename, { argv: ['echo'] })
  send(worker, (message) => worker.postMessage(message))
} else if (what === 'piscina task') runTasks()
else if (what === 'start') {
  const begunMs = performance.now()
  for (let i = 0; i < STARTS; i++) spawnSync(process.execPath, ['-e', ''])
  console.log(((performance.now() - begunMs) / STARTS) * 1_000)
}
