/** The first module of every child. */
import { runChild } from './run-child.ts'

runChild()
