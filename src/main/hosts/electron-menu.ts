/** The menu that people expect of an app on their system. */
import { app, Menu, type MenuItemConstructorOptions } from 'electron'

export function installMenu(): void {
  const onMac = process.platform === 'darwin'
  const appMenu: MenuItemConstructorOptions[] = onMac ? [{ role: 'appMenu' }] : []
  const about: MenuItemConstructorOptions = { label: `About ${app.name}`, click: () => app.showAboutPanel() }
  Menu.setApplicationMenu(
    Menu.buildFromTemplate([
      ...appMenu,
      { role: 'fileMenu' },
      { role: 'editMenu' },
      {
        label: 'View',
        submenu: [
          { role: 'reload' },
          { role: 'toggleDevTools' },
          { type: 'separator' },
          { role: 'resetZoom' },
          { role: 'zoomIn' },
          { role: 'zoomOut' },
          { type: 'separator' },
          { role: 'togglefullscreen' },
        ],
      },
      { role: 'windowMenu' },
      { role: 'help', submenu: [about] },
    ]),
  )
}
