import { defineConfig } from '@playwright/test'

export default defineConfig({
  testDir: 'test',
  outputDir: 'test-results',
  reporter: [['list']],
  forbidOnly: true,
  // Every test starts the app and real processes; two cores hold two of them.
  workers: 2,
  fullyParallel: true,
  // They end only what hangs, not what a busy machine makes slow.
  timeout: 180_000,
  expect: { timeout: 45_000 },
  projects: [
    { name: 'browser', testMatch: 'e2e/**/*.spec.ts', testIgnore: 'e2e/layout.spec.ts' },
    // At every size, which takes long: `npm run test:slow`.
    { name: 'layout', testMatch: 'e2e/layout.spec.ts' },
    // One at a time: they share the display, and a second app is only a second app if it finds the first.
    { name: 'electron', testMatch: 'electron/**/*.spec.ts', workers: 1 },
  ],
})
