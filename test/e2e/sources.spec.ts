/** Sessions in a window: of sources of a kind that the app does not know, several of a program, failed ones beside others. */
import { testIds } from '../../src/renderer/views/test-ids.ts'
import { expect, playedTest as test } from './app-test.ts'

test('it has a window, commands and an end', async ({ window }) => {
  await window.choose('willing')
  await window.start.click()
  await expect(window.processRows).toHaveCount(2)
  await expect(window.outputLines).toHaveText([/it was played/])
  await expect(window.row('kappa')).toContainText('alive')
  await window.row('kappa').hover()
  await window.row('kappa').getByTestId(testIds.kill).click()
  await expect(window.row('kappa')).toContainText('ended by SIGKILL')
  await window.stop.click()
  await window.phase('willing', 'stopped')
  await expect(window.processRows).toHaveCount(2)
})

test('what it cannot do is not offered, and how often it told what is no event is shown', async ({ window }) => {
  await window.choose('mute')
  await window.start.click()
  await expect(window.processRows).toHaveCount(2)
  await window.row('alpha').hover()
  await expect(window.page.getByTestId(testIds.kill).filter({ visible: true })).toHaveCount(0)
  await expect(window.problems).toContainText([/told something that is no event: “queue.closed” .* \(3 times\)/])
  await window.stop.click()
  await window.phase('mute', 'stopped')
})

test('a program that throws late ends its own session, while another one of it and the app go on', async ({
  printed,
  window,
}) => {
  const sessions = window.page.getByTestId(testIds.session)
  await window.choose('late')
  await window.parameter('how').fill('nothing')
  await window.start.click()
  await expect(sessions).toHaveCount(1)
  await expect(window.processRows).toHaveCount(2)
  await window.parameter('how').fill('timer')
  await window.page.getByTestId(testIds.startAnother).click()
  await expect(sessions).toHaveCount(2)
  await window.phase('late', 'failed')
  await expect(window.problems).toContainText(['main failed: Error: on purpose'])
  await expect(sessions.first()).toHaveAttribute('data-phase', 'running')
  await sessions.first().click()
  await window.phase('late', 'running')
  await expect(window.problems).toHaveCount(0)
  // Restart takes the place of the one that is shown; the failed one stays.
  await window.parameter('how').fill('nothing')
  await window.restart.click()
  await expect(sessions.last()).toHaveAttribute('data-session', 'late-3')
  await window.phase('late', 'running')
  await expect(sessions).toHaveCount(2)
  expect(printed()).not.toContain('on purpose')
})

test('a program that holds main is told on screen as just that, while it lasts and afterwards', async ({ window }) => {
  await window.choose('late')
  await window.parameter('how').fill('hold')
  await window.start.click()
  await window.phase('late', 'running')
  const said = window.page.getByTestId(testIds.mainBusy)
  await expect(said).toHaveText(/^main has been busy for \d s: the window's figures are from then\.$/)
  await expect(said).toHaveText(/^main was busy for \d+ s: nothing could be shown meanwhile\.$/)
  await expect(said).toHaveCount(0)
  await window.stop.click()
  await window.phase('late', 'stopped')
})
