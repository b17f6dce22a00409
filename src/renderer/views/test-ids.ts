/**
 * The `data-testid` attributes, for tests that drive the page. They are stable; everything else about the elements may change.
 *
 * - `program-{id}`: a program in the list. `start`, `stop`, `restart`: the buttons; of the first two one is there at a time.
 * - `session`: one of the shown program's, with `data-session`, `data-phase`; `start-another` starts one more.
 * - `elapsed`: the clock. `parameter-{name}`: a parameter's text field; `parameter-{name}-slider` its slider, where it has
 *   one; `parameter-error`: the sentence under a field that is wrong. `refusal`: the sentence of a call that was refused.
 * - `phase`: how the session is doing. `lane-key`: what the lanes' shapes mean, each in a `data-kind`.
 * - `process-row`: with `data-process`, `data-name`, `data-pid`, `data-state`; `tasks-failed` in it, if some have. `kill` and `terminate` are in the row and in
 *   the detail. `queue-row`: with `data-queue`, `data-depth`; `keep-queue` in it, where there are more than stand at the foot of the table.
 * - `queue-card`: with `data-queue`; `queue-depth` in it is the number. `pool-card`; `pool-cell` in it, with `data-task`,
 *   `data-state`. `problem`: with `data-kind`, `data-task`; `problem-count`, `show-task`, `retry-task` in it. `go-to-problems`:
 *   how many there are, in the header.
 * - `output-line`: with `data-process`, `data-stream`. `output-filter`, `follow-output`.
 * - `detail`: what is selected; `wait` in it, each thing that a process waits for. `object-row`: with `data-object`. `source-code`: the source that is shown.
 * - `stack`: in a process's detail, with `read-stack` and each `stack-thread` of it.
 * - `choose-process`: opens `process-picker`, in which `process-search` and each `process-choice` with `data-pid` are.
 * - `connection-lost`, `connection-refused`: what is said when there is no connection. `main-busy`: what is said
 *   when main does not answer. `theme`: the theme's switch.
 */
export const testIds = {
  program: (id: string) => `program-${id}`,
  parameter: (name: string) => `parameter-${name}`,
  parameterSlider: (name: string) => `parameter-${name}-slider`,
  session: 'session',
  startAnother: 'start-another',
  problemCount: 'problem-count',
  mainBusy: 'main-busy',
  start: 'start',
  stop: 'stop',
  restart: 'restart',
  elapsed: 'elapsed',
  phase: 'phase',
  laneKey: 'lane-key',
  tasksFailed: 'tasks-failed',
  unseen: 'unseen',
  connectedEnd: 'connected-end',
  wait: 'wait',
  objectRow: 'object-row',
  parameterError: 'parameter-error',
  refusal: 'refusal',
  processRow: 'process-row',
  queueRow: 'queue-row',
  keepQueue: 'keep-queue',
  kill: 'kill',
  terminate: 'terminate',
  queueCard: 'queue-card',
  queueDepth: 'queue-depth',
  poolCard: 'pool-card',
  poolCell: 'pool-cell',
  problem: 'problem',
  goToProblems: 'go-to-problems',
  showTask: 'show-task',
  retryTask: 'retry-task',
  outputLine: 'output-line',
  outputFilter: 'output-filter',
  followOutput: 'follow-output',
  detail: 'detail',
  sourceCode: 'source-code',
  connectionLost: 'connection-lost',
  connectionRefused: 'connection-refused',
  theme: 'theme',
  stack: 'stack',
  stackThread: 'stack-thread',
  readStack: 'read-stack',
  chooseProcess: 'choose-process',
  processPicker: 'process-picker',
  processSearch: 'process-search',
  processChoice: 'process-choice',
} as const
