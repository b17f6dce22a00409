/** Why a value cannot be sent, and which part of it is at fault. Found when it was refused already, so it may take its time. */
import { errorInfo, UnsendableError } from '../errors.ts'
import { NotSendable, pack } from './specials.ts'

/** A longer place helps nobody. */
const LONGEST_PATH = 100

/**
 * @param what how the value is called, such as `item`
 * @param thrown by whoever found that it cannot be sent: here, by V8, or by the value itself
 * @returns the error for a value that was refused
 */
export function refusal(value: unknown, what: string, thrown: unknown): UnsendableError {
  const found = thrown instanceof NotSendable ? thrown : whatV8Refuses(value)
  if (found) {
    const path = `${what}${found.path}`
    const place = path.length > LONGEST_PATH ? `${path.slice(0, LONGEST_PATH)}…` : path
    return refused(`${place}${found.message}`, found.cause)
  }
  return refused(`${what}: ${errorInfo(thrown).message.slice(0, LONGEST_PATH)}`, thrown)
}

function whatV8Refuses(value: unknown): NotSendable | undefined {
  try {
    pack(value, true)
  } catch (error) {
    return error as NotSendable
  }
  return undefined
}

function refused(reason: string, cause: unknown): UnsendableError {
  return new UnsendableError(`This cannot be sent to another process: ${reason}.`, { cause })
}
