import { isChange, type AuditEntry } from './audit-record.js'
import { readEntries, type Period } from './read-entries.js'

/** Who did something, on whose behalf and why, as far as it was said. */
export interface Actor {
  readonly principal: string
  readonly org?: string
  readonly unit?: string
  readonly hub?: string
  readonly purpose?: string
  readonly project?: string
}

/** Data of the person that were told or sent. */
export interface SubjectAccess extends Actor {
  readonly ts: string
  readonly event: string
  readonly question: string
  readonly datasets: readonly string[]
  readonly file?: string
  readonly bytes?: number
  readonly requestId: string
}

/** Numbers among which the person may have been counted: of one day, by one actor, about the same datasets. */
export interface PossibleCount extends Actor {
  readonly day: string
  readonly datasets: readonly string[]
  readonly granularity: string
  readonly questions: number
}

export interface SubjectChange {
  readonly ts: string
  readonly event: string
  readonly what: string
  readonly principal: string
  readonly by?: string
}

/** Who saw the data of one person (Swedish Patient Data Act 8:5, HSLF-FS 2016:40 4:10). */
export interface SubjectReport extends Period {
  /** Pseudonym. */
  readonly subject: string
  /** That have data of the person now. */
  readonly datasets: readonly string[]
  readonly accesses: readonly SubjectAccess[]
  readonly possibleCounts: readonly PossibleCount[]
  readonly changes: readonly SubjectChange[]
}

/**
 * Reads who was told or sent data of a person. An answer that is only a number names nobody: where the person's datasets were
 * asked, it is listed as one in which the person may have been counted.
 *
 * @param datasets that have data of the person
 * @throws AuditError the log is not as it was written
 */
export async function reportSubject(
  nodeDirectory: string,
  subject: string,
  datasets: readonly string[],
  period: Period = {},
): Promise<SubjectReport> {
  const accesses: SubjectAccess[] = []
  const changes: SubjectChange[] = []
  const counted = new Map<string, PossibleCount>()
  for await (const { entry } of readEntries(nodeDirectory, period)) {
    if (isChange(entry)) {
      const { ts, event, principal, by, details } = entry
      if (details['individual'] !== subject) continue
      changes.push({
        ts,
        event,
        what: String(details['what'] ?? event),
        principal,
        ...(by === undefined ? {} : { by }),
      })
      continue
    }
    if (entry.outcome !== 'answered') continue
    if (entry.subjects?.includes(subject)) accesses.push(toAccess(entry))
    else if (entry.file === undefined && entry.datasets.some((id) => datasets.includes(id)))
      count(counted, entry, datasets)
  }
  return { subject, ...period, datasets, accesses, possibleCounts: [...counted.values()], changes }
}

type DataEntry = Exclude<AuditEntry, { readonly details: unknown }>

function toActor({ principal, org, unit, hub, purpose, project }: DataEntry): Actor {
  const said = Object.entries({ org, unit, hub, purpose, project }).filter(([, value]) => value !== undefined)
  return { principal, ...(Object.fromEntries(said) as Omit<Actor, 'principal'>) }
}

function toAccess(entry: DataEntry): SubjectAccess {
  const { ts, event, question, datasets, file, bytes, requestId } = entry
  return {
    ts,
    ...toActor(entry),
    event,
    question,
    datasets,
    ...(file === undefined ? {} : { file }),
    ...(bytes === undefined ? {} : { bytes }),
    requestId,
  }
}

function count(counted: Map<string, PossibleCount>, entry: DataEntry, datasets: readonly string[]): void {
  const shared = entry.datasets.filter((id) => datasets.includes(id))
  const group = { day: entry.ts.slice(0, 10), ...toActor(entry), datasets: shared, granularity: entry.granularity }
  const key = JSON.stringify(group)
  counted.set(key, { ...group, questions: (counted.get(key)?.questions ?? 0) + 1 })
}

const EVENT_WORDS: Readonly<Record<string, string>> = {
  query: 'was named in a question',
  'record.read': 'records were shown',
  'ticket.issue': 'got leave to fetch a file',
  'block.read': 'fetched data of a file',
}

/** The report for the person whom it is about. */
export function toReportText({
  subject,
  since,
  until,
  datasets,
  accesses,
  possibleCounts,
  changes,
}: SubjectReport): string {
  const bounds = [...(since === undefined ? [] : [`from ${since}`]), ...(until === undefined ? [] : [`to ${until}`])]
  const lines = [
    `Who saw data of ${subject}${bounds.length > 0 ? `, ${bounds.join(' ')}` : ''} (times are in UTC)`,
    `Data of this person are in: ${datasets.join(', ') || 'no dataset'}`,
    '',
    `Data that were shown or sent: ${accesses.length}`,
    ...accesses.map(toAccessLine),
    '',
    `Numbers in which this person may have been counted: ${possibleCounts.length}`,
    ...possibleCounts.map(
      ({ day, questions, granularity, datasets: asked, ...actor }) =>
        `  ${day}  ${toActorText(actor)}: ${questions} ${questions === 1 ? 'question' : 'questions'} (${granularity}) of ${asked.join(', ')}`,
    ),
    '',
    `Changes of what may be shown: ${changes.length}`,
    ...changes.map(({ ts, what, principal, by }) => `  ${ts}  ${what} by ${by ?? principal}`),
  ]
  return `${lines.join('\n')}\n`
}

function toAccessLine({ ts, event, datasets, file, bytes, requestId, question, ...actor }: SubjectAccess): string {
  const what = file === undefined ? `${question} of ${datasets.join(', ')}` : `${file} (${question})`
  const size = bytes === undefined ? '' : `, ${bytes} bytes`
  return `  ${ts}  ${toActorText(actor)}: ${EVENT_WORDS[event] ?? event}: ${what}${size}  [${requestId}]`
}

function toActorText({ principal, org, unit, hub, purpose, project }: Actor): string {
  const parts = [
    unit === undefined ? undefined : `unit ${unit}`,
    org === undefined ? undefined : `provider ${org}`,
    purpose,
    project === undefined ? undefined : `project ${project}`,
    hub === undefined ? undefined : `through ${hub}`,
  ].filter((part) => part !== undefined)
  return parts.length === 0 ? principal : `${principal} (${parts.join(', ')})`
}
