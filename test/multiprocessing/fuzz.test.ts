/** Thousands of hostile messages, each against a process that has met none before; longer runs by `npm run fuzz`. */
import { afterAll, expect, test } from 'vitest'
import { isOfChannels } from '../../src/multiprocessing/wire/channel.ts'
import { CHILDS_TYPES } from '../fuzz/hostile-frames.ts'
import { attack, newReport, Sockets } from '../fuzz/target.ts'

const SEEDS = 1_000

const sockets = new Sockets()
afterAll(() => sockets.close())

test('hostile messages end who sends them, where they must, and nobody else notices', async () => {
  const report = newReport()
  for (let seed = 1; seed <= SEEDS; seed++) await attack(seed, sockets, report)
  const sum = (counts: Map<string, number>) => [...counts.values()].reduce((all, count) => all + count, 0)
  // It bites: each type was dealt with, and each was found out; requests were refused; streams were spoilt.
  expect(CHILDS_TYPES.filter((type) => !isOfChannels(type) && !report.accepted.get(type))).toEqual([])
  expect(CHILDS_TYPES.filter((type) => !isOfChannels(type) && !report.fatal.get(type))).toEqual([])
  expect(sum(report.accepted)).toBeGreaterThan(2 * SEEDS)
  expect(sum(report.fatal)).toBeGreaterThan(SEEDS / 2)
  expect(report.refused).toBeGreaterThan(SEEDS / 10)
  expect(report.spoilt).toBeGreaterThan(SEEDS / 100)
}, 120_000)
