import { checkCandidate, type KnownTerms } from './check-candidate.js'
import { maskPersonalNumbers } from './personal-numbers.js'
import type { Candidate, FieldProblem, Notes, Problem, SourceRecord } from './source-record.js'

/** A record with what is wrong with it; without problems it may be stored. */
export interface CheckedRecord extends SourceRecord {
  readonly problems: FieldProblem[]
  /** Problems that only follow from another record's. */
  readonly consequences: FieldProblem[]
}

export function isGood({ problems, consequences }: CheckedRecord): boolean {
  return problems.length === 0 && consequences.length === 0
}

/** Checks each document of a record by itself. */
export function checkRecord(record: SourceRecord, terms: KnownTerms | undefined, notes: Notes): CheckedRecord {
  const found = record.candidates.flatMap((candidate: Candidate) => checkCandidate(candidate, terms, notes))
  return { ...record, problems: unique([...record.problems, ...found]), consequences: [] }
}

function unique(problems: readonly FieldProblem[]): FieldProblem[] {
  return [...new Map(problems.map((problem) => [`${problem.field}\n${problem.reason}`, problem])).values()]
}

/** As it is reported: without personal identity numbers, wherever they stand. */
export function toProblem({ file, record, line, id }: SourceRecord, { field, reason }: FieldProblem): Problem {
  const shown = id === undefined ? undefined : maskPersonalNumbers(id)
  return {
    file: maskPersonalNumbers(file),
    record,
    line,
    ...(shown === undefined || shown !== id ? {} : { id }),
    field: maskPersonalNumbers(field) || '/',
    reason: maskPersonalNumbers(reason),
  }
}
