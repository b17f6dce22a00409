/**
 * `dist/`: the library and the command `forkscope` for plain Node, and their types.
 *
 * The library is one file, because a child loads it before it can do anything, and a hundred small modules take 25 ms longer. It is
 * CommonJS, because an `import` of one of Node's own modules loads everything that hangs on it (with `node:fs` also readline), which a
 * `require` does not; Node finds its names for `import` all the same. What is put together lies as
 * deep as its modules do in `src`, so that paths relative to a module mean the same.
 */
import { execFileSync } from 'node:child_process'
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { rolldown } from 'rolldown'

const ROOT = join(import.meta.dirname, '..')
const SOURCE = join(ROOT, 'src')
const DIST = join(ROOT, 'dist')
const LIBRARY = 'multiprocessing/index'
const WHOLE = 'multiprocessing/library/library'
const KEEP_COMPILED = 'multiprocessing/child/keep-compiled'
const DEMOS = 'main/programs/demos'

/** What is loaded by its name or by its URL, so that no import leads to it. */
const entries = [
  'multiprocessing/child/entry',
  KEEP_COMPILED,
  'multiprocessing/thread/thread-entry',
  'main/cli',
  ...readdirSync(join(SOURCE, DEMOS))
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `${DEMOS}/${name.slice(0, -3)}`),
]

/**
 * What a child does not need before its target runs, and mostly not at all: how processes are started, pools, queues where they are owned.
 * A child loads it when the library first uses something of it; so nothing here may be used while the library itself is evaluated.
 */
const LATER = new RegExp(
  `src.(?:${[
    'shared.parameters',
    'multiprocessing.targets',
    'multiprocessing.run.(?:start-run|capture-output|follow-output)',
    'multiprocessing.process.(?!own-module|process|spares|start-header)[a-z-]+',
    'multiprocessing.pool.(?!executor|future|pool)[a-z-]+',
    'multiprocessing.queue.(?:local-port|owner|parcels|deliveries|head|store)',
    'multiprocessing.sync.semaphore-state',
  ].join('|')})[.]ts$`,
)

/** Entries do something as soon as they are loaded, and so stay by themselves. */
const isShared = (folder: RegExp) => (id: string) =>
  folder.test(id) && !entries.some((name) => id === join(SOURCE, `${name}.ts`))

rmSync(DIST, { recursive: true, force: true })
const bundle = await rolldown({
  input: {
    [WHOLE]: join(SOURCE, `${LIBRARY}.ts`),
    ...Object.fromEntries(entries.map((name) => [name, join(SOURCE, `${name}.ts`)])),
  },
  // What the later part wants of the library it exports too.
  preserveEntrySignatures: 'allow-extension',
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
    includeDependenciesRecursively: false,
    groups: [
      { test: isShared(LATER), name: 'multiprocessing/library/later' },
      // What the window is asked for is no part of it: that needs zod.
      { test: isShared(/src.(?:multiprocessing|shared(?!.api\b))./), name: WHOLE },
      { test: isShared(/src.(?:sources|main.programs|main.app-info)./), name: 'main/programs/programs' },
    ],
  },
})
writeFileSync(join(DIST, 'package.json'), '{ "type": "commonjs" }\n')
// Agents are loaded by other people's programs: real files, as they are.
for (const agent of ['sources/python/agent', 'sources/node/agent'])
  cpSync(join(SOURCE, agent), join(DIST, agent), { recursive: true })
// The later part is loaded where something of it is used, which is never while the library itself is.
const whole = join(DIST, `${WHOLE}.js`)
const text = readFileSync(whole, 'utf8')
const [line, name] = /^const (\w+) = require\("\.\/later\.js"\);$/m.exec(text) ?? []
if (!line) throw new Error('The library does not load its later part.')
const onUse =
  "const later = { get all() { Object.defineProperty(this, 'all', { value: require('./later.js') }); return this.all } };"
writeFileSync(whole, text.replaceAll(`${name}.`, 'later.all.').replace(line, onUse))
// What the package exports, in the form in which Node finds its names for `import`. A program has all of it from the beginning.
const names = Object.keys(await import('../src/multiprocessing/index.ts'))
writeFileSync(
  join(DIST, `${LIBRARY}.js`),
  `if (!require.cache[require.resolve('./child/entry.js')]) require('./library/later.js')
const library = require('./library/library.js')
${names.map((name) => `exports.${name} = library.${name}\n`).join('')}`,
)
execFileSync(
  process.execPath,
  [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', join(ROOT, 'tsconfig.build.json')],
  {
    stdio: 'inherit',
  },
)
