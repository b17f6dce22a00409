/** Where the panels are, and how they are resized. */
import { useSignalEffect } from '@preact/signals'
import { useRef } from 'preact/hooks'
import { prefer, preferences } from '../store/preferences.ts'
import { selection } from '../store/selection.ts'
import { BelowCard } from './below-card.tsx'
import { DetailCard } from './detail-card.tsx'
import { Gutter } from './gutter.tsx'
import { ProblemsCard } from './problems-card.tsx'
import { ProcessesCard } from './processes-card.tsx'
import { SideCards } from './side-cards.tsx'

export function Columns() {
  const columns = useRef<HTMLDivElement>(null)
  const processes = useRef<HTMLDivElement>(null)
  const side = useRef<HTMLDivElement>(null)
  const details = useRef<HTMLElement>(null)
  const problems = useRef<HTMLDivElement>(null)
  // Set on the element, not through the tree: a drag then renders nothing.
  useSignalEffect(() => {
    const { sideWidth, processesHeight, detailsHeight, problemsHeight } = preferences.value
    const set = (name: string, pixels: number) => {
      if (pixels > 0) columns.current?.style.setProperty(name, `${pixels}px`)
      else columns.current?.style.removeProperty(name)
    }
    set('--side-width', sideWidth)
    set('--processes-height', processesHeight)
    set('--details-height', detailsHeight)
    set('--problems-height', problemsHeight)
  })
  useSignalEffect(() => {
    columns.current?.classList.toggle('with-details', selection.value !== null)
  })
  return (
    <div class="columns" ref={columns}>
      <div class="slot-processes" ref={processes}>
        <ProcessesCard />
      </div>
      <Gutter
        kind="row"
        label="Height of the processes"
        panel={processes}
        room={columns}
        before
        least={120}
        leaves={180}
        onSize={(processesHeight) => prefer({ processesHeight })}
        onReset={() => prefer({ processesHeight: 0 })}
      />
      <BelowCard />
      <DetailCard card={details} />
      <Gutter
        kind="column"
        label="Width of the right column"
        panel={side}
        room={columns}
        before={false}
        least={260}
        leaves={300}
        onSize={(sideWidth) => prefer({ sideWidth })}
        onReset={() => prefer({ sideWidth: 0 })}
      />
      <div class="side" ref={side}>
        <SideCards />
        <Gutter
          kind="row"
          class="gutter-problems"
          label="Height of the problems"
          panel={problems}
          room={side}
          before={false}
          least={84}
          leaves={70}
          onSize={(problemsHeight) => prefer({ problemsHeight })}
          onReset={() => prefer({ problemsHeight: 0 })}
        />
        <div class="slot-problems" ref={problems}>
          <ProblemsCard />
        </div>
      </div>
      <Gutter
        kind="row"
        class="gutter-details"
        label="Height of the details"
        panel={details}
        room={columns}
        before={false}
        least={120}
        leaves={320}
        onSize={(detailsHeight) => prefer({ detailsHeight })}
        onReset={() => prefer({ detailsHeight: 0 })}
      />
    </div>
  )
}
