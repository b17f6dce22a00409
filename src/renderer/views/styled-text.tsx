/** What a program printed, in its colours. */
import type { OutputLine } from '../../shared/session-state.ts'
import { styledRuns } from '../series/styled-text.ts'

export function StyledText({ line: { text, styled } }: { line: OutputLine }) {
  if (styled === undefined) return <>{text}</>
  return (
    <>{styledRuns(styled).map(({ text, class: classes }) => (classes ? <span class={classes}>{text}</span> : text))}</>
  )
}
