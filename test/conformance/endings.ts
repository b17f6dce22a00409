/** How processes end, and how that is waited for: exit codes, signals, several at once, twice, too early, too late. */
import { constants } from 'node:os'
import { activeChildren, cpuCount, currentProcess, Event, main, Process, Queue, StateError } from 'forkscope'
import { joinAll, print, range, sorted, startAll, take, throws } from './in-python-words.ts'

export const leave = (code: number) => process.exit(code)
/** Python's `os._exit`: nothing that is to be done at the end is done. */
export const leaveAtOnce = (code: number) => (process as unknown as { reallyExit(code: number): void }).reallyExit(code)

export async function signalSelf(number: number) {
  process.kill(process.pid, number)
  await new Event().wait()
}

export const waitFor = (event: Event) => event.wait()

export async function change(items: string[], values: { changed: boolean }, queue: Queue) {
  items.push('changed')
  values.changed = true
  await queue.put([items, values])
}

export const sayName = (queue: Queue) => queue.put([currentProcess().name, activeChildren().length])

export async function putAndLeave(queue: Queue<number>) {
  for (const number of range(200)) await queue.put(number)
}

async function finish(...processes: Process[]) {
  startAll(processes)
  await joinAll(processes)
  return processes.map(({ exitCode }) => exitCode)
}

const refused = (call: () => unknown) => throws(StateError, call)

main(import.meta, async () => {
  print('codes:', await finish(...[0, 7, 255].map((code) => new Process(leave, [code]))))
  print('at once:', ...(await finish(new Process(leaveAtOnce, [5]))))
  const { SIGHUP, SIGKILL, SIGUSR2 } = constants.signals
  const signals = [SIGHUP, SIGKILL, SIGUSR2]
  print('signals:', await finish(...signals.map((number) => new Process(signalSelf, [number]))))

  const events = range(3).map(() => new Event())
  const processes = events.map((event, i) => new Process(waitFor, [event], { name: 'abc'[i] as string }))
  const [a, b, c] = processes as [Process, Process, Process]
  const alive = () => processes.map((process) => process.isAlive())
  print('not begun:', alive(), await refused(() => a.join()), activeChildren())
  startAll(processes)
  const codes = () => processes.map(({ exitCode }) => exitCode)
  print('all run:', codes(), sorted(activeChildren().map(({ name }) => name)))
  await events[1]?.set()
  const ended = await Promise.race(processes.map((process) => process.exited.then(() => process)))
  print('the first to end:', ended === b, alive())
  a.terminate()
  a.terminate()
  c.kill()
  await joinAll([...processes, ...processes])
  print('codes:', codes(), activeChildren())
  a.terminate()
  a.kill()
  print('too late:', a.exitCode, await refused(() => a.start()), new Set(processes.map(({ pid }) => pid)).size)

  const [queue, items, values] = [new Queue<unknown>(), ['ours'], { changed: false }]
  await finish(new Process(change, [items, values, queue]))
  print('arguments are copies:', await queue.get(), items, values)
  await finish(new Process(sayName, [queue], { name: 'a name of its own' }))
  print('its name:', await queue.get())
  const named = new Process(sayName, [queue])
  named.start()
  print('a name is given:', ((await queue.get()) as [string])[0] === named.name)
  await named.join()
  print('daemon or not:', named.daemon, new Process(leave, [0], { daemon: true }).daemon)
  const numbers = queue as Queue<number>
  const codesOf = await finish(new Process(putAndLeave, [numbers]))
  const sum = (await take(numbers, 200)).reduce((total, number) => total + number)
  print('puts outlive the putter:', ...codesOf, sum)
  print('processors:', cpuCount() >= 1)
})
