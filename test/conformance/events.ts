/** Events: many wait for one, flags go up and down, and an answer comes back. */
import { Event, Manager, main, Process, type SharedList } from 'forkscope'
import { joinAll, print, range, settle, sorted, startAll } from './in-python-words.ts'

export async function waitFor(event: Event, said: SharedList<number>, number: number) {
  await said.push(number)
  await event.wait()
  await said.push(number)
}

export async function answer(question: Event, reply: Event) {
  await question.wait()
  await question.clear()
  await reply.set()
}

main(import.meta, async () => {
  const manager = new Manager()
  const [event, heard] = [new Event(), manager.list<number>()]
  const waiters = range(3).map((i) => new Process(waitFor, [event, heard, i]))
  startAll(waiters)
  await settle(async () => (await heard.length()) === 3)
  print('before:', sorted(await heard.toArray()), await event.isSet(), await event.wait({ timeoutMs: 50 }))
  await event.set()
  await joinAll(waiters)
  const after = sorted((await heard.toArray()).slice(3))
  print('after:', after, await event.isSet(), await event.wait(), await event.wait({ timeoutMs: 50 }))
  await event.set()
  await event.clear()
  await event.clear()
  print('cleared:', await event.isSet(), await event.wait({ timeoutMs: 0 }))

  const [question, reply] = [new Event(), new Event()]
  const answering = new Process(answer, [question, reply])
  answering.start()
  await question.set()
  print('answered:', await reply.wait(), await question.isSet())
  await answering.join()
})
