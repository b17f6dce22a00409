/** The library as it is packed: the README's example runs with plain Node in a project of its own, types included. */
import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const ROOT = join(import.meta.dirname, '..')
const project = mkdtempSync(join(tmpdir(), 'forkscope-pack-'))
afterAll(() => rmSync(project, { recursive: true }))

function run(command: string, ...args: string[]): string {
  return execFileSync(command, args, { cwd: project, encoding: 'utf8' })
}

beforeAll(() => {
  execFileSync('npm', ['run', '--silent', 'build:library'], { cwd: ROOT })
  const packed = execFileSync('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', project], {
    cwd: ROOT,
    encoding: 'utf8',
  })
  const folder = join(project, 'node_modules', 'forkscope')
  mkdirSync(folder, { recursive: true })
  run('tar', '-xzf', packed.trim(), '-C', folder, '--strip-components=1')
  writeFileSync(join(project, 'package.json'), '{"type":"module"}')
  const example = [...readFileSync(join(ROOT, 'README.md'), 'utf8').matchAll(/```ts\n(.*?)```/gs)]
    .map((match) => match[1] as string)
    .find((code) => code.includes("from 'forkscope'"))
  writeFileSync(join(project, 'example.ts'), example ?? '')
})

test('the example of the README runs', () => {
  expect(run(process.execPath, 'example.ts')).toBe('0 1 2\n')
})

test('its types are found and fit', () => {
  const types = join(project, 'node_modules', '@types')
  mkdirSync(types, { recursive: true })
  for (const name of ['node']) symlinkSync(join(ROOT, 'node_modules', '@types', name), join(types, name))
  symlinkSync(join(ROOT, 'node_modules', 'undici-types'), join(project, 'node_modules', 'undici-types'))
  const options = { module: 'nodenext', target: 'es2024', strict: true, noEmit: true, types: ['node'] }
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, files: ['example.ts'] }))
  run(process.execPath, join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', '.')
  writeFileSync(
    join(project, 'example.ts'),
    "import { Process } from 'forkscope'\nexport function f(n: number) { return n }\nnew Process(f, ['text'])\n",
  )
  expect(() => run(process.execPath, join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', '.')).toThrow()
})

describe('what children compile is kept', () => {
  /** Runs a program whose user has a folder of its own for caches. @returns what is kept of the library in that folder */
  function kept(prepare: (caches: string, own: string) => void): string[] {
    const caches = mkdtempSync(join(project, 'caches-'))
    const own = join(caches, 'forkscope')
    prepare(caches, own)
    const env = { ...process.env, XDG_CACHE_HOME: caches, NODE_COMPILE_CACHE: '', TMPDIR: caches }
    writeFileSync(
      join(project, 'kept.ts'),
      "import { main, Pool } from 'forkscope'\nexport const double = (n: number) => 2 * n\n" +
        'main(import.meta, async () => { await using pool = new Pool(1); console.log(await pool.apply(double, [2])) })',
    )
    expect(execFileSync(process.execPath, ['kept.ts'], { cwd: project, encoding: 'utf8', env })).toBe('4\n')
    return readdirSync(caches, { recursive: true, encoding: 'utf8' }).filter((name) => name.includes('/'))
  }

  test('in a folder that only the user can enter, and in no other', () => {
    const files = kept(() => {})
    expect(files.length).toBeGreaterThan(0)
    expect(files.filter((name) => !name.startsWith('forkscope/'))).toEqual([])
  })

  test.each<[string, (caches: string, own: string) => void]>([
    ['that others can enter', (_caches, own) => void mkdirSync(own, { mode: 0o755 })],
    [
      'that others can write',
      (_caches, own) => {
        mkdirSync(own)
        chmodSync(own, 0o777)
      },
    ],
    [
      'that is a link',
      (caches, own) => {
        mkdirSync(join(caches, 'elsewhere'), { mode: 0o700 })
        symlinkSync('elsewhere', own)
      },
    ],
    [
      'in one that others can write',
      (caches, own) => {
        mkdirSync(own, { mode: 0o700 })
        chmodSync(caches, 0o777)
      },
    ],
  ])('not in one %s', (_what, prepare) => {
    expect(kept(prepare)).toEqual([])
  })

  test.runIf(process.geteuid?.() === 0)('not in one of another user', () => {
    expect(
      kept((_caches, own) => {
        mkdirSync(own, { mode: 0o700 })
        chownSync(own, 65_534, 65_534)
      }),
    ).toEqual([])
  })
})

test('a child loads no more of the library, and of Node, than a child needs', () => {
  writeFileSync(
    join(project, 'loaded.ts'),
    `import { createRequire } from 'node:module'
import { basename } from 'node:path'
import { main, Pool, Process, Queue } from 'forkscope'
const files = () => Object.keys(createRequire(import.meta.url).cache)
const slow = () => process.moduleLoadList.filter((name) => /^NativeModule (?:crypto|perf_hooks|worker_threads)$/.test(name))
const loaded = () => [...files().filter((file) => file.includes('node_modules')).map((file) => basename(file)), ...slow()].join(' ')
export const tell = async (queue: Queue<string>) => { await queue.put(loaded()) }
export const own = async (queue: Queue<string>) => { await new Queue().put(1); await queue.put(loaded()) }
main(import.meta, async () => {
  const queue = new Queue<string>()
  await using pool = new Pool(1)
  await pool.apply(tell, [queue])
  for (const target of [tell, own]) new Process(target, [queue]).start()
  console.log([loaded(), await queue.get(), ...[await queue.get(), await queue.get()].sort((a, b) => a.length - b.length)].join('\\n'))
})
`,
  )
  const library = 'keep-compiled.js library.js'
  expect(run(process.execPath, 'loaded.ts').trim().split('\n')).toEqual([
    'index.js later.js library.js',
    `entry.js ${library} index.js`,
    `entry.js ${library} index.js`,
    `entry.js ${library} index.js later.js`,
  ])
})

test('the library alone needs no other package', () => {
  const source = run(process.execPath, '-e', "import('forkscope').then((m) => console.log(Object.keys(m).join()))")
  for (const name of ['Process', 'Queue', 'Pool', 'Empty', 'main', 'sleep']) expect(source).toContain(name)
})
