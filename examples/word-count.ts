/** Map and reduce: each worker counts the words of some files, the parent adds the counts up. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { main, Pool } from 'forkscope'

export async function countWords(file: string): Promise<Map<string, number>> {
  const counts = new Map<string, number>()
  for (const [word] of (await readFile(file, 'utf8')).matchAll(/[a-z]+/gi)) {
    counts.set(word, (counts.get(word) ?? 0) + 1)
  }
  return counts
}

main(import.meta, async () => {
  const folder = import.meta.dirname
  const files = (await readdir(folder)).filter((name) => name.endsWith('.ts')).map((name) => join(folder, name))
  const total = new Map<string, number>()
  await using pool = new Pool(3)
  for await (const counts of pool.imapUnordered(countWords, files)) {
    for (const [word, count] of counts) total.set(word, (total.get(word) ?? 0) + count)
  }
  const [first] = [...total].sort(([, a], [, b]) => b - a)
  console.log(`${files.length} files; the most frequent word is "${first?.[0]}"`)
})
