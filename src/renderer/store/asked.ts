/** Which of what was asked for outside of the window this page has shown: a reload shows none again. */
const KEY = 'forkscope.asked'

/** @param number that of what was asked for @returns whether it was not shown yet; it counts as shown then */
export function isNews(number: number): boolean {
  try {
    if (sessionStorage.getItem(KEY) === String(number)) return false
    sessionStorage.setItem(KEY, String(number))
  } catch {
    // Where nothing is kept, a reload shows it again.
  }
  return true
}
