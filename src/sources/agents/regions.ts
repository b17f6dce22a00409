/** All regions of a run: which ones are taken, and when they are read. */
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { isOver } from '../process-tree/stat.ts'
import { Region, type RegionRead } from './region.ts'

export interface Owner {
  pid: number
  start: number
}

export interface RegionsOptions {
  folder: string
  token: string
  /** Whether such a process belongs to the run. */
  isMember: (pid: number, start: number) => boolean
  /** Is given what was read. `key` is the same for a region for as long as there is one. */
  read: (key: string, owner: Owner, read: RegionRead) => void
}

/** More are not looked at: a thousand processes have as many. */
const MOST_REGIONS = 4_000
const NAME = /^(\d{1,10})\.(\d{1,20})(?:\.\d{1,10})?$/

interface Taken {
  region: Region
  owner: Owner
}

export class Regions {
  readonly #options: RegionsOptions
  readonly #taken = new Map<string, Taken>()
  /** What is no region of a process of this run. */
  readonly #refused = new Set<string>()

  constructor(options: RegionsOptions) {
    this.#options = options
  }

  /** How many files there are no regions of this run's. */
  get refused(): number {
    return this.#refused.size
  }

  /** Takes new regions, and reads all. */
  poll(): void {
    for (const name of this.#names()) if (!this.#taken.has(name)) this.#take(name)
    for (const [key, { region, owner }] of this.#taken) this.#options.read(key, owner, region.poll())
  }

  /** The regions of a process that is gone are read a last time, and go. */
  finish(pid: number, start: number): void {
    // It may have been over before they were looked for.
    const own = `${pid}.${start}`
    for (const name of this.#names()) {
      if ((name === own || name.startsWith(`${own}.`)) && !this.#taken.has(name)) this.#take(name)
    }
    for (const [key, { region, owner }] of this.#taken) {
      if (owner.pid !== pid || owner.start !== start) continue
      this.#options.read(key, owner, region.poll())
      region.close()
      this.#taken.delete(key)
      // Its name must not be taken once more.
      this.#refused.add(key)
      rmSync(join(this.#options.folder, key), { force: true })
    }
  }

  close(): void {
    for (const { region } of this.#taken.values()) region.close()
    this.#taken.clear()
  }

  #names(): string[] {
    try {
      const names = readdirSync(this.#options.folder)
      return names.length > MOST_REGIONS ? names.slice(0, MOST_REGIONS) : names
    } catch {
      return []
    }
  }

  #take(name: string): void {
    if (this.#refused.has(name)) return
    const [, pid, start] = NAME.exec(name) ?? []
    const owner = { pid: Number(pid), start: Number(start) }
    const region = pid === undefined ? 'no' : this.#open(name, owner)
    if (region instanceof Region) this.#taken.set(name, { region, owner })
    else if (region === 'no') this.#refused.add(name)
  }

  /** @returns the region; `no` if it is none of the run's, `later` if it is not begun, or not yet known whose it is */
  #open(name: string, owner: Owner): Region | 'no' | 'later' {
    const { folder, token, isMember } = this.#options
    let region: Region
    try {
      region = new Region(join(folder, name))
    } catch {
      return isOld(join(folder, name)) ? 'no' : 'later'
    }
    const { head } = region
    const isTrue = head.pid === owner.pid && head.start === owner.start && head.token === token
    // One that has ended has nothing open, also while its parent has not waited for it.
    const isProven =
      isTrue && (hasOpen(owner.pid, region.identity.inode, join(folder, name)) || isOver(owner.pid, owner.start))
    if (isProven && isMember(owner.pid, owner.start)) return region
    region.close()
    return isTrue ? 'later' : 'no'
  }
}

/** One that is being made is begun within a second. */
function isOld(path: string): boolean {
  try {
    return Date.now() - statSync(path).mtimeMs > 1_000
  } catch {
    return true
  }
}

/** Whether the process has mapped or opened the file, which the kernel says, and no other process can make so. */
function hasOpen(pid: number, inode: number, path: string): boolean {
  try {
    const maps = readFileSync(`/proc/${pid}/maps`, 'latin1')
    if (maps.includes(` ${inode} `) && maps.includes(path)) return true
    return readdirSync(`/proc/${pid}/fd`).some((descriptor) => {
      try {
        return statSync(`/proc/${pid}/fd/${descriptor}`).ino === inode
      } catch {
        return false
      }
    })
  } catch {
    return false
  }
}
