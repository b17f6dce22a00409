/** One colour a process, given at its start, the same wherever it appears. The values are in `styles/tokens.css`. */

/** Main's grey, and the colours that its children take in turn. */
export const PALETTE_SIZE = 10

/** @returns the number in the palette of the process that started as number `order`; 0 is main's alone */
export function paletteIndex(order: number): number {
  return order === 0 ? 0 : ((order - 1) % (PALETTE_SIZE - 1)) + 1
}

/** @returns the class that gives an element the process's colour as `--c` */
export function colourClass(order: number | undefined): string {
  return order === undefined ? 'c0' : `c${paletteIndex(order)}`
}
