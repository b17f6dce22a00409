import { cpSync, readdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'electron-vite'

const root = fileURLToPath(new URL('.', import.meta.url))
const at = (path: string) => resolve(root, path)

/** Modules that are loaded by their URL while the app runs, so that no import leads to them. */
const loadedByUrl = [
  'src/multiprocessing/child/entry.ts',
  'src/multiprocessing/thread/thread-entry.ts',
  ...readdirSync(at('src/main/programs/demos'))
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `src/main/programs/demos/${name}`),
]

/** With programs that play scenes, and that throw late. */
const appsOfTests = ['played', 'staged']
  .map((name) => `test/fixtures/electron/${name}-app.ts`)
  .concat('test/fixtures/late-errors.ts')

/** In CommonJS there is no `import.meta` to be handed on; all that `main` asks of it is the URL. */
const importMetaForMain = {
  name: 'import-meta-for-main',
  transform: (code: string) => code.replace('main(import.meta,', 'main({ url: import.meta.url },'),
}

/** Agents are loaded by other people's programs: real files, as they are. */
const agents = (out: string) => ({
  name: 'agents',
  writeBundle: () => {
    for (const agent of ['sources/python/agent', 'sources/node/agent'])
      cpSync(at(`src/${agent}`), `${out}/main/${agent}`, { recursive: true })
  },
})

/** CommonJS, a file a module, laid out as in `src`: paths relative to a module mean the same as from source. */
const commonJs = {
  format: 'cjs' as const,
  preserveModules: true,
  preserveModulesRoot: at('src'),
  entryFileNames: '[name].cjs',
}

/**
 * What ships, in `out/`, for the Electron of package.json. For the tests `--mode electron-45` adds apps that have other programs, in
 * `out-electron-45/`; and `--mode electron-22` the same, lowered for the older Electron that they can have where today's cannot be downloaded.
 */
export default defineConfig(({ mode }) => {
  const old = mode === 'electron-22'
  const isForTests = mode.startsWith('electron-')
  const out = at(isForTests ? `out-${mode}` : 'out')
  const nodeTarget = old ? 'node16.17' : 'node24'
  return {
    main: {
      plugins: [importMetaForMain, agents(out)],
      resolve: { alias: { forkscope: at('src/multiprocessing/index.ts') } },
      build: {
        // It is only an ES module, which not every Electron can require.
        externalizeDeps: { exclude: ['shlex'] },
        outDir: `${out}/main`,
        target: nodeTarget,
        minify: false,
        rollupOptions: {
          input: ['src/main/index.ts', ...loadedByUrl, ...(isForTests ? appsOfTests : [])].map(at),
          output: commonJs,
        },
      },
    },
    preload: {
      build: {
        outDir: `${out}/preload`,
        target: nodeTarget,
        minify: false,
        rollupOptions: {
          input: at('src/preload/index.ts'),
          output: { format: 'cjs' as const, entryFileNames: 'index.cjs' },
        },
      },
    },
    renderer: {
      root: at('src/renderer'),
      base: './',
      oxc: { jsx: { runtime: 'automatic' as const, importSource: 'preact' } },
      build: {
        outDir: `${out}/renderer`,
        target: old ? 'chrome108' : 'chrome140',
        modulePreload: { polyfill: false },
        assetsInlineLimit: 0,
        rollupOptions: { input: at('src/renderer/index.html') },
      },
    },
  }
})
