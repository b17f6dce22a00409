/** The results of a `map`: those of all its parts in one. */
import { AsyncResult, type Outcome, type ResultOwner } from './async-result.ts'

/**
 * One result for all parts: theirs in one list, or the first error that comes.
 * @param settled is called once, when it is there
 */
export function gather<R>(
  parts: readonly AsyncResult<R[]>[],
  owner: Omit<ResultOwner, 'observed'>,
  settled: (outcome: Outcome<R[]>) => void,
): AsyncResult<R[]> {
  const whole = new AsyncResult<R[]>({
    ...owner,
    observed: () => {
      for (const part of parts) part.observe()
    },
  })
  let left = parts.length
  const results = new Array<R[]>(parts.length)
  const settle = (outcome: Outcome<R[]>) => {
    if (whole.ready()) return
    whole.settle(outcome)
    settled(outcome)
  }
  const onPart = (outcome: Outcome<R[]>, index: number) => {
    if (!outcome.ok) {
      settle(outcome)
      return
    }
    results[index] = outcome.value
    if (--left === 0) settle({ ok: true, value: results.flat() as R[] })
  }
  parts.forEach((part, index) => {
    part.onSettled((outcome) => onPart(outcome, index))
  })
  if (left === 0) settle({ ok: true, value: [] })
  return whole
}
