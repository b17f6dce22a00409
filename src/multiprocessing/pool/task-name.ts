/** Tasks in words, as they are shown and told of. */
import { Queue } from '../queue/queue.ts'

const MAX_ARGUMENT_CHARACTERS = 24

/** Even what can be sent may not want to be looked at: that must not refuse it. */
function describeArgument(value: unknown): string {
  try {
    return shortly(value)
  } catch {
    return '{…}'
  }
}

function shortly(value: unknown): string {
  if (value instanceof Queue) return value.name
  if (Array.isArray(value)) return value.length === 0 ? '[]' : '[…]'
  if (typeof value === 'string') {
    const text = JSON.stringify(value)
    return text.length > MAX_ARGUMENT_CHARACTERS ? `${text.slice(0, MAX_ARGUMENT_CHARACTERS - 2)}…"` : text
  }
  if (typeof value === 'object' && value !== null) {
    const name = (Object.getPrototypeOf(value) as { constructor?: { name?: string } } | null)?.constructor?.name
    return !name || name === 'Object' ? '{…}' : name
  }
  return typeof value === 'bigint' ? `${value}n` : String(value)
}

/** @returns the call as it would be written, arguments shortened: `spider(pages, 3)` */
function describeCall(name: string, args: readonly unknown[]): string {
  const shown = args.slice(0, 4).map(describeArgument)
  return `${name}(${shown.join(', ')}${args.length > 4 ? ', …' : ''})`
}

/**
 * @param list one call's arguments, or for several calls the item or the list of arguments of each
 * @returns a task in words; a chunk of calls as `square × 8`
 */
export function describeTask(name: string, calls: 'one' | 'items' | 'lists', list: readonly unknown[]): string {
  if (calls === 'one') return describeCall(name, list)
  if (list.length !== 1) return `${name} × ${list.length}`
  return describeCall(name, calls === 'items' ? list : (list[0] as unknown[]))
}
