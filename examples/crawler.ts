/** A crawler that visits what is nearest to the start first: a queue by priority, joined when all is visited. */
import { JoinableQueue, Manager, main, Process, type SharedDict, type SharedList } from 'forkscope'

const SITE: Record<string, string[]> = {
  '/': ['/news', '/shop'],
  '/news': ['/news/1', '/news/2', '/'],
  '/shop': ['/shop/cart', '/news'],
  '/news/1': ['/news/1/comments'],
  '/news/2': [],
  '/shop/cart': ['/shop/cart/pay'],
  '/news/1/comments': [],
  '/shop/cart/pay': ['/'],
}

let visits = 0

interface Visit {
  path: string
  depth: number
}

export async function crawl(todo: JoinableQueue<Visit>, seen: SharedDict<string, string>, visited: SharedList<Visit>) {
  for (;;) {
    const name = `${process.pid} ${visits++}`
    const { path, depth } = await todo.get()
    await visited.push({ path, depth })
    for (const next of SITE[path] ?? []) {
      // One request: of two crawlers that find the same link, one reads its own name.
      if ((await seen.setDefault(next, name)) === name) {
        await todo.put({ path: next, depth: depth + 1 }, { priority: depth + 1 })
      }
    }
    await todo.taskDone()
  }
}

main(import.meta, async () => {
  const todo = new JoinableQueue<Visit>({ priority: true })
  const manager = new Manager()
  const [seen, visited] = [manager.dict<string, string>(), manager.list<Visit>()]
  await seen.set('/', 'start')
  await todo.put({ path: '/', depth: 0 }, { priority: 0 })
  for (let i = 0; i < 3; i++) new Process(crawl, [todo, seen, visited], { daemon: true }).start()
  await todo.join()
  const all = await visited.toArray()
  console.log(
    `${all.length} pages visited once each, the deepest ${Math.max(...all.map(({ depth }) => depth))} links away`,
  )
})
