/** Electron's main process. */
import { runElectronHost } from './hosts/electron.ts'

runElectronHost()
