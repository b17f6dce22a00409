/** A figure at the right edge of its column. */
import type { ComponentChildren } from 'preact'

/** @returns what two texts have in common that are equally wide: all digits are */
export function shapeOf(text: string): string {
  return text.replaceAll(/\d/g, '0')
}

/**
 * Its digits stand still while it grows to the left. To the browser a text that begins further left has moved; so one that has
 * become longer or shorter is another element, as one that has not moved is the same.
 */
export function Figure({ text, children }: { text: string; children?: ComponentChildren }) {
  return <span key={shapeOf(text)}>{children ?? text}</span>
}
