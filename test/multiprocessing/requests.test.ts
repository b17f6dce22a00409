/** Requests between two processes, both here, at the ends of a real socket. */
import { afterAll, beforeEach, expect, test } from 'vitest'
import { Run } from '../../src/multiprocessing/run/run.ts'
import { Channel } from '../../src/multiprocessing/wire/channel.ts'
import { type Asked, Requests } from '../../src/multiprocessing/wire/requests.ts'
import { Sockets } from '../fuzz/target.ts'
import { waitUntil } from '../wait-until.ts'

const sockets = new Sockets()
afterAll(() => sockets.close())

function newRun(path: string): Run {
  return new Run({ path, name: path, speed: 1, nodePath: null, originNs: 0n, sink: null })
}

class Owner {
  readonly asked: Asked[] = []
  withdrawn = 0
  readonly handlers: object

  constructor(requests: Requests) {
    this.handlers = {
      'object.ask': (header: never) => {
        const asked = requests.asked(header)
        this.asked.push(asked)
        asked.waits(() => {
          this.withdrawn++
          asked.answer({ type: 'object.answer', late: true })
        })
      },
    }
  }

  onPeerGone(): void {}
}

let [root, child] = [newRun('0'), newRun('0.1')]
let owner: Owner
let toChild: Channel
let told: string[] = []
beforeEach(async () => {
  ;[root, child] = [newRun('0'), newRun('0.1')]
  owner = root.hub.service(Owner, () => new Owner(Requests.of(root)))
  told = []
  const [here, there] = await sockets.pair()
  toChild = new Channel(here)
  toChild.listen({
    onFrame: (frame) => void root.hub.receive(frame, '0.1'),
    onClose: () => root.hub.removeChild('0.1'),
  })
  root.hub.addChild('0.1', toChild)
  const toRoot = new Channel(there)
  toRoot.listen({ onFrame: (frame) => void child.hub.receive(frame, null), onClose: () => {} })
  child.hub.setParent(toRoot)
  child.hub.service(Answers, () => new Answers(Requests.of(child)))
})

class Answers {
  readonly handlers: object
  constructor(requests: Requests) {
    this.handlers = { 'object.answer': requests.answered, 'queue.full': requests.answered }
  }
  onPeerGone(): void {}
}

function ask(to = '0'): () => void {
  const header = { type: 'object.ask', object: 'x', op: 'x' } as const
  return Requests.of(child).ask({ id: 'x', owner: to, name: 'the thing' }, header, [], {
    types: ['object.answer'],
    answered: ({ late }, payload) => told.push(`answered ${late ?? ''}${payload.byteLength}`),
    refused: ({ name, message }) => told.push(`${name}: ${message}`),
  })
}

const firstAsked = () => waitUntil('it has come', () => owner.asked[0])

test('an answer that is too large is a refusal that says so, and nobody’s connection ends', async () => {
  ask()
  ;(await firstAsked()).answer({ type: 'object.answer' }, [new Uint8Array(1.1 * 2 ** 30)])
  await waitUntil('it was told', () => told.length > 0)
  expect(told[0]).toContain('is too large')
  ask()
  ;(await waitUntil('the next has come', () => owner.asked[1])).answer({ type: 'object.answer' })
  await waitUntil('it was told', () => told.length > 1)
  expect([told[1], toChild.closed]).toEqual(['answered 0', false])
})

test('only the first answer counts, and a request withdrawn too late is answered all the same', async () => {
  const withdraw = ask()
  const asked = await firstAsked()
  withdraw()
  await waitUntil('it was withdrawn', () => owner.withdrawn)
  asked.answer({ type: 'object.answer' })
  asked.refuse(new Error('no'))
  withdraw()
  ask()
  ;(await waitUntil('the next has come', () => owner.asked[1])).refuse(new RangeError('x'.repeat(100_000)))
  await waitUntil('it was told', () => told.length > 1)
  expect([told.length, told[0], told[1]?.length]).toEqual([
    2,
    'answered true0',
    10_000 + 'MultiprocessingError: '.length,
  ])
  expect([owner.withdrawn, Requests.of(child).idle]).toEqual([1, true])
})

test('what is no answer to the question is a refusal; who is gone, or never was, refuses', async () => {
  ask()
  ;(await firstAsked()).answer({ type: 'queue.full', put: 0 })
  await waitUntil('it was told', () => told.length > 0)
  ask('0.7')
  await waitUntil('it was told', () => told.length > 1)
  expect(told[0]).toContain('queue.full, which is no answer')
  expect(told[1]).toContain('the thing is gone with the process that kept it')
})
