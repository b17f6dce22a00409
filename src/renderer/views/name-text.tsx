/** A name, cut before its end where it has no room: the number there is what tells it from the others. */
import { nameParts } from '../series/name-parts.ts'

export function NameText({ name, title = name }: { name: string; title?: string }) {
  const [head, tail] = nameParts(name)
  return (
    <span class="name" title={title}>
      <span class="cut">{head}</span>
      {tail !== '' && <span class="tail">{tail}</span>}
    </span>
  )
}
