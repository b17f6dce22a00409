/** What `npm start` runs: opens the app in Electron where that can be had, else in a browser. */
import { Command, CommanderError } from 'commander'
import { PortError } from './hosts/browser-server.ts'
import { openWindow } from './open-window.ts'
import { parsePort } from './port-option.ts'

const EXIT_BAD_USAGE = 2

interface Options {
  browser?: boolean
  port?: number
  open: boolean
}

async function main(): Promise<void> {
  const command = new Command('npm start --')
    .description('Open Forkscope.')
    .option('--browser', 'in a browser instead of Electron')
    .option('--port <number>', 'the port for the browser; a free one if left out', parsePort)
    .option('--no-open', 'only print the address')
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
  command.parse(process.argv)
  const options = command.opts<Options>()
  const { browser = false, port = 0, open } = options
  await openWindow({ browser, port, open, asked: null })
}

main().catch((error: unknown) => {
  if (error instanceof CommanderError && error.exitCode === 0) return
  const usage = error instanceof CommanderError || error instanceof PortError
  process.stderr.write(`${(error as Error).message.replace(/^error: /, '')}\n`)
  process.exit(usage ? EXIT_BAD_USAGE : 1)
})
