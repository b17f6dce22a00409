/** A /dev/shm that has no room now and then. Only in a mount namespace of our own: everybody else's is left alone. */
import { closeSync, openSync, unlinkSync, writeSync } from 'node:fs'
import type { Chance } from '../seeded.ts'

const FILE = '/dev/shm/storm'
const PIECE = Buffer.alloc(65_536)

function fill(): void {
  const file = openSync(FILE, 'w')
  try {
    for (let bytes = PIECE.length; bytes >= 1; ) {
      try {
        writeSync(file, PIECE, 0, bytes)
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
        bytes >>= 1
      }
    }
  } finally {
    closeSync(file)
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** Fills it and empties it until `isOver`. @returns how often it was full */
export async function fullNowAndThen(dice: Chance, isOver: () => boolean): Promise<number> {
  let times = 0
  while (!isOver()) {
    fill()
    times++
    await pause(50 + dice.below(300))
    unlinkSync(FILE)
    await pause(50 + dice.below(300))
  }
  return times
}
