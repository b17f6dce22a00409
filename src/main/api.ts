/**
 * The API's main side: answers calls, and pushes to every view what it watches, four times a second at most.
 * Hosts carry it and add nothing: see `hosts/`.
 */

import { Follower } from '../session/follower.ts'
import {
  type Answer,
  ApiError,
  type AppInfo,
  type CallInput,
  type CallName,
  type CallOutput,
  type Overview,
  type Pushes,
  type PushName,
} from '../shared/api.ts'
import { callInputs } from '../shared/api-inputs.ts'
import type { SessionId } from '../shared/session-state.ts'
import { processesOfUser, withoutDescendants } from '../sources/attach/processes-of-user.ts'
import { Held } from './held.ts'
import type { Sessions } from './session/sessions.ts'

export const PUSH_EVERY_MS = 250
/** Where nothing happens but that time goes by, a view is told so only that often: as often as samples come, for each picture costs. */
const QUIET_TICKS = 4

/** One window or browser tab, as its host gives it to the API. */
export interface View {
  push<P extends PushName>(name: P, value: Pushes[P]): void
  /** Whether it has not yet taken what it was sent; it is then left out this time and gets more the next. */
  busy(): boolean
}

export interface Connection {
  /** Answers any call, also one that does not exist or does not fit; never rejects. */
  call(name: unknown, input: unknown): Promise<Answer<unknown>>
  /** The view is gone: nothing is pushed to it any more. */
  close(): void
}

export interface Api {
  connect(view: View): Connection
}

interface Followed {
  follower: Follower
  /** When it was last sent something. */
  toldTick: number
}

interface Watcher {
  view: View
  /** How far the view has come with each session that it watches. */
  followed: Map<SessionId, Followed>
  /** What it was told last of all sessions but their time, and when. */
  overview: string
  toldTick: number
  isGone: boolean
}

type Handlers = { [N in CallName]: (input: CallInput<N>, watcher: Watcher) => CallOutput<N> | Promise<CallOutput<N>> }

function isCallName(name: unknown): name is CallName {
  return typeof name === 'string' && Object.hasOwn(callInputs, name)
}

/** @param info what the host knows of itself */
export function createApi(sessions: Sessions, info: Pick<AppInfo, 'version' | 'host' | 'versions'>): Api {
  const watchers = new Set<Watcher>()
  const held = new Held(PUSH_EVERY_MS)
  let heldMs = 0
  let timer: NodeJS.Timeout | undefined

  /** Sends a view what it lacks, piece by piece and a piece a turn of the event loop, as long as it takes it. */
  const pushSession = (watcher: Watcher, session: SessionId, followed: Followed): void => {
    const { follower } = followed
    const piece = follower.take((since) => {
      const patch = sessions.patch(session, since)
      const isQuiet = patch?.rev === since && since > 0
      return isQuiet && ticks - followed.toldTick < QUIET_TICKS ? null : patch
    })
    if (piece) {
      followed.toldTick = ticks
      watcher.view.push('session', piece)
    }
    if (!follower.isBehind) return
    setImmediate(() => {
      if (watcher.followed.get(session) !== followed || watcher.isGone) return
      if (follower.isBehind && !watcher.view.busy()) pushSession(watcher, session, followed)
    })
  }

  /**
   * That time goes by is told together with what else is, where that is soon enough, so that it makes no picture of its own. A view
   * that hears nothing while something runs takes it that main is held up.
   */
  const pushOverview = (watcher: Watcher, overview: Overview, text: string) => {
    const isTold = [...watcher.followed.values()].some(({ toldTick }) => toldTick === ticks)
    const isTime = overview.running > 0 && ticks - watcher.toldTick >= QUIET_TICKS - (isTold ? 1 : 0)
    if (watcher.overview === text && !isTime) return
    watcher.overview = text
    watcher.toldTick = ticks
    watcher.view.push('overview', overview)
  }

  const pushSessions = (watcher: Watcher) => {
    for (const [session, followed] of watcher.followed) {
      if (watcher.view.busy()) return
      try {
        pushSession(watcher, session, followed)
      } catch {
        // It is not kept any more, as the overview tells.
        watcher.followed.delete(session)
      }
    }
  }

  let ticks = 0
  const tick = () => {
    ticks++
    heldMs = held.tick()
    const overview = { ...sessions.overview(), heldMs }
    const text = JSON.stringify(overview, (name, value) => (name === 'elapsedUs' ? 0 : value))
    for (const watcher of watchers) {
      if (watcher.view.busy()) continue
      pushSessions(watcher)
      if (!watcher.view.busy()) pushOverview(watcher, overview, text)
    }
  }

  const handlers: Handlers = {
    getAppInfo: (_, watcher) => {
      // What the overview says of a session must not be news to who watches it: one that has ended would still run in its own panel.
      pushSessions(watcher)
      return {
        ...info,
        nodeForPrograms: sessions.nodeForPrograms,
        platform: process.platform,
        programs: [...sessions.programs],
        overview: { ...sessions.overview(), heldMs },
      }
    },
    readSources: ({ program }) => sessions.readSources(program),
    listProcesses: () => withoutDescendants(processesOfUser(), process.pid),
    startProgram: async ({ program, parameters, instead }, watcher) => ({
      session: await sessions.start(program, parameters, instead, () => !watcher.isGone),
    }),
    stopSession: ({ session }) => sessions.stop(session),
    watchSession: ({ session }, watcher) => {
      const followed = { follower: new Follower(), toldTick: ticks }
      pushSession(watcher, session, followed)
      watcher.followed.set(session, followed)
      return {}
    },
    unwatchSession: ({ session }, watcher) => {
      watcher.followed.delete(session)
      return {}
    },
    command: ({ session, command }) => sessions.command(session, command),
  }

  const call = async (watcher: Watcher, name: unknown, input: unknown): Promise<unknown> => {
    if (!isCallName(name)) throw new ApiError('bad-input', 'There is no such call.')
    const parsed = callInputs[name].safeParse(input)
    if (!parsed.success) {
      const issue = parsed.error.issues[0]
      throw new ApiError(
        'bad-input',
        `${name}: ${issue?.path.join('.') || 'input'}: ${issue?.message ?? 'does not fit'}`,
      )
    }
    return (handlers[name] as (given: unknown, by: Watcher) => unknown)(parsed.data, watcher)
  }

  return {
    connect(view) {
      const watcher: Watcher = { view, followed: new Map(), overview: '', toldTick: 0, isGone: false }
      watchers.add(watcher)
      if (!timer) {
        held.begin()
        timer = setInterval(tick, PUSH_EVERY_MS)
      }
      return {
        async call(name, input) {
          try {
            return { ok: true, value: await call(watcher, name, input) }
          } catch (error) {
            const code = error instanceof ApiError ? error.code : 'failed'
            return { ok: false, error: { code, message: (error as Error).message } }
          }
        },
        close() {
          watcher.isGone = true
          watchers.delete(watcher)
          if (watchers.size > 0) return
          clearInterval(timer)
          timer = undefined
        },
      }
    },
  }
}
