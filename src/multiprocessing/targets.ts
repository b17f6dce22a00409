/**
 * From a function to where a child finds it: the module that exports it, and its name there.
 *
 * A function does not know its module, so candidates are tried: the files on the call stack (usually the one that calls
 * `new Process(dog)` also has `dog`), then the file that V8 says the function was written in, which costs some milliseconds
 * the first time.
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { TargetError } from './errors.ts'
import { lazy } from './lazy.ts'

// biome-ignore lint/suspicious/noExplicitAny: a target may take and return anything
export type Target<A extends any[] = any[], R = unknown> = (...args: A) => R

export interface TargetLocation {
  /** URL of the module. */
  module: string
  /** The name it is exported by. */
  name: string
}

/** @throws TypeError if arguments are no list: who has types knows, and others find out where they made the call */
export function checkArgs(args: unknown, what = 'args'): void {
  if (Array.isArray(args)) return
  const is = args === null ? 'null' : typeof args
  throw new TypeError(`${what} must be a list of arguments, such as [1, 'two'], but it is ${is}.`)
}

const known = new WeakMap<Target, TargetLocation>()
const requireModule = createRequire(import.meta.url)
const ownFolder = new URL('.', import.meta.url).href.slice(0, -1)

/** URLs of the files on the call stack, nearest first, the library's own left out. */
function callers(): string[] {
  const prepare = Error.prepareStackTrace
  const limit = Error.stackTraceLimit
  try {
    Error.stackTraceLimit = 30
    Error.prepareStackTrace = (_error, sites) => sites
    const sites = new Error().stack as unknown as NodeJS.CallSite[]
    const urls = new Set<string>()
    for (const site of sites) {
      const file = site.getFileName()
      if (!file || file.startsWith('node:')) continue
      const url = file.startsWith('file:') ? file : pathToFileURL(file).href
      if (!url.startsWith(`${ownFolder}/`)) urls.add(url)
    }
    return [...urls]
  } finally {
    Error.prepareStackTrace = prepare
    Error.stackTraceLimit = limit
  }
}

const packageTypes = new Map<string, string>()

/** The `type` of the nearest package.json above a file, as Node looks for it; empty if there is none that says. */
function packageType(folder: string): string {
  const found = packageTypes.get(folder)
  if (found !== undefined) return found
  let type: string
  try {
    type = String((JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { type?: string }).type ?? '')
  } catch {
    const parent = dirname(folder)
    type = parent === folder ? '' : packageType(parent)
  }
  packageTypes.set(folder, type)
  return type
}

/** Whether only its syntax says which kind of module a file is. `require` would then load it once more, as another module. */
function isAmbiguous(file: string): boolean {
  return /\.[jt]s$/.test(file) && !packageType(dirname(file))
}

/**
 * The exports of a module that is loaded already; undefined if they cannot be had right now, which is so while it is being
 * evaluated, for modules with top-level await, and where no package.json says what kind of module it is.
 */
function loadedExports(module: string): Record<string, unknown> | undefined {
  try {
    const file = fileURLToPath(module)
    if (isAmbiguous(file)) {
      // A file that turned out to be an ES module has left an entry without exports here.
      const exports = requireModule.cache[file]?.exports as Record<string, unknown> | undefined
      return exports && Object.keys(exports).length > 0 ? exports : undefined
    }
    return requireModule(file) as Record<string, unknown>
  } catch {
    return undefined
  }
}

function exportedName(exports: Record<string, unknown>, target: Target): string | undefined {
  if (exports[target.name] === target) return target.name
  for (const [name, value] of Object.entries(exports)) if (value === target) return name
  return undefined
}

/** @returns the URL of the file that a function was written in; undefined for built-in and bound functions */
function writtenIn(target: Target): string | undefined {
  const session = new lazy.inspector.Session()
  const urls = new Map<string, string>()
  const key = '__forkscopeTarget'
  const scope = globalThis as Record<string, unknown>
  let scriptId: string | undefined
  session.connect()
  try {
    session.on('Debugger.scriptParsed', ({ params }) => urls.set(params.scriptId, params.url))
    session.post('Debugger.enable')
    scope[key] = target
    session.post('Runtime.evaluate', { expression: key }, (_failure, found) => {
      const objectId = found?.result.objectId
      if (!objectId) return
      session.post('Runtime.getProperties', { objectId, ownProperties: true }, (_error, properties) => {
        const location = properties?.internalProperties?.find(({ name }) => name === '[[FunctionLocation]]')
        scriptId = (location?.value?.value as { scriptId?: string } | undefined)?.scriptId
      })
    })
    session.post('Debugger.disable')
  } finally {
    delete scope[key]
    session.disconnect()
  }
  const url = scriptId === undefined ? undefined : urls.get(scriptId)
  if (!url) return undefined
  return url.startsWith('file:') ? url : url.startsWith('/') ? pathToFileURL(url).href : undefined
}

function remember(target: Target, module: string, name: string): TargetLocation {
  const location = { module, name }
  known.set(target, location)
  return location
}

/**
 * @returns where a child finds the function
 * @throws TargetError if no child could: a closure, a bound or built-in function, one that is not exported
 */
export function locateTarget(target: unknown): TargetLocation {
  if (typeof target !== 'function') {
    throw new TargetError(`A target must be a function, but this is ${target === null ? 'null' : typeof target}.`)
  }
  const fn = target as Target
  const location = known.get(fn)
  if (location) return location
  for (const module of callers()) {
    const exports = loadedExports(module)
    const name = exports && exportedName(exports, fn)
    if (name !== undefined) return remember(fn, module, name)
  }
  const called = fn.name ? `The function ${fn.name}` : 'A function without a name'
  const module = writtenIn(fn)
  if (!module) {
    throw new TargetError(
      `${called} cannot be a target: a child could not find it, because it is built in, bound or not in a file. ` +
        'Write an exported function that calls it.',
    )
  }
  const exports = loadedExports(module)
  const name = exports ? exportedName(exports, fn) : fn.name || undefined
  if (name === undefined) {
    throw new TargetError(
      `${called} cannot be a target: a child imports ${fileURLToPath(module)} and finds only what it exports. ` +
        'Put the function at the top of its module, write `export` before it, and pass what it needs as arguments.',
    )
  }
  // While the module is being evaluated its exports may still come; where nothing says what it is, they never will.
  return exports || isAmbiguous(fileURLToPath(module)) ? remember(fn, module, name) : { module, name }
}
