/** Where py-spy is, which reads the stacks of a Python from outside. */
import { accessSync, constants } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, dirname, isAbsolute, join } from 'node:path'
import { readStart } from '../process-tree/read-text.ts'

/**
 * @returns its path, or null if it is not installed. It is looked for in PATH, where pip installs for one user, and beside the program's own Python; there
 * only if the program is the user's own, for what another has put there is not to be run.
 */
export function findPySpy({ pid, uid }: { pid: number; uid: number | null }): string | null {
  const folders = [...(process.env.PATH ?? '').split(delimiter), join(homedir(), '.local', 'bin')]
  if (uid === process.getuid?.()) {
    const [first = ''] = (readStart(`/proc/${pid}/cmdline`) ?? '').split('\0')
    folders.push(dirname(first))
  }
  const found = folders.map((folder) => join(folder, 'py-spy')).find((file) => isAbsolute(file) && isExecutable(file))
  return found ?? null
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
