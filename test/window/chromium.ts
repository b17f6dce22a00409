/** A Chromium for the tests, without asking the reader for one. */
import { Launcher } from 'chrome-launcher'
import { sandboxArguments } from '../../src/main/hosts/display.ts'

export interface Chromium {
  executablePath: string
  args: string[]
  /** Scrollbars take their room, as on most people's screens. */
  ignoreDefaultArgs: string[]
}

const ignoreDefaultArgs = ['--hide-scrollbars']

/** @returns an installed browser of the Chromium family, else the one that comes as a package from the registry */
export async function findChromium(): Promise<Chromium> {
  let installed: string | undefined
  try {
    installed = Launcher.getInstallations()[0]
  } catch {
    // chrome-launcher throws where it finds none.
  }
  if (installed) return { executablePath: installed, args: sandboxArguments(), ignoreDefaultArgs }
  const { default: packaged } = await import('@sparticuz/chromium')
  return {
    executablePath: await packaged.executablePath(),
    args: [...packaged.args, ...sandboxArguments()],
    ignoreDefaultArgs,
  }
}
