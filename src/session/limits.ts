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
  /** Items of all logs of a kind together. What has ended gives its own up first. */
  ofAll: { lanes: 100_000, samples: 100_000, depths: 100_000 },
  /** Rows that have ended, by table. */
  ended: { processes: 500, queues: 500, objects: 500, pools: 100, tasks: 2_000, problems: 500 },
  /** Rows that go on, by table. What comes when there are so many gets no row, and is counted. */
  living: { processes: 2_000, queues: 1_000, objects: 1_000, pools: 500, tasks: 10_000, problems: 500 },
  /** Of each table; a view that has missed more is given the table whole. */
  changes: 4_000,
  /** Of the lists that an event carries: waits, waiters, producers, parameters. */
  listed: 1_000,
  /** Characters of a name, an id, a parameter. */
  name: 1_000,
  /** Of what a process waits for, in words: each stretch of a lane has them. */
  label: 200,
  message: 4_000,
  stack: 8_000,
  /** Errors of one: its causes and those that it is made of; and characters of all of them together. */
  errors: 16,
  errorCharacters: 16_000,
  /** Values in an error's own properties, how deep they are nested, and how long their texts are. */
  properties: 200,
  propertyLevels: 5,
  propertyText: 1_000,
  /** How deep an event may be nested, and how many values it may have. */
  eventLevels: 64,
  eventValues: 1_000_000,
  /** Characters that a view is sent at a time; it is sent the rest once it has taken those. */
  patchCharacters: 500_000,
} as const
