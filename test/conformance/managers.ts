import { Manager, main, type Namespace, Process, type SharedDict, type SharedList } from 'forkscope'

type Dict = SharedDict<string | number, unknown>
type Values = Namespace<{ x: number }>

export async function change(shared: Dict, items: SharedList<string>, values: Values) {
  await shared.set('from the child', [1, 2])
  await shared.set(3, 'three')
  await items.push('last')
  await items.set(0, 'first')
  await values.set('x', ((await values.get('x')) ?? 0) + 1)
}

const python = (value: unknown): string =>
  Array.isArray(value) ? `[${value.join(', ')}]` : value === true ? 'True' : value === false ? 'False' : String(value)
const print = (label: string, ...values: unknown[]) => console.log(label, values.map(python).join(' '))

main(import.meta, async () => {
  const manager = new Manager()
  const shared: Dict = manager.dict<string | number>()
  const items = manager.list<string>()
  const values: Values = manager.namespace<{ x: number }>()
  await shared.set('a', 1)
  await items.push('zero', 'one')
  await values.set('x', 41)
  const process = new Process(change, [shared, items, values])
  process.start()
  await process.join()
  print('dict:', await shared.get('a'), await shared.get('from the child'), await shared.get(3), await shared.size())
  print('list:', ...(await items.toArray()), await items.length(), await items.at(-1))
  print('namespace:', await values.get('x'))
  print('missing:', (await shared.get('nothing')) === undefined, await shared.has('nothing'))
  print('default:', await shared.setDefault('b', 2), await shared.setDefault('b', 9))
  const popped = [
    await shared.pop('a'),
    await shared.has('a'),
    await items.pop(),
    await items.pop(0),
    await items.length(),
  ]
  print('popped:', ...popped)
  const inner = (await shared.get('from the child')) as number[]
  inner.push(3)
  print('a copy:', ((await shared.get('from the child')) as number[]).length)
})
