/** A line in the colours that its program gave it, as runs of text with the classes that the page has for them. */
import Anser, { type AnserJsonEntry } from 'anser'

export interface Run {
  text: string
  /** '' where it is like any other text. */
  class: string
}

const NAMES = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'] as const
type Name = (typeof NAMES)[number]
type Decoration = AnserJsonEntry['decorations'][number]
const SHOWN: readonly Decoration[] = ['bold', 'dim', 'italic', 'underline', 'strikethrough', 'reverse', 'hidden']

/** @param styled with colours as ECMA-48 writes them */
export function styledRuns(styled: string): Run[] {
  const entries = Anser.ansiToJson(styled, { json: true, remove_empty: true, use_classes: true })
  return entries.map(({ content, fg, bg, fg_truecolor, bg_truecolor, decorations }) => {
    const classes = SHOWN.filter((decoration) => decorations.includes(decoration)).map((name) => `ansi-${name}`)
    const [ink, ground] = [nameOf(fg, fg_truecolor), nameOf(bg, bg_truecolor)]
    if (ink) classes.push(`ansi-${ink}`)
    if (ground) classes.push(`ansi-on-${ground}`)
    return { text: content, class: classes.join(' ') }
  })
}

/** The page has eight colours, which can be read in both themes: any other is shown as the nearest of them. */
function nameOf(given: string | null, trueColour: string | null): Name | null {
  if (!given) return null
  if (given === 'ansi-truecolor') return nearest((trueColour ?? '').split(',').map(Number))
  const palette = /^ansi-palette-(\d+)$/.exec(given)?.[1]
  if (palette !== undefined) return nearest(paletteColour(Number(palette)))
  return NAMES.find((name) => given === `ansi-${name}` || given === `ansi-bright-${name}`) ?? null
}

/** The 256 colours of xterm: a cube of 6 × 6 × 6 from 16 on, and greys from 232 on. */
function paletteColour(index: number): number[] {
  if (index < 16) return [0, 1, 2].map((bit) => ((index % 8) & (1 << bit) ? 255 : 0))
  if (index >= 232) return Array(3).fill((index - 232) * 10 + 8)
  const cube = index - 16
  return [Math.floor(cube / 36), Math.floor(cube / 6) % 6, cube % 6].map((level) => (level === 0 ? 0 : level * 40 + 55))
}

function nearest([red = 0, green = 0, blue = 0]: readonly number[]): Name {
  const most = Math.max(red, green, blue)
  const least = Math.min(red, green, blue)
  if (most - least < 40) return most < 128 ? 'black' : 'white'
  const middle = (most + least) / 2
  const bits = Number(red > middle) + 2 * Number(green > middle) + 4 * Number(blue > middle)
  return NAMES[bits] as Name
}
