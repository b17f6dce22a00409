/** Whether main answers. Programs run in it, and one that holds its event loop holds up the window too. */
import { computed, signal } from '@preact/signals'
import { connectionState } from './connection.ts'
import { overview } from './programs.ts'

const LOOK_EVERY_MS = 500
/** While something runs, main pushes an overview each second at least. */
const SILENT_MS = 2_500

/** For how many seconds main has not been heard of, though it should have been; 0 if it was. */
const silentS = signal(0)
let heardMs = performance.now()

/** Something has come from main. */
export function heard(): void {
  heardMs = performance.now()
  silentS.value = 0
}

/** What is said of it: that main is busy now, or lately was. */
export const heldWords = computed(() => {
  if (silentS.value > 0) return `main has been busy for ${silentS.value} s: the window's figures are from then.`
  const heldMs = overview.value?.heldMs ?? 0
  return heldMs > 0 ? `main was busy for ${Math.round(heldMs / 1000)} s: nothing could be shown meanwhile.` : null
})

/** Looks at it from now on. */
export function lookWhetherHeld(): void {
  let lookedMs = performance.now()
  setInterval(() => {
    const nowMs = performance.now()
    // The page itself may have been held up, or put to sleep: what has come meanwhile was not read.
    const isLate = nowMs - lookedMs > 3 * LOOK_EVERY_MS
    lookedMs = nowMs
    const isExpected = connectionState.value === 'open' && (overview.value?.running ?? 0) > 0
    if (isLate || !isExpected) heard()
    const silentMs = nowMs - heardMs
    silentS.value = silentMs < SILENT_MS ? 0 : Math.floor(silentMs / 1000)
  }, LOOK_EVERY_MS)
}
