/** The whole page. */
import { useSignalEffect } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { start, stop, underWay } from '../store/commands.ts'
import { connectionState } from '../store/connection.ts'
import { prefer, preferences } from '../store/preferences.ts'
import { appInfo, isRunning, program, status } from '../store/programs.ts'
import { clearSelection } from '../store/selection.ts'
import { Gutter } from './gutter.tsx'
import { Header, Refusal } from './header.tsx'
import { InspectorCard } from './inspector-card.tsx'
import { OutputCard } from './output-card.tsx'
import { ParameterBar } from './parameter-bar.tsx'
import { PoolCards } from './pool-card.tsx'
import { ProblemsCard } from './problems-card.tsx'
import { ProcessesCard } from './processes-card.tsx'
import { QueueCards } from './queue-card.tsx'
import { Sidebar } from './sidebar.tsx'
import { testIds } from './test-ids.ts'
import { Tooltip } from './tooltip.tsx'

const LEAST = { side: 300, lanes: 520, processes: 120, output: 120 }

function Columns() {
  const columns = useRef<HTMLDivElement>(null)
  const left = useRef<HTMLDivElement>(null)
  const right = useRef<HTMLDivElement>(null)
  // Set on the elements, not through the tree: a drag then renders nothing.
  useSignalEffect(() => {
    const { sideWidth, processesHeight } = preferences.value
    const set = (element: HTMLElement | null, name: string, pixels: number) => {
      if (pixels > 0) element?.style.setProperty(name, `${pixels}px`)
      else element?.style.removeProperty(name)
    }
    set(columns.current, '--side-width', sideWidth)
    set(left.current, '--processes-height', processesHeight)
    left.current?.classList.toggle('sized', processesHeight > 0)
  })
  return (
    <div class="columns" ref={columns}>
      <div class="column left" ref={left}>
        <ProcessesCard />
        <Gutter
          kind="row"
          label="Height of the processes"
          size={() => left.current?.firstElementChild?.clientHeight ?? 0}
          before
          least={LEAST.processes}
          most={() => (left.current?.clientHeight ?? 0) - LEAST.output}
          onSize={(processesHeight) => prefer({ processesHeight })}
          onReset={() => prefer({ processesHeight: 0 })}
        />
        <OutputCard />
      </div>
      <Gutter
        kind="column"
        label="Width of the right column"
        size={() => right.current?.clientWidth ?? 0}
        before={false}
        least={LEAST.side}
        most={() => (columns.current?.clientWidth ?? 0) - LEAST.lanes}
        onSize={(sideWidth) => prefer({ sideWidth })}
        onReset={() => prefer({ sideWidth: 0 })}
      />
      <div class="column right" ref={right}>
        <QueueCards />
        <PoolCards />
        <ProblemsCard />
        <InspectorCard />
      </div>
    </div>
  )
}

function ConnectionLost() {
  if (connectionState.value !== 'lost') return null
  return (
    <div class="strip warn" role="status" data-testid={testIds.connectionLost}>
      The connection to Forkscope is lost. Trying again…
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
          <Refusal />
          <ConnectionLost />
        </div>
        <Columns />
      </main>
      <Tooltip />
    </>
  )
}
