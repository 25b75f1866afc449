import type { RegionCheck } from './check-regions.js'

function clockText(seconds: number | undefined): string {
  if (seconds === undefined) return 'clock unknown'
  return `clock ${seconds < 0 ? '-' : '+'}${Math.abs(seconds)} s`
}

/** One line a region, in columns. */
export function renderChecks(checks: readonly RegionCheck[]): string {
  if (checks.length === 0) return 'no regions\n'
  const widthOf = (texts: readonly string[]) => Math.max(...texts.map((text) => text.length))
  const ids = widthOf(checks.map(({ id }) => id))
  const times = widthOf(checks.map(({ elapsedMs }) => String(elapsedMs)))
  const versions = widthOf(checks.map(({ apiVersion = '-' }) => apiVersion))
  return checks
    .map(({ id, ok, apiVersion = '-', elapsedMs, clockDifferenceSeconds, problems }) => {
      const facts = [
        id.padEnd(ids),
        ok ? 'ok    ' : 'FAILED',
        apiVersion.padEnd(versions),
        `${String(elapsedMs).padStart(times)} ms`,
        ...(ok ? [clockText(clockDifferenceSeconds)] : [problems.join('; ')]),
      ]
      return `${facts.join('  ')}\n`
    })
    .join('')
}
