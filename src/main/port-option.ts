/** A port as a command line names it. */
import { InvalidArgumentError } from 'commander'

/** @throws InvalidArgumentError with a sentence */
export function parsePort(text: string): number {
  const port = Number(text)
  if (!/^\d+$/.test(text) || port > 65_535) throw new InvalidArgumentError('A port is a number from 0 to 65535.')
  return port
}
