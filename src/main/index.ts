/** Electron's main process: puts sessions, API and window together. */
// All of it: loaded only with the first program that is started, it would hold the window for a tenth of a second then.
import '../multiprocessing/index.ts'
import { outlivePrograms } from '../sources/library/stray-errors.ts'
import { createApi } from './api.ts'
import { appVersion } from './app-info.ts'
import { runElectronHost } from './hosts/electron.ts'
import { programs } from './programs/programs.ts'
import { Sessions } from './session/sessions.ts'

const sessions = new Sessions({ programs })
outlivePrograms()
const { node, electron = '', chrome = '' } = process.versions
const api = createApi(sessions, { version: appVersion(), host: 'electron', versions: { electron, chrome, node } })
runElectronHost({ api, stopAll: () => sessions.stopAll() })
