import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/e2e/**', 'test/electron/**'],
    pool: 'forks',
    // Most of the time is waited for processes: two files at a time keep even two cores busy.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    execArgv: ['--conditions=forkscope-source'],
    // Tests run as plain Node, as the product does: what a child imports and what a test imports is then the same file.
    experimental: { viteModuleRunner: false },
    // Every child that a test starts would strip and compile the library anew, which costs four times as much as all else in it.
    env: { NODE_COMPILE_CACHE: join(import.meta.dirname, 'node_modules', '.cache', 'compiled') },
    // Only what hangs is to be ended by these: a machine that does something else may be ten times as slow.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
