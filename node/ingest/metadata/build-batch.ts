import type { IncomingCohort, MetadataBatch } from '../../metadata/record.js'
import { isGood, type CheckedRecord } from './check-records.js'
import type { OwnedDocument } from './check-references.js'
import type { Naming } from './name-individuals.js'
import { isObject, type JsonObject } from './source-record.js'

/** The good records as they are stored: people have their names of the node everywhere. */
export function buildBatch(
  records: readonly CheckedRecord[],
  owned: readonly OwnedDocument[],
  naming: Naming,
  datasetId: string,
): MetadataBatch {
  const candidates = records.filter(isGood).flatMap((record) => record.candidates)
  const cohorts = candidates.flatMap(({ type, document, members }): readonly IncomingCohort[] => {
    if (type !== 'cohort') return []
    const names = members && [...new Set(members.map((member) => naming.nameOf(member)))]
    return [{ id: document['id'] as string, ...(names ? { members: names } : {}), document }]
  })
  const dataset = candidates.find(({ type, document }) => type === 'dataset' && document['id'] === datasetId)
  return {
    records: owned.map(({ type, id, owner, candidate }) => {
      return { type, id, individual: owner, document: withNames(type, candidate.document, owner, naming) }
    }),
    cohorts,
    ...(dataset ? { datasetDocument: dataset.document } : {}),
  }
}

function withNames(type: OwnedDocument['type'], document: JsonObject, owner: string, naming: Naming): JsonObject {
  if (type !== 'individual') return { ...document, individualId: owner }
  const named = changeRelatives(document, (name, member) => [{ ...member, memberId: naming.nameOf(name) }])
  return { ...named, id: owner }
}

/** @param change what takes the place of a member of a pedigree */
function changeRelatives(
  document: JsonObject,
  change: (name: string, member: JsonObject) => readonly JsonObject[],
): JsonObject {
  const { pedigrees } = document
  if (!Array.isArray(pedigrees)) return document
  const changed = pedigrees.map((pedigree: unknown) => {
    if (!isObject(pedigree) || !Array.isArray(pedigree['members'])) return pedigree
    const members = pedigree['members'].flatMap((member: unknown): readonly unknown[] =>
      isObject(member) ? change(String(member['memberId']), member) : [member],
    )
    return { ...pedigree, members }
  })
  return { ...document, pedigrees: changed }
}

/** Everybody whom a batch names. */
export function peopleOf({ records, cohorts }: MetadataBatch): readonly string[] {
  return [
    ...new Set([...records.map(({ individual }) => individual), ...cohorts.flatMap(({ members = [] }) => members)]),
  ]
}

/** What is left of a batch without some people: their records go, and others name them no more. */
export function leaveOutPeople(batch: MetadataBatch, people: ReadonlySet<string>): MetadataBatch {
  return {
    ...batch,
    records: batch.records
      .filter(({ individual }) => !people.has(individual))
      .map((record) => ({
        ...record,
        document: changeRelatives(record.document, (name, member) => (people.has(name) ? [] : [member])),
      })),
    cohorts: batch.cohorts.map((cohort) =>
      cohort.members ? { ...cohort, members: cohort.members.filter((name) => !people.has(name)) } : cohort,
    ),
  }
}
