/** The source texts of a program, as they are shown beside it. */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { SourceFile } from '../../shared/api.ts'
import type { ProgramDefinition } from './catalog.ts'

const DEMOS = join('src', 'main', 'programs', 'demos')

/** The folder that holds `src`, from wherever this file is: in `src` itself, or built. */
function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(folder, DEMOS))) {
    const parent = dirname(folder)
    if (parent === folder) throw new Error('The source files of the programs are not where Forkscope was installed.')
    folder = parent
  }
  return folder
}

/** @returns the texts, the program itself first; throws if a file is missing */
export async function readSources(program: ProgramDefinition): Promise<SourceFile[]> {
  const folder = join(packageRoot(), DEMOS)
  return Promise.all(
    program.sources.map(async ({ name, language }) => ({
      name,
      language,
      text: await readFile(join(folder, name), 'utf8'),
    })),
  )
}
