/**
 * From a function to where a child finds it: the module that exports it, and its name there.
 *
 * A function does not know its module, so candidates are tried: the files on the call stack (usually the one that calls
 * `new Process(dog)` also has `dog`), then the file that V8 says the function was written in, which costs some milliseconds
 * the first time.
 */
import { readFileSync } from 'node:fs'
import { createRequire, Module } from 'node:module'
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

/** What kind of module a file is by its name and its package; undefined if only its syntax says. */
function kindOf(file: string): 'esm' | 'commonjs' | undefined {
  const [, letter] = /\.([cm]?)[jt]sx?$/.exec(file) ?? []
  if (letter) return letter === 'm' ? 'esm' : 'commonjs'
  const type = packageType(dirname(file))
  return type === 'module' ? 'esm' : type === 'commonjs' ? 'commonjs' : undefined
}

interface Loaded {
  exports: object
  /** Whether nothing will be added to them. */
  final: boolean
}

/**
 * Calls `fn`, in which no module is evaluated: under a loader such as tsx, `require` would make a second module of one that was imported.
 * All that it evaluates goes by `_compile`, and ES modules that are there already as well, as what they are.
 */
function withoutEvaluating<T>(fn: () => T): T {
  const prototype = Module.prototype as unknown as {
    _compile: (text: string, file: string, format?: string) => unknown
  }
  const compile = prototype._compile
  prototype._compile = function (text, file, format) {
    if (!format?.startsWith('module')) throw new Error('not now')
    return compile.call(this, text, file, format)
  }
  try {
    return fn()
  } finally {
    prototype._compile = compile
  }
}

/**
 * The exports of a module that is loaded already; undefined if they cannot be had without evaluating it again, which is so of an ES
 * module while it is being evaluated, with top-level await, with a query in its URL, under some loaders, and where no package.json says
 * what kind of module it is.
 */
function loadedExports(module: string): Loaded | undefined {
  if (!module.startsWith('file:///') || /[?#]/.test(module)) return undefined
  const file = fileURLToPath(module)
  const kind = kindOf(file)
  const cached = requireModule.cache[file]
  // An ES module of which only the syntax says what it is has left an entry without exports here.
  if (cached && (kind || typeof cached.exports === 'function' || Object.keys(cached.exports ?? {}).length > 0)) {
    return { exports: Object(cached.exports), final: cached.loaded }
  }
  if (kind !== 'esm') return undefined
  try {
    return { exports: withoutEvaluating(() => requireModule(file)), final: true }
  } catch {
    return undefined
  }
}

/** @returns `default` for what is all that a CommonJS module exports */
function exportedName(exports: object, target: Target): string | undefined {
  if (exports === target) return 'default'
  const named = exports as Record<string, unknown>
  if (named[target.name] === target) return target.name
  for (const [name, value] of Object.entries(named)) if (value === target) return name
  return undefined
}

/** @returns the name by which a module exports what it calls `name`, as its text says; undefined if it does not */
function nameInText(text: string, name: string): string | undefined {
  if (!/^[\w$]+$/.test(name)) return undefined
  const word = name.replaceAll('$', '\\$')
  const says = (pattern: string) => new RegExp(pattern).exec(text)
  const declared = says(
    String.raw`\bexport\s+(default\s+)?(?:async\s+)?(?:function\b\s*\*?|class|const|let|var)\s+${word}(?![\w$])`,
  )
  if (declared) return declared[1] ? 'default' : name
  const listed = says(String.raw`\bexport\s*\{(?:[^}]*,)?\s*${word}(?:\s+as\s+([\w$]+))?\s*[,}]`)
  if (listed) return listed[1] ?? name
  if (says(String.raw`\bexport\s+default\s+${word}(?![\w$])`)) return 'default'
  // Several in one declaration, or taken out of an object: the child will see.
  return says(String.raw`\bexport\s+(?:const|let|var)\b[^;]*[,{[]\s*${word}(?![\w$])`) ? name : undefined
}

/** @returns the URL of the module that a function was written in, and its text; undefined for built-in and bound functions */
function writtenIn(target: Target): { module: string; text: string } | undefined {
  const session = new lazy.inspector.Session()
  const urls = new Map<string, string>()
  const key = '__forkscopeTarget'
  const scope = globalThis as Record<string, unknown>
  let scriptId: string | undefined
  let text = ''
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
    if (scriptId !== undefined) {
      session.post('Debugger.getScriptSource', { scriptId }, (_failure, source) => (text = source?.scriptSource ?? ''))
    }
    session.post('Debugger.disable')
  } finally {
    delete scope[key]
    session.disconnect()
  }
  const url = scriptId === undefined ? undefined : urls.get(scriptId)
  if (url?.startsWith('file:')) return { module: url, text }
  return url?.startsWith('/') ? { module: pathToFileURL(url).href, text } : undefined
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
    const loaded = loadedExports(module)
    const name = loaded && exportedName(loaded.exports, fn)
    if (name !== undefined) return remember(fn, module, name)
  }
  const called = fn.name ? `The function ${fn.name}` : 'A function without a name'
  const written = writtenIn(fn)
  if (!written) {
    throw new TargetError(
      `${called} cannot be a target: a child could not find it, because it is built in, bound or not in a file. ` +
        'Write an exported function that calls it.',
    )
  }
  const { module, text } = written
  const file = fileURLToPath(module)
  const isCommonJs = (kindOf(file) ?? (/^\s*(?:import|export)\b/m.test(text) ? 'esm' : 'commonjs')) === 'commonjs'
  const loaded = loadedExports(module)
  let name = loaded && exportedName(loaded.exports, fn)
  if (name === undefined && !loaded?.final) name = isCommonJs ? fn.name || undefined : nameInText(text, fn.name)
  if (name === undefined) {
    const advice = isCommonJs ? 'add it to `module.exports`' : 'write `export` before it'
    throw new TargetError(
      `${called} cannot be a target: a child imports ${file} and finds only what it exports. ` +
        `Put the function at the top of its module, ${advice}, and pass what it needs as arguments.`,
    )
  }
  // While a CommonJS module is being evaluated its exports may still come.
  return isCommonJs && !loaded?.final ? { module, name } : remember(fn, module, name)
}
