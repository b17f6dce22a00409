/** What is told of the program's values. No getter of the program's is called, and nothing of it is turned into text. */
'use strict'

const { isNativeError, isProxy } = require('node:util').types

/** @returns a text that is kept as such in the value, or in what it was made from */
function textOf(value, key) {
  for (
    let at = value, depth = 0;
    at !== null && typeof at === 'object' && depth < 8;
    at = Object.getPrototypeOf(at), depth++
  ) {
    if (isProxy(at)) return undefined
    const own = Object.getOwnPropertyDescriptor(at, key)
    if (own) return typeof own.value === 'string' ? own.value : undefined
  }
  return undefined
}

/** @returns an error as lines have it. What was thrown may be anything. */
function errorOf(error) {
  if (typeof error === 'string') return { name: 'string', message: error.slice(0, 300), stack: '' }
  if (typeof error !== 'object' || error === null) return { name: typeof error, message: '', stack: '' }
  const name = textOf(error, 'name') ?? (isNativeError(error) ? 'Error' : 'object')
  return { name: name.slice(0, 100), message: (textOf(error, 'message') ?? '').slice(0, 300), stack: '' }
}

module.exports = { errorOf, textOf }
