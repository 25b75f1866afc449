import type { RecordType } from '../../metadata/record.js'
import { isGood, type CheckedRecord } from './check-records.js'
import type { Naming } from './name-individuals.js'
import type { Candidate, FieldProblem, MetadataType } from './source-record.js'

/** What is on the node already. */
export interface KnownRecords {
  /** Whether the node knows somebody by this name. */
  hasIndividual(name: string): boolean
  /** Whose a record of the dataset is; undefined when the dataset has no such record. */
  ownerOf(type: RecordType, id: string): string | undefined
}

/** A document that may be stored, and whose it is. */
export interface OwnedDocument {
  readonly candidate: Candidate
  readonly type: RecordType
  readonly id: string
  /** The person's name on the node. */
  readonly owner: string
}

/** Fields that name another record, in the order in which they are believed. */
const REFERENCES = [
  ['runId', 'run'],
  ['biosampleId', 'biosample'],
] as const

const ORDER: readonly MetadataType[] = ['individual', 'biosample', 'run', 'analysis', 'cohort']

function textOf({ document }: Candidate, key: string): string | undefined {
  const value = document[key]
  return typeof value === 'string' && value !== '' ? value : undefined
}

function idOf(candidate: Candidate, naming: Naming): string | undefined {
  const id = textOf(candidate, 'id')
  return id !== undefined && candidate.type === 'individual' ? naming.nameOf(id) : id
}

/** Every id is given once: of two records nobody can say which is right. */
export function checkDuplicates(records: readonly CheckedRecord[], naming: Naming): void {
  const first = new Map<string, CheckedRecord>()
  for (const record of records) {
    for (const candidate of record.candidates) {
      const id = idOf(candidate, naming)
      if (id === undefined) continue
      const key = `${candidate.type} ${id}`
      const earlier = first.get(key)
      if (!earlier) {
        first.set(key, record)
        continue
      }
      const add = (one: CheckedRecord, other: CheckedRecord) => {
        const where = one.file === other.file ? '' : ` of ${other.file}`
        const reason = `there is another ${candidate.type} with this id, in record ${other.record}${where}`
        if (!one.problems.some((problem) => problem.reason === reason))
          one.problems.push({ field: toField(candidate, '/id'), reason })
      }
      add(record, earlier)
      add(earlier, record)
    }
  }
}

function toField({ toField: translate = (pointer: string) => pointer }: Candidate, pointer: string): string {
  return translate(pointer)
}

interface Found {
  /** Undefined when it cannot be told. */
  readonly owner: string | undefined
  readonly record: CheckedRecord
}

/**
 * Finds whose every record is, and what refers to a record that is not there, or to one that is skipped.
 *
 * @returns the documents of people, as far as they are good, by entry type in the order individuals, biosamples, runs, analyses
 */
export function resolveOwners(
  records: readonly CheckedRecord[],
  naming: Naming,
  known: KnownRecords,
  personOfSample: (sample: string) => string | undefined,
): readonly OwnedDocument[] {
  let owned: readonly OwnedDocument[]
  // A record that is found to be bad makes those bad that refer to it: until nothing changes, at most once a kind of record.
  for (;;) {
    const before = records.filter(isGood).length
    owned = resolveOnce(records, naming, known, personOfSample)
    if (records.filter(isGood).length === before) return owned
  }
}

function resolveOnce(
  records: readonly CheckedRecord[],
  naming: Naming,
  known: KnownRecords,
  personOfSample: (sample: string) => string | undefined,
): readonly OwnedDocument[] {
  const found = new Map<string, Found>()
  const owned: OwnedDocument[] = []
  const items = records.flatMap((record) => record.candidates.map((candidate) => ({ record, candidate })))
  const inOrder = ORDER.flatMap((type) => items.filter(({ candidate }) => candidate.type === type))
  for (const { record, candidate } of inOrder) {
    const id = idOf(candidate, naming)
    if (id === undefined) continue
    const finder = createFinder(record, candidate, naming, known, found)
    if (candidate.type === 'cohort') {
      for (const [index, member] of (candidate.members ?? []).entries()) {
        finder.individual(member, `/members/${index}`)
      }
      continue
    }
    if (candidate.type === 'dataset') continue
    const owner = candidate.type === 'individual' ? id : findOwner(candidate, id, finder, personOfSample)
    found.set(`${candidate.type} ${id}`, { owner, record })
    if (owner === undefined) continue
    const earlier = candidate.type === 'individual' ? undefined : known.ownerOf(candidate.type, id)
    if (earlier !== undefined && earlier !== owner) {
      finder.refuse('/id', `the dataset has this ${candidate.type} already, of another individual`)
    }
    if (isGood(record)) owned.push({ candidate, type: candidate.type, id, owner })
  }
  return owned
}

interface Finder {
  individual(id: string, pointer: string): string | undefined
  record(type: RecordType, id: string, pointer: string): string | undefined
  refuse(pointer: string, reason: string): void
}

function createFinder(
  record: CheckedRecord,
  candidate: Candidate,
  naming: Naming,
  known: KnownRecords,
  found: ReadonlyMap<string, Found>,
): Finder {
  function push(list: FieldProblem[], pointer: string, reason: string): void {
    const field = toField(candidate, pointer)
    if (!list.some((problem) => problem.field === field && problem.reason === reason)) list.push({ field, reason })
  }

  /** What is bad for itself is no consequence of its own. */
  function use(hit: Found | undefined, words: string, pointer: string): string | undefined {
    if (hit && hit.record !== record && !isGood(hit.record))
      push(record.consequences, pointer, `refers to ${words}, which is skipped`)
    return hit?.owner
  }

  return {
    individual(id, pointer) {
      const name = naming.nameOf(id)
      const words = `the individual ${JSON.stringify(id)}`
      const owner = use(found.get(`individual ${name}`), words, pointer)
      if (owner !== undefined || known.hasIndividual(name)) return name
      push(record.problems, pointer, `${words} is neither in these files nor on the node`)
      return undefined
    },
    record(type, id, pointer) {
      const words = `the ${type} ${JSON.stringify(id)}`
      const hit = found.get(`${type} ${id}`)
      const owner = hit ? use(hit, words, pointer) : known.ownerOf(type, id)
      if (!hit && owner === undefined)
        push(record.problems, pointer, `${words} is neither in these files nor in the dataset`)
      return owner
    },
    refuse: (pointer, reason) => push(record.problems, pointer, reason),
  }
}

/** All that a record says of whose it is must agree. */
function findOwner(
  candidate: Candidate,
  id: string,
  finder: Finder,
  personOfSample: (sample: string) => string | undefined,
): string | undefined {
  const owners: [owner: string | undefined, pointer: string][] = []
  const individualId = textOf(candidate, 'individualId')
  if (individualId !== undefined) owners.push([finder.individual(individualId, '/individualId'), '/individualId'])
  for (const [key, type] of REFERENCES) {
    const reference = textOf(candidate, key)
    if (reference !== undefined) owners.push([finder.record(type, reference, `/${key}`), `/${key}`])
  }
  if (owners.length === 0) {
    const person = candidate.type === 'biosample' ? personOfSample(id) : undefined
    if (person === undefined) {
      const fields = candidate.type === 'analysis' ? 'individualId, biosampleId or runId' : 'individualId'
      finder.refuse('', `nothing says whose it is: ${fields} is missing`)
    }
    return person
  }
  const [[owner] = []] = owners
  for (const [other, pointer] of owners.slice(1)) {
    if (owner !== undefined && other !== undefined && other !== owner) {
      finder.refuse(pointer, 'is of another individual than the record’s other references')
    }
  }
  return owners.every(([one]) => one !== undefined) ? owner : undefined
}
