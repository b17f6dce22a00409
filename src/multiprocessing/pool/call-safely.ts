/** Calls what is the program's own. If it throws, that ends nothing here: it is thrown where every error of the program's own is. */
export function callSafely(callback: () => void): void {
  try {
    callback()
  } catch (error) {
    // A tick, and no microtask: those of an older Node's know nothing of the program that they belong to.
    process.nextTick(() => {
      throw error
    })
  }
}
