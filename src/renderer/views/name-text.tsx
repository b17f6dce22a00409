/** A name, or a call, cut before its end where it has no room: the number there is what tells it from the others. */
import { nameParts } from '../series/name-parts.ts'

export interface NameTextProps {
  name: string
  title?: string
  /** Whether those who listen hear it. */
  isSpoken?: boolean
}

export function NameText({ name, title = name, isSpoken = true }: NameTextProps) {
  const [head, tail] = nameParts(name)
  return (
    <span class="name" title={title} aria-hidden={isSpoken ? undefined : true}>
      <span class="cut">{head}</span>
      {tail !== '' && <span class="tail">{tail}</span>}
    </span>
  )
}
