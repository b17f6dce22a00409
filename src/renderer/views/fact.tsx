/** A figure with its name. */
import type { ComponentChildren } from 'preact'

export function Fact({
  name,
  children,
  title,
}: {
  name: string
  children: ComponentChildren
  title?: string | undefined
}) {
  return (
    <div title={title}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}
