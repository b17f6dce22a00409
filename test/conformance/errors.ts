/** What tasks throw is thrown where their results are asked for, and what cannot travel is refused; the pool goes on. */
import { main, Pipe, Pool, Process, ProcessPoolExecutor, Queue } from 'forkscope'
import { listOf, print, range } from './in-python-words.ts'

class Refused extends Error {
  override name = 'Refused'
}

export function refuse(word: string): never {
  throw new Refused(`refused: ${word}`)
}

export function refuseBecause(word: string) {
  try {
    refuse(word)
  } catch (cause) {
    throw new RangeError('not found', { cause })
  }
}

export function refuseTwo(n: number) {
  if (n === 2) throw new Refused('two')
  return n
}

export function deep(n: number): number {
  if (n === 0) throw new Refused('at the bottom')
  return deep(n - 1)
}

export function refuseWithCode(): never {
  throw Object.assign(new Refused('coded'), { code: 'ENOENT', detail: { line: 3, words: ['a', 'b'] } })
}

export const giveBack = (value: unknown) => value
export const unsendable = () => () => 1

export function nothing(): never {
  throw new Refused()
}

export async function putError(queue: Queue) {
  try {
    refuse('here')
  } catch (error) {
    await queue.put(error)
  }
}

export function failQuietly(word: string) {
  process.stderr.write = () => true
  refuse(word)
}

async function thrown(call: () => unknown): Promise<Error> {
  try {
    await call()
  } catch (error) {
    return error as Error
  }
  throw new Error('nothing was thrown')
}

const told = (error: Error) => [error.name, error.message]
const refused = (call: () => unknown) =>
  thrown(call).then(
    () => true,
    () => false,
  )

async function ofPool(pool: Pool) {
  const applied = await thrown(() => pool.apply(refuse, ['apply']))
  print('apply:', told(applied), 'where it was:', applied.stack?.includes('at refuse'))
  print('apply_async:', told(await thrown(() => pool.applyAsync(refuse, ['later']).get())))
  print('map:', told(await thrown(() => pool.map(refuseTwo, range(4)))))
  print('starmap:', told(await thrown(() => pool.starmap(refuse, [['star']]))))
  print('imap:', told(await thrown(() => listOf(pool.imap(refuseTwo, range(4))))))
  print('imap_unordered:', told(await thrown(() => listOf(pool.imapUnordered(refuseTwo, [2])))))
  print('from below:', told(await thrown(() => pool.apply(deep, [5]))))
  print('without a word:', told(await thrown(() => pool.apply(nothing, []))))
  const because = await thrown(() => pool.apply(refuseBecause, ['the cause']))
  print('with a cause:', because.message, (because.cause as Error).message === 'refused: the cause')
  const { code, detail } = (await thrown(() => pool.apply(refuseWithCode, []))) as Error & Record<string, unknown>
  print('with properties:', code, detail)
  print('many words:', (await thrown(() => pool.apply(refuse, ['x'.repeat(10_000)]))).message.length)
  print('a text with lines:', (await thrown(() => pool.apply(refuse, ['a\nb']))).message.split('\n'))
  const value = (await pool.apply(giveBack, [new Refused('a result')])) as Error
  print('an error that is no failure:', value.message)
  const results = range(4).map((n) => pool.applyAsync(refuseTwo, [n]))
  const outcomes = results.map((result) => result.get().catch((error: Error) => error.message))
  print('the others:', await Promise.all(outcomes))

  const lock = () => 'a function cannot be sent'
  print('an argument that cannot be sent:', await refused(() => pool.apply(giveBack, [lock])))
  print('one of many:', await refused(() => pool.map(giveBack, [1, lock])))
  print('a result that cannot be sent:', await refused(() => pool.apply(unsendable, [])))
  print('and the pool goes on:', await pool.map(giveBack, ['a', 'b']))
}

async function ofExecutor(executor: ProcessPoolExecutor) {
  const future = executor.submit(refuse, 'submit')
  const exception = (await future.exception()) as Error
  print('future:', told(exception), told(await thrown(() => future.result())), future.done())
  print('executor map:', told(await thrown(() => listOf(executor.map(refuseTwo, [range(4)])))))
  print('and the executor goes on:', await executor.submit(giveBack, 1).result())
}

main(import.meta, async () => {
  {
    await using pool = new Pool(2)
    await ofPool(pool)
  }
  {
    await using executor = new ProcessPoolExecutor(1)
    await ofExecutor(executor)
  }

  const queue = new Queue<Error>()
  const putter = new Process(putError, [queue])
  putter.start()
  print('by queue:', (await queue.get()).message)
  await putter.join()
  const failing = new Process(failQuietly, ['alone'])
  failing.start()
  await failing.join()
  print('a process:', failing.exitCode)
  const [ours, theirs] = Pipe()
  print('a pipe:', await refused(() => ours.send(() => 1)), await theirs.poll())
  await ours.send('fine')
  print('is as it was:', await theirs.recv())
})
