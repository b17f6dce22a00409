/** Which Node is needed, as package.json has it. In JavaScript that older ones can read too, so that they can say so. */
import { readFileSync } from 'node:fs'

const { engines } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))

/** Such as `22.18`. */
export const OLDEST = engines.node.replace('>=', '')

const [oldest, own] = [OLDEST, process.versions.node].map((version) => version.split('.').map(Number))

export const isTooOld = own[0] < oldest[0] || (own[0] === oldest[0] && own[1] < oldest[1])

export const SENTENCE = `Forkscope needs Node ${OLDEST} or newer; this is ${process.versions.node}.\n`
