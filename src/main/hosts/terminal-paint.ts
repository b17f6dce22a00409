/** Colours for the terminal, where it has them and the user wants them. */
import { styleText } from 'node:util'

export type Format = Parameters<typeof styleText>[0]
export type Paint = (format: Format, text: string) => string

/** Of processes, in the order in which they come. */
const COLOURS = ['cyan', 'yellow', 'green', 'magenta', 'blue'] as const satisfies Format[]

/** Whether a stream is a terminal that shows colours; `NO_COLOR`, `FORCE_COLOR` and `TERM=dumb` count. */
export function hasColours(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY === true && stream.hasColors()
}

/** @returns what paints a text, or leaves it as it is */
export function painter(colours: boolean): Paint {
  return (format, text) => (colours ? styleText(format, text, { validateStream: false }) : text)
}

export function colourOf(order: number): Format {
  return COLOURS[order % COLOURS.length] as Format
}
