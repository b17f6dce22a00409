/** A program of this folder as the catalog describes those that come with the app. */
import { speedParameter } from '../../src/shared/parameters.ts'
import { libraryProgram } from '../../src/sources/library/library-source.ts'
import type { Program } from '../../src/sources/source.ts'

export function programOf(id: string): Program {
  return libraryProgram({
    id,
    title: id,
    summary: '',
    watch: '',
    parameters: { speed: speedParameter },
    module: new URL(`./${id}.ts`, import.meta.url),
    sources: [],
  })
}
