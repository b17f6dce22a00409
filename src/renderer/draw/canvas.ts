/** A canvas that is sharp on every screen. */

/**
 * Makes the canvas as many pixels as the screen has for it, and clears it.
 * @param width in CSS pixels, as is `height`
 * @returns what to draw on, in CSS pixels; null if it cannot be drawn on
 */
export function prepareCanvas(
  canvas: HTMLCanvasElement,
  width: number,
  height: number,
): CanvasRenderingContext2D | null {
  const ratio = window.devicePixelRatio || 1
  const pixels = { width: Math.round(width * ratio), height: Math.round(height * ratio) }
  if (canvas.width !== pixels.width || canvas.height !== pixels.height) Object.assign(canvas, pixels)
  const context = canvas.getContext('2d')
  if (!context) return null
  context.setTransform(ratio, 0, 0, ratio, 0, 0)
  context.clearRect(0, 0, width, height)
  return context
}

/** Draws the lines of the time axis behind a row. */
export function drawGrid(
  context: CanvasRenderingContext2D,
  xs: readonly number[],
  height: number,
  colour: string,
): void {
  context.fillStyle = colour
  for (const x of xs) context.fillRect(Math.round(x), 0, 1, height)
}
