import type { StatusChange } from './change-statuses.js'
import type { RecordedStatus } from './consent-database.js'
import type { PastRelease } from './past-releases.js'
import type { Status } from './status.js'

/** What one thing that was said looks like in a line. */
function toLine({ kind, effect, scope, from, to, source }: Omit<Status, 'individual'>): string {
  const until = to === undefined ? '' : ` to ${toDay(to)}`
  return `${kind} ${effect}${scope === undefined ? '' : ` (${scope})`} from ${toDay(from)}${until}: ${source}`
}

/** A moment as people read it: a day, when it begins with one. */
function toDay(moment: string): string {
  return moment.endsWith('T00:00:00.000Z') ? moment.slice(0, 10) : `${moment.slice(0, 16)}Z`
}

export function toStatusTable(statuses: readonly (RecordedStatus & { readonly pseudonym: string })[]): string {
  if (statuses.length === 0) return 'nobody has said anything\n'
  return statuses.map(({ pseudonym, ...said }) => `${pseudonym}  ${toLine(said)}\n`).join('')
}

export function toHistoryText(
  { pseudonym, statuses }: { readonly pseudonym: string; readonly statuses: readonly RecordedStatus[] },
  releases: readonly PastRelease[],
): string {
  const lines = statuses.map((status) => `  ${toLine(status)} (recorded ${toDay(status.at)} by ${status.by})`)
  const said = lines.length > 0 ? lines : ['  nothing was said']
  return `${[pseudonym, ...said, ...toReleaseLines(releases)].join('\n')}\n`
}

/** What was recorded, and of those who are kept out from now on who has what already. */
export function toChangeText(
  changes: readonly StatusChange[],
  releases: ReadonlyMap<string, readonly PastRelease[]>,
): string {
  const told = new Set<string>()
  const lines = changes.flatMap(({ status, pseudonym }) => {
    const isFirst = status.effect === 'deny' && !told.has(pseudonym)
    if (isFirst) told.add(pseudonym)
    return [`${pseudonym}  ${toLine(status)}`, ...(isFirst ? toReleaseLines(releases.get(pseudonym) ?? []) : [])]
  })
  return `${[...lines, `recorded ${changes.length}; a running node follows with its next request`].join('\n')}\n`
}

function toReleaseLines(releases: readonly PastRelease[]): readonly string[] {
  if (releases.length === 0) return ['  nobody has fetched records or files of the person']
  return [
    '  already fetched:',
    ...releases.map(({ project, event, what, first, last, times }) => {
      const when = first === last ? toDay(first) : `${toDay(first)} to ${toDay(last)}, ${times} times`
      return `    ${project ?? 'without a project'}  ${event}  ${what}  ${when}`
    }),
  ]
}
