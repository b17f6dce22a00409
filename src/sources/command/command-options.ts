/** What a command is started with: the user's own program, as it would be started in a shell, and what may be looked at in it. */
export interface CommandOptions {
  /** The program and its arguments, as they are: no shell is between. */
  argv: readonly [string, ...string[]]
  /** Its working folder, absolute. */
  cwd: string
  /** Its whole environment, without what Forkscope adds. */
  env: Readonly<Record<string, string>>
  /** `inherit` gives it the terminal's or pipe's own; a text is what it reads, and then its end. */
  stdin: 'inherit' | 'nothing' | { text: string }
  /** `inherit` leaves what it prints where it goes, untold; else the session is told of it. */
  output: 'inherit' | 'tell'
  /** When the session is over: with the command itself, as in a shell, or when none of its processes is left. */
  until: 'first' | 'all'
  /** Which agents may be put into it. Without one only the kernel tells of its processes. */
  agents: { python: boolean; node: boolean }
}
