/** What is given where there is nothing to be given at once: `undefined` may be an item. */
export const NOTHING = Symbol('nothing')
