/** What a child of the built library loads before all else, so that the library too is kept compiled. See `tools/build-library.ts`. */
import { keepWhatIsCompiled } from './compile-cache.ts'

keepWhatIsCompiled()
