import { basename } from 'node:path'
import { dropNulls } from './drop-nulls.js'
import { isPhenopacket, toNumberProblems, toSourceRecords } from './phenopackets/to-source-records.js'
import { readJsonRecords } from './read-json-records.js'
import { IngestError } from '../ingest-error.js'
import { toEntryType, typeByName, type MetadataFileType } from './file-kind.js'
import { tidyDocument } from './tidy-document.js'
import type { Candidate, FieldProblem, JsonObject, MetadataType, Notes, SourceRecord } from './source-record.js'

/** Keys of a file's records that are no part of them: what editors write, and who belongs to a cohort. */
const NOT_STORED = ['$schema', 'members']

/**
 * Reads a JSON file: Beacon-friendly records of the type that the option or the file's name says, else Phenopackets.
 *
 * @throws IngestError the file is not JSON, or nothing tells what its records are
 */
export async function* readJsonFile(
  path: string,
  option: MetadataFileType | undefined,
  notes: Notes,
): AsyncGenerator<SourceRecord> {
  const file = basename(path)
  const type = option ?? typeByName(path)
  for await (const json of readJsonRecords(path)) {
    const value = dropNulls(json.value, notes) as JsonObject
    if (type === 'phenopackets' || (type === undefined && isPhenopacket(value))) {
      yield* toSourceRecords(file, { ...json, value }, notes)
    } else if (type === undefined) {
      const reason = 'what are its records? name the file individuals.json, biosamples.json and so on, or give --type'
      throw new IngestError(file, json.line, reason)
    } else yield toRecord(toEntryType(type), { file, record: json.record, line: json.line }, value, notes)
  }
}

/** A Beacon document as a record. */
export function toRecord(
  type: MetadataType,
  place: Pick<SourceRecord, 'file' | 'record' | 'line'>,
  value: JsonObject,
  notes: Notes,
): SourceRecord {
  const document = Object.fromEntries(
    Object.entries(value).filter(([key]) => !NOT_STORED.includes(key) || (key === 'members' && type !== 'cohort')),
  )
  const { id } = value
  const { members, problems } = readMembers(type, value)
  const tidy = tidyDocument(type, document, notes)
  const candidate: Candidate = { type, document: tidy, ...(members === undefined ? {} : { members }) }
  return {
    ...place,
    ...(typeof id === 'string' ? { id } : {}),
    candidates: [candidate],
    problems: [...toNumberProblems(value, ''), ...problems],
    facts: [],
    sampleLinks: [],
  }
}

function readMembers(type: MetadataType, { members }: JsonObject) {
  const problems: FieldProblem[] = []
  if (type !== 'cohort' || members === undefined) return { problems }
  const isList = Array.isArray(members) && members.every((member) => typeof member === 'string' && member !== '')
  if (!isList) problems.push({ field: '/members', reason: 'must be an array of ids of individuals' })
  return { problems, ...(isList ? { members: members as readonly string[] } : {}) }
}
