import { defineConfig } from '@playwright/test'

const CLOSELY = 'e2e/{attach,lanes,layout,output,own-program,pool,selection,stuck}.spec.ts'
const POINTED = 'e2e/lanes.spec.ts'

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
    // One at a time: they share the display, whose pointer leaves a window where another one comes, and a second app is one only if it finds the first.
    { name: 'electron', testMatch: ['electron/**/*.spec.ts', POINTED], workers: 1 },
    // What only a browser has is left out.
    { name: 'electron-window', testMatch: 'e2e/**/*.spec.ts', testIgnore: ['e2e/{host,open}.spec.ts', POINTED] },
  ],
})
