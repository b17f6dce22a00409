/** Textures that are told apart without their colours. */

/** In CSS pixels of a tile that is repeated. */
type Draw = (tile: CanvasRenderingContext2D, size: number) => void

function lines(tile: CanvasRenderingContext2D, size: number, rising: boolean): void {
  for (const offset of [-size, 0, size]) {
    tile.beginPath()
    tile.moveTo(offset - 1, rising ? size + 1 : -1)
    tile.lineTo(offset + size + 1, rising ? -1 : size + 1)
    tile.stroke()
  }
}

const TEXTURES = {
  diagonal: (tile, size) => lines(tile, size, true),
  crossed: (tile, size) => {
    lines(tile, size, true)
    lines(tile, size, false)
  },
  upright: (tile, size) => tile.fillRect(0, 0, 1.5, size),
  dotted: (tile, size) => {
    tile.beginPath()
    tile.arc(size / 2, size / 2, 1.25, 0, 2 * Math.PI)
    tile.fill()
  },
  level: (tile, size) => tile.fillRect(0, 1, size, 1.5),
} satisfies Record<string, Draw>

export type Texture = keyof typeof TEXTURES

const SIZE = 6

const made = new Map<string, CanvasPattern | null>()

/** @returns the texture in a colour, made once for each kind of screen */
export function texture(context: CanvasRenderingContext2D, name: Texture, colour: string): CanvasPattern | string {
  const ratio = window.devicePixelRatio || 1
  const key = `${name} ${colour} ${ratio}`
  let pattern = made.get(key)
  if (pattern === undefined) {
    const pixels = Math.round(SIZE * ratio)
    const canvas = document.createElement('canvas')
    canvas.width = canvas.height = pixels
    const tile = canvas.getContext('2d')
    if (tile) {
      tile.scale(pixels / SIZE, pixels / SIZE)
      tile.strokeStyle = tile.fillStyle = colour
      tile.lineWidth = 1.5
      TEXTURES[name](tile, SIZE)
    }
    pattern = context.createPattern(canvas, 'repeat')
    pattern?.setTransform(new DOMMatrix().scale(SIZE / pixels))
    made.set(key, pattern)
  }
  return pattern ?? colour
}
