import { activeChildren, currentProcess, main, Process, Queue, sleep } from 'forkscope'

export function nothing() {}

export function leave(code: number) {
  process.exit(code)
}

export function fail() {
  process.stderr.write = () => true
  throw new TypeError('no')
}

export async function stay() {
  await sleep(60_000)
}

export async function tell(queue: Queue) {
  await queue.put(currentProcess().name)
  await queue.put(process.pid)
  const inner = new Process(tellDepth, [queue])
  inner.start()
  await inner.join()
}

export async function tellDepth(queue: Queue) {
  await queue.put('a grandchild')
}

async function finish(process: Process) {
  process.start()
  await process.join()
  return process.exitCode
}

const python = (value: unknown) =>
  value === true ? 'True' : value === false ? 'False' : (value ?? 'None') === 'None' ? 'None' : String(value)
const print = (label: string, ...values: unknown[]) => console.log(label, values.map(python).join(' '))

main(import.meta, async () => {
  const fresh = new Process(nothing)
  print('before the start:', fresh.pid, fresh.exitCode, fresh.isAlive())
  print('exit codes:', await finish(fresh), await finish(new Process(leave, [3])), await finish(new Process(fail)))
  const staying = new Process(stay)
  staying.start()
  // Python's join gives None, ended or not; ours says whether it has.
  const joined = (await staying.join({ timeoutMs: 50 })) ? 'ended' : undefined
  print('alive:', staying.isAlive(), staying.exitCode, joined, activeChildren().length)
  staying.terminate()
  await staying.join()
  print('terminated:', staying.exitCode, staying.isAlive(), activeChildren().length)
  const killed = new Process(stay)
  killed.start()
  killed.kill()
  await killed.join()
  print('killed:', killed.exitCode)
  const queue = new Queue()
  const named = new Process(tell, [queue], { name: 'somebody' })
  named.start()
  print('name and pid:', await queue.get(), (await queue.get()) === named.pid, await queue.get())
  await named.join()
  print('we are:', currentProcess().name === 'main')
  try {
    named.start()
  } catch {
    console.log('a process starts once')
  }
  const daemon = new Process(stay, [], { daemon: true })
  daemon.start()
  print('daemon:', daemon.daemon)
})
