import { asCompleted, main, Pool, ProcessPoolExecutor, sleep, TimeoutError } from 'forkscope'

let greeting = 'not initialized'

export function initialize(word: string) {
  greeting = word
}

export const greet = (name: string) => `${greeting} ${name}`
export const square = (n: number) => n * n
export const power = (base: number, exponent: number) => base ** exponent

export function refuseOdd(n: number) {
  if (n % 2 === 1) throw new RangeError(`${n} is odd`)
  return n
}

export async function slow(n: number) {
  await sleep(1500)
  return n
}

const list = (values: readonly unknown[]) => `[${values.join(', ')}]`
const python = (value: boolean) => (value ? 'True' : 'False')
const range = (count: number) => Array.from({ length: count }, (_, i) => i)
const message = (promise: Promise<unknown>) => promise.then(String, (error: Error) => error.message)

async function all<T>(results: AsyncIterable<T>): Promise<T[]> {
  const values: T[] = []
  for await (const value of results) values.push(value)
  return values
}

main(import.meta, async () => {
  const pool = new Pool(2, { initializer: initialize, initArgs: ['hello'] })
  console.log('initialized:', await pool.apply(greet, ['you']))
  console.log('apply:', await pool.apply(square, [7]))
  console.log('map:', list(await pool.map(square, range(6))), list(await pool.map(square, [])))
  console.log('in chunks:', list(await pool.map(square, range(5), { chunkSize: 2 })))
  console.log(
    'starmap:',
    list(
      await pool.starmap(power, [
        [2, 3],
        [3, 2],
      ]),
    ),
  )
  const unordered = (await all(pool.imapUnordered(square, range(4)))).sort((a, b) => a - b)
  console.log('imap:', list(await all(pool.imap(square, range(4)))), list(unordered))
  const seen: unknown[] = []
  await pool.applyAsync(square, [3], { callback: (value) => seen.push(value) }).wait()
  const failed = pool.applyAsync(refuseOdd, [1], { errorCallback: (error) => seen.push(error.message) })
  await failed.wait()
  console.log('callbacks:', seen.join(' '))
  console.log('successful:', python(failed.ready()), python(failed.successful()))
  console.log('map throws:', await message(pool.map(refuseOdd, [0, 1, 2])))
  const results = pool.imap(refuseOdd, [0, 1, 2])
  const next = async () => (await results.next()).value
  console.log('imap:', await next(), await message(next()), await next())
  const late = pool.applyAsync(slow, [1])
  try {
    await late.get({ timeoutMs: 50 })
  } catch (error) {
    if (error instanceof TimeoutError) console.log('not yet', await late.get())
  }
  pool.close()
  await pool.apply(square, [1]).catch(() => console.log('closed'))
  await pool.join()

  await using executor = new ProcessPoolExecutor(2)
  const futures = range(4).map((n) => executor.submit(square, n))
  const completed: number[] = []
  for await (const future of asCompleted(futures)) completed.push(await future.result())
  console.log('completed:', list(completed.sort((a, b) => a - b)))
  console.log(
    'mapped:',
    list(
      await all(
        executor.map(power, [
          [2, 3],
          [3, 2],
        ]),
      ),
    ),
  )
  console.log('exception:', (await executor.submit(refuseOdd, 3).exception())?.message)
})
