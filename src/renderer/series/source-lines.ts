/** Finds the line of a program's source that a selected thing comes from. */

/** @returns the words to look for in the source, the best first, for a process or a task by its name and call */
export function sourceWords(kind: 'process' | 'queue' | 'task', name: string): string[] {
  const called = name.replace(/\(.*$/s, '').trim()
  if (kind === 'queue') return [`'${name}'`, `"${name}"`, 'Queue']
  if (kind === 'task') return [`function ${called}(`, `def ${called}(`]
  if (name === 'main') return ['main(import.meta', '__main__']
  const camel = called.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())
  const definitions = [called, camel].flatMap((word) => [`function ${word}(`, `def ${word}(`])
  return [...definitions, `'${name}'`, `"${name}"`, ...(/^(worker|pool)/.test(name) ? ['new Pool(', 'Pool('] : [])]
}

/** @returns the index of the first line that holds the first of the words that is found at all, or -1 */
export function findLine(text: string, words: readonly string[]): number {
  const lines = text.split('\n')
  for (const word of words) {
    const found = lines.findIndex((line) => line.includes(word) && !/^\s*(import|from|\/\/|#)/.test(line))
    if (found >= 0) return found
  }
  return -1
}
