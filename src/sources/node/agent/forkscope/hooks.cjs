/** Hooks are set in groups. One that does not fit, or goes wrong later, is taken out again, which is told. */
'use strict'

const { now, tell } = require('./region.cjs')

/** @param set is given the group, and sets its hooks */
function group(name, set) {
  const undo = []
  const own = {
    isOff: false,
    /** @param make is given the function that is there, and gives what is to be instead */
    replace(object, key, make) {
      const there = Object.getOwnPropertyDescriptor(object, key)
      if (!there || typeof there.value !== 'function' || !there.configurable)
        throw new Error(`there is no ${key} as it is known`)
      const made = make(there.value)
      if (typeof made === 'function' && made.prototype === undefined) alike(made, there.value)
      Object.defineProperty(object, key, { ...there, value: made })
      undo.push(() => {
        if (object[key] === made) Object.defineProperty(object, key, there)
      })
    },
    /** Something went wrong in what is ours. */
    failed(error) {
      if (own.isOff) return
      own.isOff = true
      for (const one of undo.reverse()) {
        try {
          one()
        } catch {}
      }
      tell({
        e: 'off',
        t: now(),
        group: name,
        why: String(error?.message || 'it does not fit').slice(0, 300),
      })
    },
    /** Does what is ours, and never lets its errors out. */
    safely(what) {
      if (own.isOff) return
      try {
        what()
      } catch (error) {
        own.failed(error)
      }
    },
  }
  own.safely(() => set(own))
  return own
}

/** A function that is instead of another has its name and number of parameters. */
function alike(made, original) {
  for (const key of ['name', 'length']) {
    const own = Object.getOwnPropertyDescriptor(original, key)
    if (own) Object.defineProperty(made, key, own)
  }
}

/** @param emit is called for each event of an emitter, before its listeners */
function onEmit(own, emitter, emit) {
  const original = emitter.emit
  const made = {
    emit(event, ...args) {
      if (!own.isOff) own.safely(() => emit(event, args))
      return original.call(this, event, ...args)
    },
  }.emit
  Object.defineProperty(emitter, 'emit', { value: made, configurable: true, writable: true, enumerable: false })
}

module.exports = { group, alike, onEmit }
