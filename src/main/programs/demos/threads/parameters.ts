/** What the threads demo can be told. */
import type { Parameters } from '../../../../shared/parameters.ts'

export const threadsParameters = {
  workers: {
    type: 'integer',
    label: 'Workers',
    help: 'How many threads, and then how many processes, do the work.',
    default: 2,
    min: 1,
    max: 8,
    control: 'field',
  },
  rounds: {
    type: 'integer',
    label: 'Rounds',
    help: 'How often each of them looks for primes; more rounds take longer.',
    default: 20,
    min: 1,
    max: 200,
    control: 'field',
  },
} as const satisfies Parameters
