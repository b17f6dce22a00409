/** A queue's items as a row of blocks. */

export interface QueueBlocks {
  /** Blocks to be drawn. */
  filled: number
  /** Blocks that there is room for; null without bound. */
  room: number | null
  /** How many items a block stands for. */
  perBlock: number
  /** Items for which there is no block any more, in a queue without bound. */
  more: number
}

/**
 * @param maxsize 0 for no bound
 * @param most how many blocks there is room to draw
 */
export function queueBlocks(depth: number, maxsize: number, most: number): QueueBlocks {
  if (maxsize <= 0) {
    const filled = Math.min(depth, most)
    return { filled, room: null, perBlock: 1, more: depth - filled }
  }
  const perBlock = Math.max(1, Math.ceil(maxsize / most))
  return { filled: Math.ceil(depth / perBlock), room: Math.ceil(maxsize / perBlock), perBlock, more: 0 }
}
