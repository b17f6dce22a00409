/** A figure with its name. */
import type { ComponentChildren } from 'preact'

export function Fact({
  name,
  children,
  title,
  wide = false,
}: {
  name: string
  children: ComponentChildren
  title?: string | undefined
  /** Whether it is longer than most: it has the room of two. */
  wide?: boolean
}) {
  return (
    <div class={wide ? 'wide-fact' : undefined} title={title}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}
