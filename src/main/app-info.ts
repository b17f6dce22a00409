/** Where the app is installed and which version it is. */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** @returns the folder of the package: the nearest one above this file whose package.json is Forkscope's */
export function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url))
  for (;;) {
    const manifest = join(folder, 'package.json')
    if (existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).name === 'forkscope') return folder
    const parent = dirname(folder)
    if (parent === folder) throw new Error('Forkscope cannot find its own package.json.')
    folder = parent
  }
}

export function appVersion(): string {
  return String(JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')).version)
}
