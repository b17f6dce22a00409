/** The selected thing in detail, and the program's source, in one place. */
import type { ComponentChildren } from 'preact'
import { program, sources } from '../store/programs.ts'
import { inspectorTab, selection } from '../store/selection.ts'
import { ProcessDetail } from './process-detail.tsx'
import { QueueDetail } from './queue-detail.tsx'
import { SourceView } from './source-view.tsx'
import { TaskDetail } from './task-detail.tsx'
import { testIds } from './test-ids.ts'

const LANGUAGES = { typescript: 'TypeScript', python: 'Python' } as const

function Details() {
  const chosen = selection.value
  if (!chosen) {
    return (
      <p class="card-body soft" data-testid={testIds.detail}>
        Select a process, a queue or a task: all about it appears here.
      </p>
    )
  }
  if (chosen.kind === 'process') return <ProcessDetail key={chosen.id} id={chosen.id} />
  if (chosen.kind === 'queue') return <QueueDetail key={chosen.id} id={chosen.id} />
  return <TaskDetail key={chosen.id} id={chosen.id} />
}

interface TabProps {
  tab: 'details' | number
  tabs: readonly ('details' | number)[]
  children: ComponentChildren
}

function Tab({ tab, tabs, children }: TabProps) {
  const selected = inspectorTab.value === tab
  const onKeyDown = (event: KeyboardEvent & { currentTarget: HTMLElement }) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key]
    if (step === undefined) return
    const next = (tabs.indexOf(tab) + step + tabs.length) % tabs.length
    inspectorTab.value = tabs[next] ?? 0
    event.currentTarget.parentElement?.querySelectorAll<HTMLElement>('[role=tab]')[next]?.focus()
  }
  return (
    <button
      type="button"
      role="tab"
      id={`tab-${tab}`}
      aria-selected={selected}
      aria-controls="inspector"
      tabIndex={selected ? 0 : -1}
      onClick={() => (inspectorTab.value = tab)}
      onKeyDown={onKeyDown}
    >
      {children}
    </button>
  )
}

export function InspectorCard() {
  const files = program.value?.sources ?? []
  const tab = inspectorTab.value
  const file = tab === 'details' ? undefined : files[tab]
  const loaded =
    program.value && file ? sources.value[program.value.id]?.find(({ name }) => name === file.name) : undefined
  const tabs = ['details' as const, ...files.keys()]
  return (
    <section class="card inspector" aria-label="Details and source">
      <div class="card-head">
        <div class="tabs" role="tablist" aria-label="Details and source">
          <Tab tab="details" tabs={tabs}>
            Details
          </Tab>
          {files.map(({ name, language }, i) => (
            <Tab key={name} tab={i} tabs={tabs}>
              {LANGUAGES[language]}
            </Tab>
          ))}
        </div>
        {file && (
          <div class="card-end" title={file.name}>
            <span class="cut">{file.name}</span>
          </div>
        )}
      </div>
      <div class="inspector-body" id="inspector" role="tabpanel" aria-labelledby={`tab-${tab}`}>
        {tab === 'details' ? <Details /> : loaded && <SourceView key={loaded.name} file={loaded} />}
      </div>
    </section>
  )
}
