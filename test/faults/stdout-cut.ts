/** A child writes three thousand lines and ends, in one of the ways in which a child ends by itself: `HOW` says which. */
import { main, Process } from 'forkscope'

function print(stream: NodeJS.WriteStream): void {
  for (let i = 0; i < 3_000; i++) stream.write(`${i} ${'x'.repeat(100)}\n`)
}

export function returns(): void {
  print(process.stdout)
}

export function throws(): void {
  print(process.stderr)
  throw new Error('the end')
}

/** Drained first: nothing else is waited for by `process.exit`, in any program of Node. */
export function exits(): void {
  print(process.stdout)
  process.stdout.write('', () => process.exit(0))
}

const targets = { returns, throws, exits }

main(import.meta, () => {
  new Process(targets[process.env.HOW as keyof typeof targets]).start()
})
