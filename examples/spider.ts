/** A pool fetches pages, a queue carries what they say, one process adds it up. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { main, Pool, Process, Queue, sleep } from 'forkscope'

interface Page {
  page: number
  words: number
}

export async function spider(queue: Queue<Page>, url: string, page: number) {
  const text = await (await fetch(`${url}/${page}`)).text()
  await queue.put({ page, words: text.split(/\s+/).length })
}

export async function insertData(queue: Queue<Page>) {
  let [pages, words] = [0, 0]
  for await (const page of queue) {
    pages++
    words += page.words
  }
  console.log(`${pages} pages, ${words} words`)
}

main(import.meta, async () => {
  const server = createServer(async ({ url }, answer) => {
    await sleep(100)
    answer.end('word '.repeat(Number(url?.slice(1))).trim())
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  const queue = new Queue<Page>()
  const insert = new Process(insertData, [queue], { name: 'insert_data' })
  insert.start()
  const pool = new Pool(3)
  for (let page = 1; page <= 10; page++) pool.applyAsync(spider, [queue, url, page])
  pool.close()
  await pool.join()
  await queue.close()
  await insert.join()
  server.close()
})
