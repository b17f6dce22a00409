/** What a button says, also while it is done, and what it is for. */
export interface ActWords {
  act: string
  now: string
  help: string
}

/** How it is put that a program is started and stopped, and that it could not be. */
export interface ProgramWords {
  start: ActWords
  stop: ActWords
  /** What is said of one that was stopped. */
  stopped: string
  /** What a refusal begins with. */
  refused: string
}
