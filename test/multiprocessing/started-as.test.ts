/** Programs as people write and start them: module kinds, loaders, options of Node. Children find the same functions, in modules that are evaluated once. */
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { inheritedNodeOptions, inheritedOptions } from '../../src/multiprocessing/process/node-command.ts'

const library = fileURLToPath(new URL('../../src/multiprocessing/index.ts', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'forkscope-started-as-'))
afterAll(() => rmSync(folder, { recursive: true }))

function write(files: Record<string, string>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(
      join(folder, name),
      text.replaceAll('LIBRARY_URL', pathToFileURL(library).href).replaceAll('LIBRARY', library),
    )
  }
}

/** @returns what a program printed, line by line; both streams in one */
async function run(program: string, options: string[] = [], env: NodeJS.ProcessEnv = {}): Promise<string[]> {
  const text = await new Promise<string>((resolve) => {
    const args = [...options, join(folder, program)]
    execFile(process.execPath, args, { cwd: folder, env: { ...process.env, ...env } }, (_error, out, err) =>
      resolve(out + err),
    )
  })
  return text.split('\n').filter((line) => line !== '' && !/^(?:Debugger listening|For help)/.test(line))
}

describe('functions of CommonJS modules', () => {
  write({
    'whole.cjs': 'module.exports = function double(n) { return 2 * n }',
    'anonymous.cjs': 'module.exports = (n) => 2 * n',
    'property.cjs': 'exports.fn = (n) => 2 * n',
    'object.cjs': 'function double(n) { return 2 * n }\nmodule.exports = { double }',
    'plain.js': 'exports.fn = (n) => 2 * n',
    'transpiled.cjs': 'Object.defineProperty(exports, "__esModule", { value: true })\nexports.default = (n) => 2 * n',
    'all.mjs': `
      import { Pool, Process, Queue, Thread, main } from 'LIBRARY_URL'
      import whole from './whole.cjs'
      import anonymous from './anonymous.cjs'
      import property from './property.cjs'
      import object from './object.cjs'
      import plain from './plain.js'
      import transpiled from './transpiled.cjs'
      main(import.meta, async () => {
        await using pool = new Pool(1)
        for (const fn of [whole, anonymous, property.fn, object.double, plain.fn, transpiled.default]) {
          const process = new Process(fn, [1])
          process.start()
          const thread = new Thread(fn, [1])
          thread.start()
          await thread.join()
          console.log(await pool.apply(fn, [21]), await process.exited)
        }
      })`,
    'program.cjs': `
      const { Pool, Process } = require('LIBRARY')
      function double(n) { return 2 * n }
      exports.early = (n) => 2 * n
      if (require.main === module) {
        const process = new Process(double, [1])
        process.start()
        const pool = new Pool(1)
        Promise.all([pool.apply(double, [1]), pool.apply(exports.early, [2]), process.exited]).then((ends) => {
          console.log(ends.join(' '))
          pool.close()
        })
      }
      module.exports.double = double`,
    'closure.cjs': `
      const { Process } = require('LIBRARY')
      const hidden = () => 1
      module.exports = { other: () => 1 }
      setImmediate(() => { try { new Process(hidden) } catch (error) { console.log(error.message) } })`,
  })

  test('are targets of processes, tasks and threads, however they are exported', async () => {
    expect(await run('all.mjs')).toEqual(Array.from({ length: 6 }, () => '42 0'))
  })

  test('are found while their own module, the program, is still being evaluated', async () => {
    expect(await run('program.cjs')).toEqual(['2 4 0'])
  })

  test('are refused with advice that fits', async () => {
    const [line] = await run('closure.cjs')
    expect(line).toMatch(/cannot be a target.*add it to `module.exports`/)
    expect(line).not.toMatch(/write `export`/)
  })
})

describe('a module is evaluated once in a process', () => {
  write({
    'esm/package.json': '{ "type": "module" }',
    'esm/counted.ts': `
      console.log('evaluated in', process.pid)
      export const double = (n: number): number => 2 * n
      const hidden = (n: number): number => n
      export { hidden as shown, double as twice }
      export const closure = () => () => 1`,
    'esm/query.ts': `
      import { Pool, Process, main } from 'LIBRARY_URL'
      main(import.meta, async () => {
        const { double, shown, closure } = await import('./counted.ts?v=1')
        await using pool = new Pool(1)
        console.log(await pool.map(double, [1, 2]), await pool.apply(shown, [3]))
        try { new Process(closure()) } catch (error) { console.log(error.name) }
      })`,
    // As tsx does: what is required is compiled anew, as CommonJS.
    'hook.cjs': `
      const { Module } = require('node:module')
      const before = Module._extensions['.ts']
      Module._extensions['.ts'] = (module, file) =>
        file.includes('counted')
          ? module._compile("console.log('evaluated in', process.pid); exports.double = () => 0", file)
          : before(module, file)`,
    'esm/hooked.ts': `
      import { Pool, Process, main } from 'LIBRARY_URL'
      import { double, shown, closure } from './counted.ts'
      main(import.meta, async () => {
        await using pool = new Pool(1)
        console.log(await pool.map(double, [1, 2]), await pool.apply(shown, [3]))
        try { new Process(closure()) } catch (error) { console.log(error.name) }
      })`,
  })

  test.each([
    ['a query in its URL', 'esm/query.ts', []],
    ['a loader that compiles again what is required', 'esm/hooked.ts', ['--require', './hook.cjs']],
  ])('with %s', async (_what, program, options) => {
    const lines = await run(program, options)
    const [evaluated, others] = [
      lines.filter((line) => line.startsWith('evaluated')),
      lines.filter((line) => !line.startsWith('evaluated')),
    ]
    expect(others).toEqual(['[ 2, 4 ] 3', 'TargetError'])
    expect(evaluated).toHaveLength(2)
    expect(new Set(evaluated).size).toBe(2)
  })
})

describe('options of Node', () => {
  test('come to children with their values, but for those that only one process can have', () => {
    const inherited = (text: string) => inheritedOptions(text.split(' ')).join(' ')
    expect(inherited('-r tsx/preflight --import file:///tsx/loader.mjs')).toBe(
      '-r tsx/preflight --import file:///tsx/loader.mjs',
    )
    expect(inherited('--require=dotenv/config -C dev --conditions=a --title X')).toBe(
      '--require=dotenv/config -C dev --conditions=a --title X',
    )
    expect(inherited('--inspect-port 9555 --no-warnings')).toBe('--no-warnings')
    expect(inherited('--inspect=9229 --inspect-brk --inspect_port=1 --expose-gc')).toBe('--expose-gc')
    expect(inherited('--cpu-prof --cpu-prof-name a.cpuprofile --cpu-prof-dir out')).toBe(
      '--cpu-prof --cpu-prof-dir out',
    )
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Node's own placeholder
    expect(inherited('--cpu-prof-name=${pid}.cpuprofile')).toBe('--cpu-prof-name=${pid}.cpuprofile')
    expect(inherited('--heapsnapshot-signal=SIGUSR2 --heapsnapshot-near-heap-limit 2')).toBe(
      '--heapsnapshot-signal=SIGUSR2 --heapsnapshot-near-heap-limit 2',
    )
    expect(inherited('--watch --watch-path src --test --test-name-pattern a --run build --enable-source-maps')).toBe(
      '--enable-source-maps',
    )
    expect(inherited('--env-file .env --no-strip-types --max-old-space-size=99')).toBe(
      '--no-strip-types --max-old-space-size=99',
    )
    expect(inherited('-e 1 -p 2 --eval=3 --input-type module --trace-event-categories v8')).toBe('')
    expect(inherited('-r ./a.cjs --import=./b.mjs --require ../c.cjs')).toBe(
      `-r ${join(process.cwd(), 'a.cjs')} --import ${pathToFileURL(join(process.cwd(), 'b.mjs')).href} --require ${join(process.cwd(), '../c.cjs')}`,
    )
  })

  test('in NODE_OPTIONS are looked at too, and it stays as it is where all are for children', () => {
    expect(inheritedNodeOptions('--require "./with space.cjs"  --no-warnings')).toBe(
      '--require "./with space.cjs"  --no-warnings',
    )
    expect(inheritedNodeOptions('--inspect=9229 --require "./with space.cjs"')).toBe('--require "./with space.cjs"')
    expect(inheritedNodeOptions(String.raw`--inspect-port 1 --title "a\"b"`)).toBe(String.raw`--title "a\"b"`)
    expect(inheritedNodeOptions('--inspect')).toBe('')
  })

  test('reach a real child: what is loaded first, and no port twice, wherever the program has gone', async () => {
    write({
      'setup.cjs': 'globalThis.setup = (globalThis.setup ?? 0) + 1',
      'setup.mjs': 'globalThis.setup = (globalThis.setup ?? 0) + 10',
      'seen.mjs': `
        import { Pool, main } from 'LIBRARY_URL'
        export const seen = () => [globalThis.setup, process.title, process.execArgv.join(' ').includes('inspect')].join(' ')
        main(import.meta, async () => {
          process.chdir('/')
          await using pool = new Pool(1)
          console.log(seen())
          console.log(await pool.apply(seen, []))
        })`,
    })
    const options = ['-r', './setup.cjs', '--import', './setup.mjs', '--title', 'mine', '--inspect-port', '0']
    expect(await run('seen.mjs', options)).toEqual(['11 mine true', '11 mine false'])
    expect(
      await run('seen.mjs', ['--require=./setup.cjs'], { NODE_OPTIONS: '--inspect=127.0.0.1:0 --title=other' }),
    ).toEqual(['1 other false', '1 other false'])
  })
})
