import type { Individual } from './individuals.js'
import type { Document, RecordType } from './record.js'
import type { StoredRecord } from './metadata.js'

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

/** A record that another names is always stored with it; this stands for one that is not, where the schema wants a name. */
const NOBODY_KNOWS = 'unknown'

/** How answers call the people and records that a document names; undefined for those that the dataset does not have. */
export interface Pseudonyms {
  ofIndividual(name: string): string | undefined
  ofRecord(type: RecordType, name: string): string | undefined
}

function isDocument(value: unknown): value is Document {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** What is said of a person of whom no record was given: a Beacon individual has an id and a sex. */
export function toBareIndividual({ pseudonym, sex }: Individual): Document {
  return { id: pseudonym, sex: SEX_TERMS[sex] }
}

/**
 * The document as it may leave: names of people and records are pseudonyms, and free text (`notes`, `info`), in which names
 * may stand, is left out.
 */
export function pseudonymise(record: StoredRecord, owner: Individual, names: Pseudonyms): Document {
  const { id: _id, individualId: _individual, info: _info, pedigrees, ...rest } = record.document
  const own = record.type === 'individual' ? {} : { individualId: owner.pseudonym }
  const kept = withoutNotes(rest) as Document
  const references: Record<string, string> = {}
  for (const [key, type] of Object.entries(REFERENCES)) {
    const named = kept[key]
    if (typeof named === 'string') references[key] = names.ofRecord(type, named) ?? NOBODY_KNOWS
  }
  return {
    id: record.pseudonym,
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

function toPedigree(names: Pseudonyms): (pedigree: Document, index: number) => Document {
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
        memberId: names.ofIndividual(String(member['memberId'])) ?? `relative-${position + 1}`,
      })),
    }
  }
}
