/** Objects of the host, errors, and what a clone would empty: each arrives whole, or is refused with its place. Never as `{}`. */
import { inspect } from 'node:util'
import { main, Pool, Queue } from 'forkscope'

class NotFound extends Error {
  override name = 'NotFound'
  status = 404
}

export function hostname(url: URL): string {
  return url.hostname
}

export function url(): URL {
  return new URL('http://example.test/x')
}

export function reason(): Error {
  return AbortSignal.abort().reason
}

export function notFound(): Error {
  return new NotFound('no such page', { cause: new RangeError('page 7') })
}

export function several(): Error {
  return new AggregateError([new NotFound('one'), new TypeError('two')], 'all failed')
}

/** Each by its name. */
const values: Record<string, unknown> = {
  URL: new URL('http://example.test/a'),
  URLSearchParams: new URLSearchParams('a=1'),
  Headers: new Headers({ a: '1' }),
  Request: new Request('http://example.test/'),
  Response: new Response('text'),
  Blob: new Blob(['hello']),
  FormData: new FormData(),
  TextEncoder: new TextEncoder(),
  AbortController: new AbortController(),
  AbortSignal: AbortSignal.abort(),
  Promise: Promise.resolve(1),
  WeakRef: new WeakRef({}),
  WeakMap: new WeakMap(),
  generator: (function* () {})(),
  'crypto object': globalThis.crypto,
  EventTarget: new EventTarget(),
  'process object': process,
  NumberFormat: new Intl.NumberFormat('en'),
  ReadableStream: new ReadableStream(),
  DOMException: new DOMException('gone', 'AbortError'),
  'sparse array': Object.assign([], { 3: 'three' }),
}

/** In one line, and an error without its stack. */
function shown(value: unknown): string {
  return inspect(value).split('\n    at ')[0]?.replaceAll('\n', ' ') ?? ''
}

/** What can be seen of an error, its stack left out. */
function errorText(error: Error & { status?: number; errors?: Error[] }): string {
  const more = [error.cause, ...(error.errors ?? [])].filter((inner) => inner instanceof Error).map(errorText)
  const status = error.status === undefined ? '' : ` ${error.status}`
  return `${error.name}${status}: ${error.message}${more.length > 0 ? ` (${more.join(', ')})` : ''}`
}

main(import.meta, async () => {
  const queue = new Queue<unknown>()
  for (const [name, value] of Object.entries(values)) {
    await queue.put({ inside: [value] }).then(
      async () => {
        const { inside } = (await queue.get()) as { inside: unknown[] }
        console.log(name, shown(inside[0]) === shown(value) ? 'arrived whole' : `arrived as ${shown(inside[0])}`)
      },
      (error: Error) =>
        console.log(name, error.name, /inside\W+0/.test(error.message) ? 'with its place' : error.message),
    )
  }
  console.log('left in the queue:', await queue.size())
  await using pool = new Pool(1)
  for (const ask of [pool.apply(hostname, [new URL('http://example.test/a')]), pool.apply(url, []).then(String)]) {
    console.log(await ask.catch((error: Error) => error.name))
  }
  for (const make of [reason, notFound, several]) console.log(errorText(await pool.apply(make, [])))
})
