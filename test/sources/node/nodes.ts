/** The Nodes that this machine has, for programs under the agent. */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'

export interface Node {
  version: string
  command: string
}

/** Those of nvm, where it is, and files that FORKSCOPE_NODES names by their paths. */
function findNodes(named: readonly string[]): Node[] {
  const versions = join(homedir(), '.nvm/versions/node')
  const own = existsSync(versions) ? readdirSync(versions).map((name) => join(versions, name, 'bin/node')) : []
  const commands = [...named.filter((one) => one.includes('/')), ...own]
  return commands.map((command) => ({ version: versionOf(command), command }))
}

function versionOf(command: string): string {
  return String(spawnSync(command, ['-p', 'parseInt(process.versions.node)']).stdout).trim()
}

/** Those that `FORKSCOPE_NODES` names, such as `18` or the path of one, between them `:`; the one that runs the tests if it names none. */
export function chosenNodes(): Node[] {
  const named = (process.env.FORKSCOPE_NODES ?? '').split(delimiter).filter((one) => one !== '')
  if (named.length === 0) return [{ version: versionOf(process.execPath), command: process.execPath }]
  return findNodes(named).filter(
    ({ version, command }) => version !== '' && (named.includes(version) || named.includes(command)),
  )
}
