/** A manager's dictionary, list and namespace, method by method, from several processes, and one inside the other. */
import { Lock, Manager, main, type Namespace, Process, type SharedDict, type SharedList } from 'forkscope'
import { joinAll, listOf, print, range, sorted, startAll, throws } from './in-python-words.ts'

type Key = string | number
type Dict = SharedDict<Key>
type Values = Namespace<{ x: number; y: number; text: string; count: number; names: string[] }>

export async function setOwn(shared: Dict, items: SharedList, name: string) {
  for (const number of range(3)) {
    await shared.set(`${name}${number}`, number)
    await items.push(name)
  }
}

export async function count(lock: Lock, values: Values) {
  for (const _ of range(4)) {
    await lock.with(async () => values.set('count', ((await values.get('count')) as number) + 1))
  }
  await lock.with(async () => values.set('names', [...((await values.get('names')) as string[]), 'x']))
}

interface Outer {
  list: SharedList
  inner: SharedDict
  kept: string[]
}

export async function fill(shared: SharedDict<keyof Outer, Outer[keyof Outer]>) {
  await ((await shared.get('list')) as SharedList).push('from the child')
  await ((await shared.get('inner')) as SharedDict).set('child', [1, { deep: true }])
  ;((await shared.get('kept')) as string[]).push('lost')
}

async function finish(processes: Process[]) {
  startAll(processes)
  await joinAll(processes)
}

const contents = async (shared: Dict) => new Map(await shared.entries())

async function dictionary(shared: Dict) {
  print('empty:', await shared.size(), await contents(shared), await shared.keys(), await shared.get('a'))
  await shared.set('b', 2)
  await shared.set('a', null)
  await shared.set(1, 'a number')
  await shared.set('1', 'a text')
  await shared.set('yes', true)
  print('set:', await contents(shared))
  await shared.set('b', 'again')
  print('its place stays:', await shared.keys(), await shared.size())
  print('there:', await shared.has('a'), await shared.get('a'), await shared.has('c'), await shared.get('c'))
  print('two keys:', await shared.get(1), await shared.get('1'))
  await shared.update(Object.entries({ a: 'new', c: [3] }))
  await shared.update([['d', { x: 1.5 }]])
  print('updated:', await shared.get('a'), await shared.get('c'), await shared.get('d'), await shared.size())
  const defaults = [await shared.setDefault('a', 'not taken'), await shared.setDefault('e', [])]
  print('default:', ...defaults, await shared.get('e'))
  print('popped:', await shared.pop('c'), await shared.pop('c'), (await shared.get('c')) ?? 'a default')
  print('deleted:', await shared.delete('d'), await shared.delete('d'))
  print('values:', await shared.values())
  print('items:', await shared.entries())
  const keys = (await listOf(shared)).map(([key]) => key)
  print('one by one:', keys)
  const copy = await contents(shared)
  await shared.clear()
  print('cleared:', await contents(shared), copy.size)
}

async function list(items: SharedList) {
  print('an empty list:', await items.length(), await items.toArray(), await items.at(0), await items.pop())
  await items.push('a')
  await items.push('b', 'c', 'd')
  print('grown:', await items.toArray(), await items.length())
  const at: unknown[] = []
  for (const index of [0, 3, -1, -4, 4, -5]) at.push(await items.at(index))
  print('at:', ...at)
  await items.set(1, 'B')
  await items.set(-1, ['D'])
  print('set:', await items.toArray())
  if (await throws(RangeError, () => items.set(9, 'nowhere'))) print('no such place')
  await items.insert(0, 'first')
  await items.insert(-1, 'before the last')
  await items.insert(99, 'the last')
  print('inserted:', await items.toArray())
  const popped = [await items.pop(), await items.pop(0), await items.pop(1), await items.pop(-1)]
  print('popped:', ...popped, await items.toArray())
  const rest = await items.toArray()
  print('a loop:', await listOf(items), rest.includes('a'), rest.slice(0, 2))
  await items.clear()
  print('cleared:', await items.toArray())
}

main(import.meta, async () => {
  const manager = new Manager()
  const [shared, items] = [manager.dict<Key>(), manager.list()]
  await dictionary(shared)
  await list(items)

  const values: Values = manager.namespace()
  await values.set('x', 10)
  await values.set('text', 'hello')
  await values.set('x', ((await values.get('x')) as number) + 1)
  print('namespace:', await values.get('x'), await values.get('text'), await values.get('y'))
  await values.delete('text')
  print('deleted:', await values.get('text'))

  await finish(['a', 'b', 'c'].map((name) => new Process(setOwn, [shared, items, name])))
  const [all, names] = [await shared.entries(), (await items.toArray()) as string[]]
  const byKey = all.sort(([a], [b]) => (a < b ? -1 : 1))
  print('three processes:', `[${byKey.map(([key, value]) => `('${key}', ${value})`).join(', ')}]`, sorted(names))
  await values.set('count', 0)
  await values.set('names', [])
  const lock = new Lock()
  await finish(range(3).map(() => new Process(count, [lock, values])))
  print('counted:', await values.get('count'), await values.get('names'))

  const outer = manager.dict<keyof Outer, Outer[keyof Outer]>()
  const [inner, innerList] = [manager.dict(), manager.list()]
  await innerList.push('ours')
  await outer.update([
    ['list', innerList],
    ['inner', inner],
    ['kept', []],
  ])
  await finish([new Process(fill, [outer])])
  const theirs = (await outer.get('list')) as SharedList
  print('one in the other:', await theirs.toArray(), await inner.get('child'), await outer.get('kept'))
})
