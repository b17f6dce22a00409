/** Where a name is cut that has not room: its end is what tells it from the others, `ForkPoolWorker-2`, `Queue (app.py:36)`. */

/** So many characters of an end are kept at most, and so many are to be left before it. */
const MOST_TAIL = 7
const LEAST_HEAD = 3

/**
 * @returns what of a name may be cut, and what may not: a number at its end, with the signs around it; together they are the name.
 * A number in brackets of its own, such as a PID, only adds to what is told already.
 */
export function nameParts(name: string): [head: string, tail: string] {
  const tail = /[^\p{L}\d]?\d+[^\p{L}\d]?$/u.exec(name)?.[0] ?? ''
  if (tail.startsWith('(') || tail.length > MOST_TAIL || name.length - tail.length < LEAST_HEAD) return [name, '']
  return [name.slice(0, name.length - tail.length), tail]
}
