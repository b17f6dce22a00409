/** Below the lanes: tabs, of which one is shown: what the processes print, and the program's source. */
import { program, sources } from '../store/programs.ts'
import { belowTab } from '../store/selection.ts'
import { OutputControls, OutputLines } from './output-card.tsx'
import { SourceView } from './source-view.tsx'
import { type TabInfo, Tabs } from './tabs.tsx'

const LANGUAGES = { typescript: 'TypeScript', python: 'Python' } as const
const PANEL = 'below'

export function BelowCard() {
  const info = program.value
  const files = info?.sources ?? []
  const tabs: TabInfo[] = [
    { id: 'output', title: 'Output' },
    ...files.map(({ name, language }, i) => ({ id: `source-${i}`, title: LANGUAGES[language], hint: name })),
  ]
  const chosen = tabs.some(({ id }) => id === belowTab.value) ? belowTab.value : 'output'
  const file = files[tabs.findIndex(({ id }) => id === chosen) - 1]
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
        <div class="card-end">
          {file ? (
            <span class="cut" title={file.name}>
              {file.name}
            </span>
          ) : (
            <OutputControls />
          )}
        </div>
      </div>
      <div class="below-body" id={PANEL} role="tabpanel" aria-labelledby={`${PANEL}-tab-${chosen}`}>
        {file ? loaded && <SourceView key={loaded.name} file={loaded} /> : <OutputLines />}
      </div>
    </section>
  )
}
