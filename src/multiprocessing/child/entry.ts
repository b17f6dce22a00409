/** The first module of every child. */
import './keep-compiled.ts'
import { runChild } from './run-child.ts'

runChild()
