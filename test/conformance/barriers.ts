/** Barriers in rounds, aborted, reset, and with a timeout. */
import { Barrier, BrokenBarrierError, Manager, main, Process, type SharedList } from 'forkscope'
import { joinAll, print, range, settle, sorted, startAll, throws } from './in-python-words.ts'

type Numbers = SharedList<number>

export async function goRound(barrier: Barrier, log: Numbers, first: Numbers) {
  for (const number of range(3)) {
    await log.push(number)
    if ((await barrier.wait()) === 0) await first.push(number)
  }
}

export async function waitAt(barrier: Barrier, said: SharedList<number | string>) {
  if (await throws(BrokenBarrierError, async () => said.push(await barrier.wait()))) await said.push('broken')
}

const isBroken = (barrier: Barrier) => throws(BrokenBarrierError, () => barrier.wait())

main(import.meta, async () => {
  const manager = new Manager()
  const [barrier, log, first] = [new Barrier(3), manager.list<number>(), manager.list<number>()]
  const rounds = range(3).map(() => new Process(goRound, [barrier, log, first]))
  startAll(rounds)
  await joinAll(rounds)
  print('in rounds:', await log.toArray(), 'one is the first in each:', sorted(await first.toArray()))
  print('free again:', await barrier.waiting(), await barrier.broken(), barrier.parties)

  const said = manager.list<number | string>()
  const startTwo = () => {
    const two = range(2).map(() => new Process(waitAt, [barrier, said]))
    startAll(two)
    return two
  }
  const aborted = startTwo()
  await settle(async () => (await barrier.waiting()) === 2)
  print('two wait:', await barrier.waiting(), await barrier.broken())
  await barrier.abort()
  await joinAll(aborted)
  const state = [await barrier.broken(), await barrier.waiting()]
  print('aborted:', await said.toArray(), ...state, await isBroken(barrier))

  await barrier.reset()
  print('reset:', await barrier.broken())
  const sentAway = startTwo()
  await settle(async () => (await barrier.waiting()) === 2)
  await barrier.reset()
  await joinAll(sentAway)
  print('reset while two waited:', (await said.toArray()).slice(2), await barrier.broken())
  const others = startTwo()
  const mine = await barrier.wait()
  await joinAll(others)
  print('as new:', sorted([...(await said.toArray()).slice(4), mine]))

  const hasty = new Barrier(2, { timeoutMs: 100 })
  print('nobody comes:', await isBroken(new Barrier(1)), hasty.parties)
  if (await throws(BrokenBarrierError, () => hasty.wait())) print('broken by time:', await hasty.broken())
  print('alone:', await new Barrier(1).wait())
})
