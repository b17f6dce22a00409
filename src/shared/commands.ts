/** What a view can ask of what runs, as plain data. What of it can be done just now, a session tells with its figures (`can`). */

/** A field named `process` or `task` is the id of a row. A source may take commands of its own: whoever does not know them passes them on. */
export interface Command {
  type: string
  [field: string]: string | number | boolean
}

export type KnownCommand =
  | { type: 'signal'; process: string; signal: 'SIGTERM' | 'SIGKILL' }
  /** Submits a failed task's call again, to the same pool; answers with the new one's id, as `task`. */
  | { type: 'retry'; task: string }
  /**
   * What a process is in just now, each thread's calls, innermost first; answers with `text`. Of a Node, its inspector must be opened for a moment, which
   * other users of the machine could use: without `openInspector` the answer says so (`ask`), and nothing is done.
   */
  | { type: 'stack'; process: string; openInspector?: boolean }

/** `message` is a sentence for the user; `ask` is the code of what is done only once the user has allowed it, of which it tells. */
export type CommandResult =
  | { ok: true; value?: Record<string, string | number | boolean> }
  | { ok: false; code: 'bad-input' | 'not-found' | 'conflict' | 'ask'; message: string }
