/**
 * The books of the storm. Each process notes in a file of its own what it does, by one system call each: what it is about to put
 * (`?n`), what it has put (`+n`), what it has got (`-n`), and its end (`.`). Whoever is killed has no end.
 */
import { closeSync, fstatSync, openSync, readdirSync, readFileSync, readSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { isAlive } from '../wait-until.ts'

export type Role = 'putter' | 'getter' | 'inner' | 'worker'

/** What one process has noted. */
export interface Note {
  /** Which queue's items it is about. */
  arena: string
  role: Role
  /** No other process of its arena and role has it. */
  number: number
  pid: number
  /** Of its parent. */
  parent: number
  begun: number[]
  put: number[]
  got: number[]
  ended: boolean
}

/** A process of one role notes at most so many items: so its number makes theirs unlike those of all others. */
export const ITEMS_EACH = 1_000_000

export class Notebook {
  readonly number: number
  readonly #file: number

  constructor(folder: string, arena: string, role: Role) {
    let [number, file] = [0, -1]
    while (file < 0) {
      try {
        file = openSync(join(folder, `${arena}.${role}.${++number}`), 'wx')
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      }
    }
    this.number = number
    this.#file = file
    this.note(`${process.pid} ${process.ppid}`)
  }

  note(line: string): void {
    writeSync(this.#file, `${line}\n`)
  }

  end(): void {
    this.note('.')
    closeSync(this.#file)
  }
}

const noteFiles = (folder: string) => readdirSync(folder).filter((name) => name.includes('.'))

export function readNotes(folder: string): Note[] {
  return noteFiles(folder).map((name) => {
    const [arena, role, number] = name.split('.') as [string, Role, string]
    const [first = '', ...lines] = readFileSync(join(folder, name), 'utf8').split('\n')
    const [pid, parent] = first.split(' ').map(Number) as [number, number]
    const signed = (sign: string) => lines.filter((line) => line[0] === sign).map((line) => Number(line.slice(1)))
    const [begun, put, got] = [signed('?'), signed('+'), signed('-')]
    return { arena, role, number: Number(number), pid, parent, begun, put, got, ended: lines.includes('.') }
  })
}

/** A process that has noted who it is, and lives. */
export interface AtWork {
  /** Of its file. */
  name: string
  role: Role
  pid: number
  parent: number
  /** How much it has noted. */
  bytes: number
}

const FIRST_LINE_BYTES = 32

export function readAtWork(folder: string): AtWork[] {
  const line = Buffer.alloc(FIRST_LINE_BYTES)
  return noteFiles(folder).flatMap((name) => {
    const file = openSync(join(folder, name), 'r')
    const read = readSync(file, line, 0, FIRST_LINE_BYTES, 0)
    const bytes = fstatSync(file).size
    closeSync(file)
    const [pid = 0, parent = 0] = line.toString('latin1', 0, read).split('\n', 1).join().split(' ').map(Number)
    if (!parent || pid === process.pid || !isAlive(pid)) return []
    return [{ name, role: name.split('.')[1] as Role, pid, parent, bytes }]
  })
}
