/** An error's stack, folded away until it is asked for. */
import type { ErrorInfo } from '../../shared/telemetry.ts'

function wholeStack({ name, message, stack, cause }: ErrorInfo): string {
  const own = stack || `${name}: ${message}`
  return cause ? `${own}\nCaused by ${wholeStack(cause)}` : own
}

export function ErrorText({ error }: { error: ErrorInfo }) {
  return (
    <details class="stack">
      <summary>Stack</summary>
      <pre class="mono">{wholeStack(error)}</pre>
    </details>
  )
}
