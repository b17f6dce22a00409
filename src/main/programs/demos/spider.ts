// A pool of workers fetches pages and puts what they say in a queue; one process writes it to a database.
import { main, Pool, Process, Queue, sleep } from 'forkscope'
import { serveShop } from '../shop/serve-shop.ts'
import { type Page, pagesTable } from './spider/database.ts'
import { fetchPage } from './spider/fetch-page.ts'
import { prepareDatabase, spiderParameters } from './spider/parameters.ts'

export async function spider(queue: Queue<Page>, page: number, from: string) {
  console.log(`fetching page ${page}`)
  const found = await fetchPage(from, page)
  console.log(`page ${page}: ${found.goods} goods`)
  await queue.put(found) // waits here while the queue is full
}

export async function insertData(queue: Queue<Page>, database: string) {
  try {
    const table = await pagesTable(database)
    for await (const page of queue) {
      table.insert(page)
      await sleep(900) // a database far away
      console.log(`inserted page ${page.page}, ${table.count()} in all`)
    }
    table.close()
  } finally {
    await queue.close() // nobody waits for a database that is gone
  }
}

main(import.meta, spiderParameters, async ({ workers, pages, from, database }) => {
  const file = await prepareDatabase(database)
  const shop = from ? null : await serveShop()
  try {
    const queue = new Queue<Page>({ name: 'pages', maxsize: 6 })
    const insert = new Process(insertData, [queue, file], { name: 'insert_data' })
    insert.start()

    const pool = new Pool(workers)
    console.log(`pool of ${workers}, pages 1 to ${pages} of ${from || shop?.template}, into ${file}`)
    for (let page = 1; page <= pages; page++) {
      pool.applyAsync(spider, [queue, page, from || String(shop?.template)])
    }
    pool.close()
    await pool.join()

    await queue.close() // no more pages: insert_data takes what is left and ends
    await insert.join()
  } finally {
    await shop?.close()
  }
})
