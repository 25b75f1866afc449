import type { RecordChange } from '../../audit/change-log.js'
import { openIndividuals, type Individual, type Individuals } from '../../metadata/individuals.js'
import { insertStatus, openConsentDatabase, statusesAt, statusesOf, type RecordedStatus } from './consent-database.js'
import { ConsentError } from './consent-error.js'
import { parseStatus, type StatusInput } from './parse-status.js'
import type { Status } from './status.js'

export interface StatusChange {
  readonly status: Status
  readonly pseudonym: string
}

/** What of a line of a table is wrong; the line is counted from 1, the header is one. */
export interface LineProblem {
  readonly line: number
  readonly problem: string
}

/** What people said, as it is changed and listed. */
export interface Statuses {
  /**
   * Records what was said: all of it, or nothing.
   *
   * @param inputs with the line on which each stands, where there are lines
   * @throws ConsentError something cannot be recorded: every line that is wrong is named
   */
  add(inputs: readonly (StatusInput & { readonly line?: number })[], by: string): Promise<readonly StatusChange[]>
  /** What counts now, of everybody of whom something was said and who was not removed. */
  list(): readonly (RecordedStatus & { readonly pseudonym: string })[]
  /** All that was ever said of one person. @throws ConsentError there is nobody of that name or pseudonym */
  of(name: string): { readonly pseudonym: string; readonly statuses: readonly RecordedStatus[] }
  close(): void
}

const MOST_PROBLEMS = 50

/** Opens what people of a node said, to change it. A running node follows with its next request. */
export function openStatuses(nodeDirectory: string, record: RecordChange, now: () => Date): Statuses {
  const db = openConsentDatabase(nodeDirectory)
  const register = openIndividuals(nodeDirectory)

  function checkAll(inputs: readonly (StatusInput & { readonly line?: number })[], at: Date): readonly StatusChange[] {
    const problems: LineProblem[] = []
    const changes = inputs.flatMap((input): readonly StatusChange[] => {
      try {
        const person = findPerson(register, input.name)
        return [{ status: parseStatus(input, () => person?.number, at), pseudonym: person?.pseudonym ?? '' }]
      } catch (error) {
        if (!(error instanceof ConsentError)) throw error
        problems.push({ line: input.line ?? 0, problem: error.message })
        return []
      }
    })
    if (problems.length > 0) throw new ConsentError(toMessage(problems))
    return changes
  }

  return {
    async add(inputs, by) {
      const at = now()
      db.exec('BEGIN IMMEDIATE')
      try {
        const changes = checkAll(inputs, at)
        for (const { status, pseudonym } of changes) {
          insertStatus(db, { ...status, by, at: at.toISOString() })
          const { individual: _, ...said } = status
          await record('status.change', { what: 'status.set', subject: pseudonym, ...said, by, at: at.toISOString() })
        }
        db.exec('COMMIT')
        return changes
      } catch (error) {
        if (db.inTransaction) db.exec('ROLLBACK')
        throw error
      }
    },
    list() {
      const statuses = statusesAt(db, now().toISOString())
      const people = register.byNumber([...new Set(statuses.map(({ individual }) => individual))])
      return statuses.flatMap((status) => {
        const person = people.get(status.individual)
        return person ? [{ ...status, pseudonym: person.pseudonym }] : []
      })
    },
    of(name) {
      const person = findPerson(register, name)
      if (!person) throw new ConsentError('there is no individual with that name or pseudonym')
      return { pseudonym: person.pseudonym, statuses: statusesOf(db, person.number) }
    },
    close() {
      register.close()
      db.close()
    },
  }
}

function findPerson(register: Individuals, name: string): Individual | undefined {
  return register.findByName(name) ?? register.findByPseudonym(name)
}

function toMessage(problems: readonly LineProblem[]): string {
  const said = problems
    .slice(0, MOST_PROBLEMS)
    .map(({ line, problem }) => (line > 0 ? `line ${line}: ${problem}` : problem))
  const more = problems.length > MOST_PROBLEMS ? [`and ${problems.length - MOST_PROBLEMS} more`] : []
  const nothing = problems.some(({ line }) => line > 0) ? ['nothing was recorded:'] : []
  return [...nothing, ...said, ...more].join('\n')
}
