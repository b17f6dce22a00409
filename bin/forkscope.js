#!/usr/bin/env node
/** The command `forkscope`. Where Node is too old for it, the Node that comes with the dependencies runs it. */
import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { isTooOld, SENTENCE } from './node-version.js'

function newerNode() {
  try {
    return createRequire(import.meta.url).resolve('node/bin/node')
  } catch {
    return undefined
  }
}

if (!isTooOld) await import('../dist/main/cli.js')
else {
  const newer = newerNode()
  if (newer && newer !== process.execPath) {
    const args = [fileURLToPath(import.meta.url), ...process.argv.slice(2)]
    const { status, signal } = spawnSync(newer, args, { stdio: 'inherit' })
    if (signal) process.kill(process.pid, signal)
    process.exitCode = status ?? 1
  } else {
    process.stderr.write(SENTENCE)
    process.exitCode = 1
  }
}
