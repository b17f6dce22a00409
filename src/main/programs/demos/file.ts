// Two processes and a file: one appends, the other looks again and again for what is new.
import { appendFile, mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { main, Process, sleep } from 'forkscope'

export async function writer(file: string) {
  for (let i = 1; i <= 5; i++) {
    await appendFile(file, `line ${i}\n`)
    console.log(`wrote line ${i}`)
    await sleep(1000)
  }
  await appendFile(file, 'end\n')
}

export async function reader(file: string) {
  const handle = await open(file)
  let text = ''
  while (!text.endsWith('end\n')) {
    const found = await handle.read({ buffer: Buffer.alloc(4096) }) // goes on where it stopped
    const news = found.buffer.toString('utf8', 0, found.bytesRead)
    text += news
    if (news) console.log(`read ${JSON.stringify(news)}`)
    else await sleep(250) // a file cannot say that something came
  }
  await handle.close()
}

main(import.meta, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'forkscope-'))
  try {
    const file = join(folder, 'lines.txt')
    await appendFile(file, '')
    const processes = [new Process(writer, [file]), new Process(reader, [file])]
    for (const process of processes) process.start()
    for (const process of processes) await process.join()
  } finally {
    await rm(folder, { recursive: true })
  }
})
