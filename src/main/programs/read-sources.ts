/** The source texts of a program, as they are shown beside it. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { SourceFile } from '../../shared/api.ts'
import type { Program } from '../../sources/source.ts'
import { packageRoot } from '../app-info.ts'

const DEMOS = join('src', 'main', 'programs', 'demos')

/** @returns the texts, the program itself first; throws if a file is missing */
export async function readSources(program: Program): Promise<SourceFile[]> {
  const folder = join(packageRoot(), DEMOS)
  return Promise.all(
    program.sources.map(async ({ name, language }) => ({
      name,
      language,
      text: await readFile(join(folder, name), 'utf8'),
    })),
  )
}
