/**
 * `dist/`: the library and the command `forkscope` for plain Node, and their types.
 *
 * The library is one file, because a child loads it before it can do anything, and a hundred small modules take 25 ms longer. It is
 * CommonJS, because an `import` of one of Node's own modules loads everything that hangs on it (with `node:fs` also readline), which a
 * `require` does not; Node finds its names for `import` all the same. What is put together lies as
 * deep as its modules do in `src`, so that paths relative to a module mean the same.
 */
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { rolldown } from 'rolldown'

const ROOT = join(import.meta.dirname, '..')
const SOURCE = join(ROOT, 'src')
const DIST = join(ROOT, 'dist')
const LIBRARY = 'multiprocessing/index'
const KEEP_COMPILED = 'multiprocessing/child/keep-compiled'
const DEMOS = 'main/programs/demos'

/** What is loaded by its name or by its URL, so that no import leads to it. */
const entries = [
  LIBRARY,
  'multiprocessing/child/entry',
  KEEP_COMPILED,
  'multiprocessing/thread/thread-entry',
  'main/cli',
  ...readdirSync(join(SOURCE, DEMOS))
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `${DEMOS}/${name.slice(0, -3)}`),
]

/** Entries do something as soon as they are loaded, and so stay by themselves; all but the library's. So does what is there before it. */
const isShared = (folder: RegExp) => (id: string) =>
  folder.test(id) &&
  !id.endsWith('compile-cache.ts') &&
  !entries.some((name) => name !== LIBRARY && id === join(SOURCE, `${name}.ts`))

rmSync(DIST, { recursive: true, force: true })
const bundle = await rolldown({
  input: Object.fromEntries(entries.map((name) => [name, join(SOURCE, `${name}.ts`)])),
  platform: 'node',
  external: /^(?!forkscope$)[^./]/,
  resolve: { alias: { forkscope: join(SOURCE, 'multiprocessing/index.ts') } },
  plugins: [
    {
      // In CommonJS there is no `import.meta` to be handed on; all that `main` asks of it is the URL.
      name: 'import-meta-for-main',
      transform: (code: string) => code.replace('main(import.meta,', 'main({ url: import.meta.url },'),
    },
  ],
})
await bundle.write({
  dir: DIST,
  format: 'cjs',
  // Without comments, which Node would read in every child, and in characters of one byte, which it reads faster; names and lines stay.
  comments: false,
  charset: 'ascii',
  entryFileNames: '[name].js',
  chunkFileNames: '[name].js',
  codeSplitting: {
    groups: [
      { test: isShared(/src.(?:multiprocessing|shared)./), name: 'multiprocessing/library/library' },
      { test: isShared(/src.main.programs./), name: 'main/programs/programs' },
    ],
  },
})
writeFileSync(join(DIST, 'package.json'), '{ "type": "commonjs" }\n')
// A child's first module lets Node keep what it compiles for the next child, before it loads the library.
const childEntry = join(DIST, 'multiprocessing/child/entry.js')
writeFileSync(childEntry, `require('./keep-compiled.js')\n${readFileSync(childEntry, 'utf8')}`)
execFileSync(
  process.execPath,
  [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', join(ROOT, 'tsconfig.build.json')],
  {
    stdio: 'inherit',
  },
)
