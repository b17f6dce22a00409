/** Below the lanes: tabs, of which one is shown: what the processes print, what they share besides queues, and the program's source. */
import { program, sources } from '../store/programs.ts'
import { belowTab } from '../store/selection.ts'
import { read } from '../store/session.ts'
import { ObjectTable } from './object-table.tsx'
import { OutputControls, OutputLines } from './output-card.tsx'
import { SourceView } from './source-view.tsx'
import { type TabInfo, Tabs } from './tabs.tsx'

const LANGUAGES = { typescript: 'TypeScript', python: 'Python' } as const
const PANEL = 'below'

export function BelowCard() {
  const info = program.value
  const files = info?.sources ?? []
  const table = read('objects')
  const objects = (table?.rows.size ?? 0) + (table?.forgotten ?? 0)
  const tabs: TabInfo[] = [
    { id: 'output', title: 'Output' },
    ...(objects > 0 ? [{ id: 'objects', title: `Locks and pipes ${objects}` }] : []),
    ...files.map(({ name, language }, i) => ({ id: `source-${i}`, title: LANGUAGES[language], hint: name })),
  ]
  const chosen = tabs.some(({ id }) => id === belowTab.value) ? belowTab.value : 'output'
  const file = chosen.startsWith('source-') ? files[Number(chosen.slice('source-'.length))] : undefined
  const loaded = info && file ? sources.value[info.id]?.find(({ name }) => name === file.name) : undefined
  return (
    <section class="card below" aria-label="Output and source">
      <div class="card-head">
        <Tabs
          label="Output and source"
          tabs={tabs}
          chosen={chosen}
          onChoose={(id) => (belowTab.value = id)}
          panel={PANEL}
        />
        <span class="card-aside" />
        <div class="card-end">
          {file ? (
            <span class="cut" title={file.name}>
              {file.name}
            </span>
          ) : (
            chosen === 'output' && <OutputControls />
          )}
        </div>
      </div>
      <div class="below-body" id={PANEL} role="tabpanel" aria-labelledby={`${PANEL}-tab-${chosen}`}>
        {chosen === 'output' && <OutputLines />}
        {chosen === 'objects' && <ObjectTable />}
        {loaded && <SourceView key={loaded.name} file={loaded} />}
      </div>
    </section>
  )
}
