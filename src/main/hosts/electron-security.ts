/** What no page in this app may do, whatever it loads: Electron's security checklist, in one place. */
import { app, session } from 'electron'

/** Applies to every page that is ever made. Must be called before Electron is ready. */
export function hardenContents(): void {
  app.on('web-contents-created', (_event, contents) => {
    contents.on('will-navigate', (event) => event.preventDefault())
    contents.on('will-redirect', (event) => event.preventDefault())
    contents.on('will-attach-webview', (event) => event.preventDefault())
    contents.setWindowOpenHandler(() => ({ action: 'deny' }))
  })
  void app.whenReady().then(() => {
    session.defaultSession.setPermissionRequestHandler((_contents, _permission, decide) => decide(false))
    session.defaultSession.setPermissionCheckHandler(() => false)
  })
}
