/** What the spider can be told. */
import { access, constants, mkdtemp, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import type { Parameters } from '../../../../shared/parameters.ts'

export const spiderParameters = {
  workers: {
    type: 'integer',
    label: 'Workers',
    help: 'How many processes the pool has at most.',
    default: 3,
    min: 1,
    max: 16,
    control: 'field',
  },
  pages: {
    type: 'integer',
    label: 'Pages',
    help: 'How many pages are fetched, from number 1 on.',
    default: 10,
    min: 1,
    max: 200,
    control: 'field',
  },
  from: {
    type: 'url-template',
    label: 'From',
    help: 'Where the pages are: a URL with {n} for the page number. Left empty, Forkscope serves a small shop to be fetched from.',
    default: '',
    placeholder: 'the built-in shop',
  },
  database: {
    type: 'path',
    label: 'Into',
    help: 'The SQLite database that the rows go to. Left empty, a new one in the folder for temporary files.',
    default: '',
    placeholder: 'a new shop.sqlite',
  },
} as const satisfies Parameters

/**
 * Checks that a database can be written before any process is started for it.
 * @returns the file's whole path; for an empty path one in a fresh folder
 * @throws Error with a sentence that says what is wrong with the path
 */
export async function prepareDatabase(path: string): Promise<string> {
  if (path === '') return join(await mkdtemp(join(tmpdir(), 'forkscope-')), 'shop.sqlite')
  const file = resolve(path)
  const folder = dirname(file)
  const found = await stat(file).catch(() => null)
  if (found && !found.isFile()) throw new Error(`The database cannot be written: ${file} is not a file.`)
  try {
    await access(found ? file : folder, constants.W_OK)
    if (!(await stat(folder)).isDirectory()) throw new Error('not a folder')
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'does not exist' : 'cannot be written to'
    throw new Error(`The database cannot be written: ${found ? file : `the folder ${folder}`} ${why}.`, { cause })
  }
  return file
}
