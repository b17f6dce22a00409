/** The whole page. */
import { useSignalEffect } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { start, stop, underWay } from '../store/commands.ts'
import { connectionState } from '../store/connection.ts'
import { heldWords } from '../store/held.ts'
import { appInfo, isRunning, program, status } from '../store/programs.ts'
import { clearSelection } from '../store/selection.ts'
import { Columns } from './columns.tsx'
import { Header, Refusal } from './header.tsx'
import { ParameterBar } from './parameter-bar.tsx'
import { ProcessPicker } from './process-picker.tsx'
import { Sidebar } from './sidebar.tsx'
import { testIds } from './test-ids.ts'
import { Tooltip } from './tooltip.tsx'

function ConnectionLost() {
  if (connectionState.value !== 'lost') return null
  return (
    <div class="strip warn" role="status" data-testid={testIds.connectionLost}>
      The connection to Forkscope is lost. Trying again…
    </div>
  )
}

function HeldUp() {
  const words = heldWords.value
  if (words === null) return null
  return (
    <div class="strip warn" role="status" data-testid={testIds.mainBusy}>
      {words}
    </div>
  )
}

function Refused() {
  return (
    <main class="alone" data-testid={testIds.connectionRefused}>
      <h1>This address does not open Forkscope</h1>
      <p>
        Open the address that Forkscope printed when it started, whole, with what follows the #. It looks like{' '}
        <code>{location.origin}/#token=…</code>, and it changes with each start.
      </p>
    </main>
  )
}

const PHASES = { running: 'running', starting: 'starting', stopping: 'stopping', failed: 'failed' } as const

function usePageTitle() {
  useSignalEffect(() => {
    const phase = status.value?.phase ?? 'idle'
    const title = program.value?.title
    const words = phase in PHASES ? `, ${PHASES[phase as keyof typeof PHASES]}` : ''
    document.title = title ? `${title}${words} – Forkscope` : 'Forkscope'
  })
}

function useKeys() {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
        event.preventDefault()
        const id = program.value?.id
        if (!id || underWay.value.has(id)) return
        if (isRunning.value) stop()
        else start()
      } else if (event.key === 'Escape' && !event.defaultPrevented) clearSelection()
    }
    addEventListener('keydown', onKeyDown)
    return () => removeEventListener('keydown', onKeyDown)
  }, [])
}

export function App() {
  usePageTitle()
  useKeys()
  if (connectionState.value === 'refused') return <Refused />
  if (!appInfo.value) {
    return connectionState.value === 'lost' ? (
      <main class="alone">
        <ConnectionLost />
      </main>
    ) : null
  }
  return (
    <>
      <Sidebar />
      <main class="main">
        <div class="top">
          <Header />
          <ParameterBar />
        </div>
        <Columns />
      </main>
      {/* Over the page rather than in it: what comes and goes must not move what one is about to press. */}
      <div class="notices">
        <Refusal />
        <ConnectionLost />
        <HeldUp />
      </div>
      <ProcessPicker />
      <Tooltip />
    </>
  )
}
