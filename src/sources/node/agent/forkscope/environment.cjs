/** The variables by which the agent comes into a program: they are put back where the program starts another Node with an environment of its own. */
'use strict'

const { basename, join } = require('node:path')

const [FOLDER, TOKEN, THEIRS] = ['FORKSCOPE_RUN', 'FORKSCOPE_TOKEN', 'FORKSCOPE_THEIRS']
const hook = join(__dirname, '../hook.cjs')
const required = `--require "${hook.replace(/["\\]/g, '\\$&')}"`
/** With these there is no agent, and Node might refuse to start because of it: see `inject.ts`. */
const REFUSES = /^--(?:experimental-)?permission(?:=|$)/

let run

/** @returns what the run is known by. What was put back into an environment of the program's own is taken out again. */
function take() {
  const { env } = process
  run = { folder: env[FOLDER], token: env[TOKEN] }
  const theirs = env[THEIRS]
  if (theirs !== undefined) {
    for (const name of [FOLDER, TOKEN, THEIRS]) delete env[name]
    if (theirs === '') delete env.NODE_OPTIONS
    else env.NODE_OPTIONS = theirs.slice(1)
  }
  return run
}

/** @returns whether the agent comes into a program that is started so: of others, nothing is changed */
function isNode(file) {
  if (typeof file !== 'string') return false
  return file === process.execPath || /^node(js)?$/.test(basename(file))
}

/** @returns what is to be added to an environment that has these; null where the agent is in it already */
function missing(folder, options) {
  if (folder === run.folder && options !== undefined && options.includes(hook)) return null
  const isUnset = options === undefined || options === ''
  return {
    [FOLDER]: run.folder,
    [TOKEN]: run.token,
    [THEIRS]: options === undefined ? '' : `=${options}`,
    NODE_OPTIONS: isUnset ? required : `${required} ${options}`,
  }
}

/** @param pairs `NAME=value`, which Node has made for one start, and which are changed */
function putBackPairs(pairs, args) {
  if (args.some((word) => REFUSES.test(word))) return takeOut(pairs)
  const valueIn = (name) => {
    const pair = pairs.find((one) => one.startsWith(`${name}=`))
    return pair === undefined ? undefined : pair.slice(name.length + 1)
  }
  const added = missing(valueIn(FOLDER), valueIn('NODE_OPTIONS'))
  if (!added) return
  for (const [name, value] of Object.entries(added)) {
    const at = pairs.findIndex((one) => one.startsWith(`${name}=`))
    if (at >= 0) pairs[at] = `${name}=${value}`
    else pairs.push(`${name}=${value}`)
  }
}

/** One that would refuse to start with the agent has the program's own options. */
function takeOut(pairs) {
  const at = pairs.findIndex((one) => one.startsWith('NODE_OPTIONS='))
  if (at >= 0) pairs[at] = pairs[at].replace(required, '').trim()
}

/** @returns the same options, or a copy with the variables in their `env` */
function putBack(options) {
  if (typeof options !== 'object' || options === null) return options
  const own = Object.getOwnPropertyDescriptor(options, 'env')
  const env = own?.value
  if (typeof env !== 'object' || env === null) return options
  const valueIn = (name) => (typeof env[name] === 'string' ? env[name] : undefined)
  const added = missing(valueIn(FOLDER), valueIn('NODE_OPTIONS'))
  return added ? { ...options, env: { ...env, ...added } } : options
}

module.exports = { take, isNode, putBackPairs, putBack }
