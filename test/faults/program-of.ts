/** A program of this folder as the catalog describes those that come with the app. */
import type { ProgramDefinition } from '../../src/main/programs/catalog.ts'
import { speedParameter } from '../../src/shared/parameters.ts'

export function programOf(id: string): ProgramDefinition {
  return {
    id,
    title: id,
    summary: '',
    watch: '',
    parameters: { speed: speedParameter },
    module: new URL(`./${id}.ts`, import.meta.url),
    sources: [],
  }
}
