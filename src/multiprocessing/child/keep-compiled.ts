/**
 * Before all else in a child: Node keeps what it compiles in the folder that the child's parent names. NODE_COMPILE_CACHE names another
 * folder, and NODE_DISABLE_COMPILE_CACHE=1 forbids it, as everywhere in Node.
 */
import { enableCompileCache } from 'node:module'

const [, , folder] = process.argv
if (folder) enableCompileCache?.(folder)
