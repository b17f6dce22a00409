/** How far one view has come with a session, and what it is to be sent next. */
import type { SessionPatch } from '../shared/session-patch.ts'
import { LIMITS } from './limits.ts'
import { piecesOfPatch } from './patch-pieces.ts'

export class Follower {
  #seen = 0
  #pieces: Iterator<SessionPatch> | null = null
  #next: SessionPatch | null = null

  /** The revision that the view has once it has taken all that it was given, and what is to follow. */
  get seen(): number {
    return this.#seen
  }

  /** Whether pieces of the last patch are left. */
  get isBehind(): boolean {
    return this.#next !== null
  }

  /**
   * @param patchSince gives what changed after a revision; null if nothing did
   * @returns what the view is to be sent, of bounded size; null if it has everything
   */
  take(patchSince: (revision: number) => SessionPatch | null): SessionPatch | null {
    if (!this.#next) {
      const patch = patchSince(this.#seen)
      if (!patch) return null
      this.#seen = patch.rev
      this.#pieces = piecesOfPatch(patch, LIMITS.patchCharacters)
      this.#next = this.#pieces.next().value
    }
    const piece = this.#next
    this.#next = this.#pieces?.next().value ?? null
    return piece
  }
}
