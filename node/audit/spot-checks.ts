import { createHash } from 'node:crypto'
import { isChange, type AuditEntry } from './audit-record.js'
import { readEntries, type Period, type PlacedEntry } from './read-entries.js'

/** Requests of one user in a week beyond which they are looked at. */
const MANY_DENIED = 10
const SAME_PERSON_READS = 5
/** Beyond this, and beyond three times what is usual of users in the week. */
const LEAST_VOLUME = 100
const UNUSUAL_FACTOR = 3
/** Local hours in which nobody is expected at work. */
const NIGHT_FROM = 22
const NIGHT_TO = 6
const MOST_LISTED_ENTRIES = 10

export type CheckKind = 'sample' | 'denied' | 'night' | 'one-person' | 'volume'

/** Something that a person of the region should look at (HSLF-FS 2016:40, 4:9: recurring, systematic, documented). */
export interface SpotCheck {
  /** The same whenever the list of the period is made with the same seed. */
  readonly id: string
  readonly kind: CheckKind
  readonly principal: string
  /** ISO 8601, as 2025-W40. */
  readonly week: string
  /** Why it is in the list. */
  readonly reason: string
  /** How many entries it is about, and the first of them as `chain:seq`. */
  readonly count: number
  readonly entries: readonly string[]
  /** Absent: not made yet. */
  readonly done?: { readonly ts: string; readonly by: string; readonly note: string }
}

export interface SpotCheckOptions extends Period {
  /** Of the random sample. */
  readonly seed: string
  /** Entries of each user and week that are picked. */
  readonly sample: number
  /** Of the region's clocks, as Europe/Stockholm. */
  readonly timeZone: string
}

type DataEntry = Exclude<AuditEntry, { readonly details: unknown }>

interface PlacedData {
  readonly place: string
  readonly entry: DataEntry
}

/**
 * Makes the list of what is to be checked of a period: of every user and week a random sample, and what rules point at.
 *
 * @throws AuditError the log is not as it was written
 */
export async function listSpotChecks(nodeDirectory: string, options: SpotCheckOptions): Promise<readonly SpotCheck[]> {
  const byUserAndWeek = new Map<string, PlacedData[]>()
  const done = new Map<string, NonNullable<SpotCheck['done']>>()
  // What was done of a period is written after it.
  const { since } = options
  for await (const placed of readEntries(nodeDirectory, since === undefined ? {} : { since })) {
    const { entry } = placed
    if (isChange(entry)) {
      if (entry.event === 'check.done') done.set(String(entry.details['check']), toDone(entry))
      continue
    }
    if (options.until !== undefined && entry.ts >= options.until) continue
    const key = `${weekOf(entry.ts)} ${entry.principal}`
    const list = byUserAndWeek.get(key) ?? []
    byUserAndWeek.set(key, list)
    list.push({ place: toPlace(placed), entry })
  }
  const usual = usualVolumes(byUserAndWeek)
  const checks = [...byUserAndWeek].flatMap(([key, list]) => {
    const [week = '', principal = ''] = [key.slice(0, key.indexOf(' ')), key.slice(key.indexOf(' ') + 1)]
    return checksOf(list, week, principal, usual.get(week) ?? 0, options)
  })
  return checks
    .sort((a, b) => compare(a.week, b.week) || compare(a.principal, b.principal) || compare(a.kind, b.kind))
    .map((check) => {
      const made = done.get(check.id)
      return made ? { ...check, done: made } : check
    })
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function toPlace({ chain, entry }: PlacedEntry): string {
  return `${chain}:${entry.seq}`
}

function toDone({
  ts,
  by,
  details,
}: Extract<AuditEntry, { readonly details: unknown }>): NonNullable<SpotCheck['done']> {
  return { ts, by: by ?? 'unknown', note: String(details['note'] ?? '') }
}

function checksOf(
  list: readonly PlacedData[],
  week: string,
  principal: string,
  usual: number,
  { seed, sample, timeZone }: SpotCheckOptions,
): readonly SpotCheck[] {
  const toCheck = (kind: CheckKind, about: string, reason: string, found: readonly PlacedData[]): SpotCheck => ({
    id: digest(`${kind}\n${week}\n${principal}\n${about}`).slice(0, 12),
    kind,
    principal,
    week,
    reason,
    count: found.length,
    entries: found.slice(0, MOST_LISTED_ENTRIES).map(({ place }) => place),
  })
  const checks: SpotCheck[] = []
  const denied = list.filter(({ entry }) => entry.outcome === 'denied')
  if (denied.length >= MANY_DENIED) checks.push(toCheck('denied', '', `${denied.length} requests were denied`, denied))
  const answered = list.filter(({ entry }) => entry.outcome === 'answered')
  if (answered.length >= Math.max(LEAST_VOLUME, UNUSUAL_FACTOR * usual)) {
    const reason = `${answered.length} answers, where ${usual} are usual`
    checks.push(toCheck('volume', '', reason, answered))
  }
  // Nobody stands behind these, whose habits could be looked at.
  if (principal === 'anonymous') return checks
  const isNight = createNight(timeZone)
  const night = answered.filter(({ entry }) => isNight(entry.ts))
  if (night.length > 0) checks.push(toCheck('night', '', `${night.length} answers between 22 and 6`, night))
  for (const [subject, reads] of readsByPerson(answered)) {
    if (reads.length < SAME_PERSON_READS) continue
    checks.push(toCheck('one-person', subject, `${reads.length} answers about ${subject}`, reads))
  }
  const picked = [...answered]
    .map((placed) => ({ placed, rank: digest(`${seed}\n${placed.place}\n${placed.entry.hash}`) }))
    .sort((a, b) => compare(a.rank, b.rank))
    .slice(0, sample)
  for (const { placed } of picked) checks.push(toCheck('sample', placed.place, 'picked at random', [placed]))
  return checks
}

/** A file that is fetched in many blocks is fetched once: its ticket counts. */
function readsByPerson(answered: readonly PlacedData[]): ReadonlyMap<string, readonly PlacedData[]> {
  const reads = new Map<string, PlacedData[]>()
  for (const placed of answered) {
    if (placed.entry.event === 'block.read') continue
    // Whoever reads a cohort does not look for one person.
    for (const subject of placed.entry.subjects?.length === 1 ? placed.entry.subjects : []) {
      const list = reads.get(subject) ?? []
      reads.set(subject, list)
      list.push(placed)
    }
  }
  return reads
}

/** Median of the users' answers, week by week. */
function usualVolumes(byUserAndWeek: ReadonlyMap<string, readonly PlacedData[]>): ReadonlyMap<string, number> {
  const weeks = new Map<string, number[]>()
  for (const [key, list] of byUserAndWeek) {
    const week = key.slice(0, key.indexOf(' '))
    const counts = weeks.get(week) ?? []
    weeks.set(week, counts)
    counts.push(list.filter(({ entry }) => entry.outcome === 'answered').length)
  }
  return new Map(
    [...weeks].map(([week, counts]) => [week, counts.sort((a, b) => a - b)[Math.floor((counts.length - 1) / 2)]!]),
  )
}

function createNight(timeZone: string): (ts: string) => boolean {
  const format = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', hourCycle: 'h23' })
  return (ts) => {
    const hour = Number(format.format(new Date(ts)))
    return hour >= NIGHT_FROM || hour < NIGHT_TO
  }
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

const DAY_MS = 24 * 60 * 60_000

/** ISO 8601: a week belongs to the year of its Thursday. */
export function weekOf(ts: string): string {
  const date = new Date(`${ts.slice(0, 10)}T00:00:00Z`)
  const thursday = new Date(date.getTime() + (4 - (date.getUTCDay() || 7)) * DAY_MS)
  const year = thursday.getUTCFullYear()
  const week = 1 + Math.floor((thursday.getTime() - Date.UTC(year, 0, 1)) / (7 * DAY_MS))
  return `${year}-W${String(week).padStart(2, '0')}`
}

export function toCheckTable(checks: readonly SpotCheck[]): string {
  if (checks.length === 0) return 'nothing to check\n'
  const lines = checks.map(({ id, week, kind, principal, reason, entries, done }) => {
    const state = done ? `checked ${done.ts.slice(0, 10)} by ${done.by}` : 'open'
    return `${id}  ${week}  ${kind.padEnd(10)}  ${state}  ${principal}: ${reason} (${entries.join(', ')})`
  })
  return `${lines.join('\n')}\n`
}
