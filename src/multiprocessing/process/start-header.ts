/** What a child is told before anything else. */
import type { HeaderOf } from '../wire/messages.ts'

/** The first frame to a child: everything it must know to be part of the run. */
export type StartHeader = HeaderOf<'start'>

/** What a child is called with that is started before anybody needs it. */
export const SPARE = 'spare'
