/** A panel with a title. */
import type { ComponentChildren } from 'preact'

export interface CardProps {
  title: ComponentChildren
  /** What the panel is, for those who do not see it. */
  label: string
  class?: string
  testId?: string
  /** Beside the title. */
  aside?: ComponentChildren
  /** At the far end of the title's line. */
  end?: ComponentChildren
  children: ComponentChildren
  data?: Record<`data-${string}`, string>
}

export function Card({ title, label, class: name = '', testId, aside, end, children, data }: CardProps) {
  return (
    <section class={`card ${name}`} aria-label={label} data-testid={testId} {...data}>
      <div class="card-head">
        <h3>{title}</h3>
        <span class="card-aside">{aside}</span>
        {end !== undefined && <div class="card-end">{end}</div>}
      </div>
      {children}
    </section>
  )
}
