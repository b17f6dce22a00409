#!/usr/bin/env node
/** The command `forkscope`. Where Node is too old for it, the Node that comes with the dependencies runs it. */
import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'

const OLDEST_MAJOR = 22

if (Number.parseInt(process.versions.node, 10) >= OLDEST_MAJOR) {
  await import('../dist/main/cli.js')
} else {
  try {
    const newer = createRequire(import.meta.url).resolve('node/bin/node')
    const { status, signal } = spawnSync(newer, [import.meta.filename ?? process.argv[1], ...process.argv.slice(2)], {
      stdio: 'inherit',
    })
    if (signal) process.kill(process.pid, signal)
    process.exitCode = status ?? 1
  } catch {
    process.stderr.write(`forkscope: Node ${OLDEST_MAJOR} or newer is needed; this is ${process.versions.node}.\n`)
    process.exitCode = 1
  }
}
