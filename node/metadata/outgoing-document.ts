import type { Individual } from './individuals.js'
import type { StoredRecord } from './metadata.js'
import type { Names } from './names.js'
import type { Document, RecordType } from './record.js'

const SEX_TERMS = {
  female: { id: 'NCIT:C16576', label: 'female' },
  male: { id: 'NCIT:C20197', label: 'male' },
  unknown: { id: 'NCIT:C17998', label: 'unknown' },
} as const

/** Keys by which a record names another, and of which type that is. */
const REFERENCES: Readonly<Record<string, Exclude<RecordType, 'individual' | 'analysis'>>> = {
  biosampleId: 'biosample',
  runId: 'run',
}

/** Where a schema wants the name of a record that the dataset does not have. */
export const UNKNOWN_RECORD = 'unknown'

function isDocument(value: unknown): value is Document {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** What is said of a person of whom no record was given: a Beacon individual has an id and a sex. */
export function toBareIndividual(individual: Individual, names: Names): Document {
  return { id: names.ofIndividual(individual), sex: SEX_TERMS[individual.sex] }
}

/**
 * The document as it may leave: people and records are called as the dataset has it, and free text (`notes`, `info`) is left
 * out in any case, because names of others may stand in it, and of people who were removed.
 */
export function toOutgoingDocument(record: StoredRecord, owner: Individual, names: Names): Document {
  const { id: _id, individualId: _individual, info: _info, pedigrees, ...rest } = record.document
  const own = record.type === 'individual' ? {} : { individualId: names.ofIndividual(owner) }
  const kept = withoutNotes(rest) as Document
  const references: Record<string, string> = {}
  for (const [key, type] of Object.entries(REFERENCES)) {
    const named = kept[key]
    if (typeof named === 'string') references[key] = names.ofNamedRecord(type, named) ?? UNKNOWN_RECORD
  }
  return {
    id: names.ofRecord(record),
    ...own,
    ...kept,
    ...references,
    ...(Array.isArray(pedigrees) ? { pedigrees: pedigrees.filter(isDocument).map(toPedigree(names)) } : {}),
  }
}

function withoutNotes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNotes)
  if (!isDocument(value)) return value
  const kept = Object.entries(value).filter(([key]) => key !== 'notes')
  return Object.fromEntries(kept.map(([key, inner]) => [key, withoutNotes(inner)]))
}

function toPedigree(names: Names): (pedigree: Document, index: number) => Document {
  return (pedigree, index) => {
    const listed: unknown = pedigree['members']
    const members = Array.isArray(listed) ? listed.filter(isDocument) : []
    const { info: _info, ...kept } = withoutNotes(pedigree) as Document
    return {
      ...kept,
      id: `pedigree-${index + 1}`,
      members: members.map((member, position) => ({
        ...(withoutNotes(member) as Document),
        // Relatives of whom the node has nothing keep their place in the family, and no name.
        memberId: names.ofNamedIndividual(String(member['memberId'])) ?? `relative-${position + 1}`,
      })),
    }
  }
}
