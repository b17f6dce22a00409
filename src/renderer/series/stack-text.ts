/** A stack as it is told, in its parts: a block for each thread, its name and what it does first, its calls after it, the innermost first. */
export interface StackThread {
  name: string
  /** Such as `waits`, or `runs, and has the GIL`. */
  state: string
  calls: StackCall[]
}

export interface StackCall {
  name: string
  /** File and line; empty if it is not told. */
  place: string
}

export function stackThreads(text: string): StackThread[] {
  return text
    .split(/\n{2,}/)
    .map((block) => block.split('\n'))
    .filter(([head]) => head)
    .map(([head = '', ...lines]) => {
      // A thread's name is the program's, and may have colons.
      const end = head.lastIndexOf(': ')
      const [name, state] = end < 0 ? [head, ''] : [head.slice(0, end), head.slice(end + 2)]
      return { name, state, calls: lines.filter((line) => line.trim()).map(callOf) }
    })
}

function callOf(line: string): StackCall {
  const [, name, place] = /^(.*?) \((.*)\)$/.exec(line.trim()) ?? []
  // A function of Node's that has no name is in parentheses itself.
  return name === undefined ? { name: line.trim(), place: '' } : { name, place: place ?? '' }
}
