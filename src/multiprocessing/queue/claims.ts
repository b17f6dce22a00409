/**
 * Which of the items that came ahead to a child it has taken, in the file that it shares with its parent (`child/ledger.ts`).
 *
 * A child takes an item by writing how many of a delivery it has now, and then looking whether the delivery was revoked. A parent
 * revokes what is left by writing that it is revoked, and then looking how many are taken. Each writes before it looks, so at least one
 * sees the other; where both do, what the parent saw counts, and it tells the child. So a parent can take back items from a child that
 * computes, sleeps or is stopped, at once, and when a child dies it is known to the item what it had got. A claim costs the child two
 * short system calls, a tenth of a message.
 *
 * ```
 * CLAIMED_AT + 4 · place: u32, written by the child: a count that goes on from delivery to delivery
 * REVOKED_AT + 4 · place: u32, written by the parent: the number of the delivery that was revoked last
 * ```
 */
import { readSync, writeSync } from 'node:fs'

const CLAIMED_AT = 64 * 1024
const REVOKED_AT = CLAIMED_AT + 4_096
const PLACES = 512
const WORD_BYTES = 4
const WORDS = 2 ** 32

/** What the owner of a queue must know of a delivery of which more was sent than asked for. */
export interface ClaimPlace {
  /** For the child: where to claim, and what the count is before its first item. */
  readonly place: number
  readonly base: number
  /** @returns how many items the child has taken of those that came ahead */
  taken(): number
  /** Nothing more can be taken from now on. @returns how many were */
  revoke(delivery: number): number
  /** The child knows that the delivery has ended: its place may be used again. */
  free(): void
}

/** The parent's side. */
export class ClaimBoard {
  readonly #fd: number
  readonly #word = Buffer.alloc(WORD_BYTES)
  readonly #free: number[] = []
  #places = 0
  #closed = false

  constructor(fd: number) {
    this.#fd = fd
  }

  /** @returns a place for a delivery; undefined if all are in use */
  open(): ClaimPlace | undefined {
    const place = this.#free.pop() ?? (this.#places < PLACES ? this.#places++ : undefined)
    if (place === undefined || this.#closed) return undefined
    const base = this.#claimed(place)
    let last = 0
    const taken = () => {
      if (!this.#closed) last = (this.#claimed(place) - base + WORDS) % WORDS
      return last
    }
    return {
      place,
      base,
      taken,
      revoke: (delivery) => {
        this.#word.writeUInt32LE(delivery % WORDS)
        if (!this.#closed) writeSync(this.#fd, this.#word, 0, WORD_BYTES, REVOKED_AT + WORD_BYTES * place)
        return taken()
      },
      free: () => this.#free.push(place),
    }
  }

  /** The file is about to be closed. What was not looked at before is not known any more. */
  close(): void {
    this.#closed = true
  }

  #claimed(place: number): number {
    // What was never written is not there yet, which is 0.
    this.#word.fill(0)
    readSync(this.#fd, this.#word, 0, WORD_BYTES, CLAIMED_AT + WORD_BYTES * place)
    return this.#word.readUInt32LE()
  }
}

/** The child's side. */
export class Claims {
  readonly #fd: number
  readonly #word = Buffer.alloc(WORD_BYTES)

  constructor(fd: number) {
    this.#fd = fd
  }

  /**
   * Takes the next item.
   * @param count how many of the delivery are taken with it, of those that came ahead
   * @returns false if the delivery was revoked: then only the owner knows whether it was taken before
   */
  claim(place: number, base: number, count: number, delivery: number): boolean {
    this.#word.writeUInt32LE((base + count) % WORDS)
    writeSync(this.#fd, this.#word, 0, WORD_BYTES, CLAIMED_AT + WORD_BYTES * place)
    this.#word.fill(0)
    readSync(this.#fd, this.#word, 0, WORD_BYTES, REVOKED_AT + WORD_BYTES * place)
    return this.#word.readUInt32LE() !== delivery % WORDS
  }
}
