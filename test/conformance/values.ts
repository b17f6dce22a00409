/** What travels between processes comes out as it went in: by a queue, by a pipe, as an argument and result of a task. */
import { type Connection, main, Pipe, Pool, Process, Queue } from 'forkscope'
import { print } from './in-python-words.ts'

export async function echoQueue(questions: Queue, answers: Queue) {
  for await (const question of questions) await answers.put(question)
}

export async function echoPipe(connection: Connection) {
  for (;;) await connection.send(await connection.recv())
}

export const same = (value: unknown) => value

interface Relative {
  name: string
  child?: Relative
  parent?: Relative
}

function cycle(): [number, unknown] {
  const items: [number, unknown] = [1, null]
  items[1] = items
  return items
}

function family(): Relative {
  const [parent, child]: Relative[] = [{ name: 'parent' }, { name: 'child' }] as const
  return Object.assign(parent as Relative, { child: Object.assign(child as Relative, { parent }) })
}

async function describeAll(send: (value: unknown) => Promise<unknown>) {
  const back = async <T>(value: T) => (await send(value)) as T
  const part = [1]
  const infinite = Number.POSITIVE_INFINITY
  print('numbers:', await back([0, -1, 0.1, -2.25, Number.MAX_SAFE_INTEGER, infinite, -infinite]))
  print('not a number:', Number.isNaN(await back(Number.NaN)), Object.is((await back([-0]))[0], -0))
  print('big integers:', await back(2n ** 64n), await back([-(2n ** 200n)]))
  const texts = ['', 'plain', 'zażółć gęślą jaźń', '日本語', '🐕🐈']
  print('texts:', await back(texts), (await back('a\0b')).length, (await back('x'.repeat(100_000))).length)
  print('nothing and truth:', await back([null, true, false]), await back(undefined))
  const many = await back(new Uint8Array(1_000_000))
  print('bytes:', await back(Uint8Array.of(0, 1, 255)), many.length, many instanceof Uint8Array)
  const [floats, integers, large] = [Float64Array.of(1.5, -0.25), Int32Array.of(-1, 2), BigUint64Array.of(2n ** 63n)]
  print('arrays:', await back(floats), await back(integers), await back(large))
  const date = new Date('2024-02-29T12:30:15.250Z')
  print('a date:', (await back(date)).toISOString(), (await back([date]))[0]?.getTime() === date.getTime())
  const dictionary = new Map<unknown, unknown>([
    [1, 'one'],
    ['two', 2],
    ['yes', true],
  ])
  print('a dictionary:', await back({ b: 1, a: { c: [null] } }), await back(dictionary))
  const sets = await back([new Set(['x']), new Set(['y', 'z'])])
  print('a set:', await back(new Set([3, 1, 2])), (await back(new Set())).size === 0, sets[1]?.size)
  const page = { urls: new Set(['/a']), sizes: new Map([[1, [2, 3]]]) }
  print('nested:', await back({ pages: [page], empty: [[], {}] }))
  const items = await back(cycle())
  print('a cycle:', items[0], items[1] === items, ((items[1] as unknown[])[1] as unknown[])[0])
  const parent = await back(family())
  print('two that know each other:', parent.child?.name, parent.child?.parent === parent)
  const whole = await back([part, part, [1]])
  print('one part in two places:', whole[0] === whole[1], whole[0] === whole[2], whole[0] === part)
  const error = await back(new RangeError('outer', { cause: new TypeError('inner') }))
  const cause = error.cause as Error
  print('an error:', error.message, cause.message, error instanceof Error, cause instanceof Error)
}

main(import.meta, async () => {
  const [questions, answers] = [new Queue(), new Queue()]
  new Process(echoQueue, [questions, answers], { daemon: true }).start()
  print('by queue')
  await describeAll(async (value) => {
    await questions.put(value)
    return await answers.get()
  })

  const [ours, theirs] = Pipe()
  new Process(echoPipe, [theirs], { daemon: true }).start()
  print('by pipe')
  await describeAll(async (value) => {
    await ours.send(value)
    return await ours.recv()
  })

  await using pool = new Pool(1)
  print('by pool')
  await describeAll((value) => pool.apply(same, [value]))
  const [mixed, numbers] = [
    [1.5, 'x', null, [2]],
    [0.5, 0.5, 0.5],
  ]
  print('many:', await pool.map(same, mixed, { chunkSize: 4 }), await pool.map(same, numbers, { chunkSize: 3 }))

  const sent = [1]
  await ours.send(sent)
  sent.push(2)
  print('a copy:', await ours.recv(), sent)
})
