/** The library's modules import in one direction only, types included: what goes round in a circle cannot be read, or changed, by itself. */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../../src/multiprocessing', import.meta.url))

function importsOf(file: string): string[] {
  const imports = readFileSync(join(root, file), 'utf8').matchAll(/\b(?:from|import)\s*\(?\s*'(\.[^']*)'/g)
  return [...imports].map(([, path]) => join(dirname(file), path as string)).filter((path) => !path.startsWith('..'))
}

/** @returns one circle for each import that closes one */
function circles(graph: ReadonlyMap<string, string[]>): string[] {
  const found: string[] = []
  const done = new Set<string>()
  const visit = (file: string, way: readonly string[]): void => {
    if (way.includes(file)) found.push([...way.slice(way.indexOf(file)), file].join(' → '))
    else if (!done.has(file)) for (const next of graph.get(file) ?? []) visit(next, [...way, file])
    done.add(file)
  }
  for (const file of graph.keys()) visit(file, [])
  return found
}

test('no import leads back to where it came from', () => {
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'))
  const graph = new Map(files.map((file) => [file, importsOf(file)]))
  expect(graph.get(join('process', 'child.ts'))).toContain(join('process', 'spawn-child.ts'))
  expect(circles(graph)).toEqual([])
  // It would be found.
  graph.get(join('run', 'run.ts'))?.push(join('process', 'child.ts'))
  expect(circles(graph).join('\n')).toContain(join('process', 'child.ts'))
})
