/** Calls what is the program's own. If it throws, that ends nothing here: it is thrown where every error of the program's own is. */
export function callSafely(callback: () => void): void {
  try {
    callback()
  } catch (error) {
    queueMicrotask(() => {
      throw error
    })
  }
}
