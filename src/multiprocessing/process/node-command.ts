/** Under which Node, and with which of its options, children run. */

/** Options of the parent that would make a child do something else than run its entry, or take a port twice. */
const NOT_INHERITED =
  /^--?(?:e|eval|p|print|c|check|i|interactive|r|require|test(?:-.*)?|watch(?:-.*)?|inspect(?:-.*)?|cpu-prof.*|heap-prof.*|input-type)(?:=|$)/

export interface NodeCommand {
  file: string
  args: string[]
  env: NodeJS.ProcessEnv
}

function inheritedOptions(options: readonly string[]): string[] {
  const inherited: string[] = []
  for (let i = 0; i < options.length; i++) {
    const option = options[i] as string
    if (NOT_INHERITED.test(option)) {
      // `-e CODE` and its like take the next word as their value.
      if (/^(?:-e|-p|-r|--eval|--print|--require)$/.test(option)) i++
      continue
    }
    inherited.push(option)
  }
  return inherited
}

/**
 * @param nodePath the Node to use, or null for FORKSCOPE_NODE or, without that, the one that runs this process
 * @param entry the child's first module
 */
export function nodeCommand(nodePath: string | null, entry: string): NodeCommand {
  const file = nodePath || process.env.FORKSCOPE_NODE || process.execPath
  const env = { ...process.env }
  const own = file === process.execPath
  // Electron's own binary is a Node if it is told so.
  if (own && process.versions.electron) env.ELECTRON_RUN_AS_NODE = '1'
  const options = process.versions.electron ? [] : inheritedOptions(process.execArgv)
  return { file, args: [...options, entry], env }
}
