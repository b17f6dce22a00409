import { defineConfig } from '@playwright/test'

const CLOSELY = 'e2e/{attach,lanes,layout,output,pool,selection,stuck}.spec.ts'

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
    { name: 'browser', testMatch: 'e2e/**/*.spec.ts', testIgnore: CLOSELY },
    // The window looked at closely, at every size: `npm run test:slow`.
    { name: 'window', testMatch: CLOSELY },
    // One at a time: they share the display, and a second app is only a second app if it finds the first. What only a browser has is left out.
    { name: 'electron', testMatch: '{electron,e2e}/**/*.spec.ts', testIgnore: 'e2e/{host,open}.spec.ts', workers: 1 },
  ],
})
