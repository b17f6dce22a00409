/** Where the page begins. */
import { render } from 'preact'
import { begin } from './store/commands.ts'
import { App } from './views/app.tsx'

begin()
render(<App />, document.getElementById('app') as HTMLElement)
