/** How much of a session is kept, in rows and in characters. What is older is forgotten; the counts stay exact. */
export const LIMITS = {
  laneSegments: 2_000,
  samples: 1_800,
  depthPoints: 6_000,
  outputLines: 5_000,
  /** Of all lines that are kept, together. */
  outputCharacters: 8_000_000,
  /** A longer line is cut in pieces: a program that never writes a line break must not grow a line without bound. */
  lineCharacters: 4_000,
  /** Lines that have no end yet. */
  openLines: 1_000,
  /** Rows that have ended, by table; those that go on are kept, however many. */
  ended: { processes: 500, queues: 500, objects: 500, pools: 100, tasks: 2_000, problems: 500 },
  /** Of each table; a view that has missed more is given the table whole. */
  changes: 4_000,
  /** Of the lists that an event carries: waits, waiters, producers, parameters. */
  listed: 1_000,
  /** Characters of a name, a label, a parameter. */
  name: 1_000,
  message: 4_000,
  stack: 16_000,
  /** Errors of one: its causes and those that it is made of. */
  errors: 16,
  /** Values in an error's own properties, how deep they are nested, and how long their texts are. */
  properties: 200,
  propertyLevels: 5,
  propertyText: 1_000,
} as const
