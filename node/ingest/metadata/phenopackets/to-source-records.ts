import { basename } from 'node:path'
import type { Sex } from '../../../metadata/individuals.js'
import { readJsonRecords, type JsonRecord } from '../read-json-records.js'
import {
  isObject,
  type FieldProblem,
  type JsonObject,
  type Notes,
  type SampleLink,
  type SourceRecord,
  type StatedFacts,
} from '../source-record.js'
import { findPersonalNumbers } from '../personal-numbers.js'
import { readList, readMessage, type Conversion, type MessageShape } from './conversion.js'
import { convertPacket, readFiles } from './packet.js'
import { isPacketSex, toSex } from './subject.js'

const FAMILY: MessageShape = {
  name: 'Family',
  used: ['id', 'proband', 'relatives', 'pedigree', 'files', 'metaData'],
  unused: ['consanguinousParent'],
}
const COHORT: MessageShape = { name: 'Cohort', used: ['id', 'description', 'members', 'files', 'metaData'] }
const PEDIGREE: MessageShape = { name: 'Pedigree', used: ['persons'] }
const PERSON: MessageShape = {
  name: 'Pedigree.Person',
  used: ['familyId', 'individualId', 'sex'],
  unused: ['paternalId', 'maternalId', 'affectedStatus'],
}
/** PED: no family. */
const NO_FAMILY = ['', '0']

/** Whether an object is a packet, a family or a cohort of Phenopackets: Beacon's records have none of these keys. */
export function isPhenopacket(value: JsonObject): boolean {
  return ['metaData', 'subject', 'proband'].some((key) => key in value)
}

/** Reads packets, families and cohorts; each packet is a record of its own, and so is the cohort. */
export async function* readPackets(path: string, notes: Notes): AsyncGenerator<SourceRecord> {
  for await (const record of readJsonRecords(path)) yield* toSourceRecords(basename(path), record, notes)
}

/** @param file its name, as it is reported */
export function toSourceRecords(file: string, { record, line, value }: JsonRecord, notes: Notes): SourceRecord[] {
  const place = { file, record, line }
  if ('proband' in value) return fromFamily(place, value, notes)
  if (Array.isArray(value['members'])) return fromCohort(place, value, notes)
  return [toPacketRecord(place, value, '', notes)]
}

type Place = Pick<SourceRecord, 'file' | 'record' | 'line'>

/** A packet by itself. Personal identity numbers are looked for in all of it, in what is left out too. */
function toPacketRecord(
  place: Place,
  value: unknown,
  pointer: string,
  notes: Notes,
  more: Partial<Pick<SourceRecord, 'facts' | 'sampleLinks' | 'problems'>> = {},
): SourceRecord {
  const packet = convertPacket(value, pointer, notes)
  const links = more.sampleLinks?.filter(({ individual }) => individual === packet.subject) ?? []
  return {
    ...place,
    ...(packet.subject === undefined ? {} : { id: packet.subject }),
    candidates: packet.candidates,
    problems: [...toNumberProblems(value, pointer), ...packet.problems, ...(more.problems ?? [])],
    facts: [...packet.facts, ...(more.facts?.filter(({ individual }) => individual === packet.subject) ?? [])],
    sampleLinks: [...packet.sampleLinks, ...links],
  }
}

export function toNumberProblems(value: unknown, pointer: string): readonly FieldProblem[] {
  return findPersonalNumbers(value, pointer).map((field) => ({
    field: field || '/',
    reason: 'holds a personal identity number',
  }))
}

/** A message around packets: its own problems, and the links of its files. */
function readAround(value: JsonObject, shape: MessageShape, notes: Notes) {
  const problems: FieldProblem[] = []
  const conversion: Conversion = { problems, notes, origins: new WeakMap() }
  readMessage(conversion, value, '', shape)
  const sampleLinks: readonly SampleLink[] = readFiles(conversion, value['files'], '/files')
  return { conversion, problems, sampleLinks }
}

function fromFamily(place: Place, value: JsonObject, notes: Notes): SourceRecord[] {
  const { conversion, problems, sampleLinks } = readAround(value, FAMILY, notes)
  const facts = readPedigree(conversion, value['pedigree'])
  const relatives = readList(conversion, value['relatives'], '/relatives')
  const members = [[value['proband'], '/proband'] as const, ...relatives]
  return members.map(([member, pointer]) => {
    return toPacketRecord(place, member, pointer, notes, { facts, sampleLinks, problems })
  })
}

/** Sex and family of the persons; who is whose parent and who is affected has no place in Beacon without a disease. */
function readPedigree(conversion: Conversion, value: unknown): readonly StatedFacts[] {
  const pedigree = readMessage(conversion, value, '/pedigree', PEDIGREE)
  return readList(conversion, pedigree?.['persons'], '/pedigree/persons').flatMap(([item, pointer]): StatedFacts[] => {
    const person = readMessage(conversion, item, pointer, PERSON)
    if (!person) return []
    const { familyId, individualId, sex = 'UNKNOWN_SEX' } = person
    if (typeof individualId !== 'string' || individualId === '') {
      conversion.problems.push({ field: `${pointer}/individualId`, reason: 'is missing' })
      return []
    }
    if (!isPacketSex(sex)) conversion.problems.push({ field: `${pointer}/sex`, reason: 'is no sex of Phenopackets' })
    const stated: Sex = isPacketSex(sex) ? toSex(sex) : 'unknown'
    const hasFamily = typeof familyId === 'string' && !NO_FAMILY.includes(familyId)
    return [{ individual: individualId, sex: stated, ...(hasFamily ? { family: familyId } : {}) }]
  })
}

function fromCohort(place: Place, value: JsonObject, notes: Notes): SourceRecord[] {
  const { problems, sampleLinks } = readAround(value, COHORT, notes)
  const members = value['members'] as readonly unknown[]
  const records = members.map((member, index) =>
    toPacketRecord(place, member, `/members/${index}`, notes, { sampleLinks }),
  )
  const { id, description } = value
  const document = {
    id,
    name: typeof description === 'string' && description !== '' ? description : id,
    cohortType: 'study-defined',
  }
  const ids = members.map((member) =>
    isObject(member) && isObject(member['subject']) ? member['subject']['id'] : undefined,
  )
  const cohort: SourceRecord = {
    ...place,
    ...(typeof id === 'string' ? { id } : {}),
    candidates: [{ type: 'cohort', document, members: ids.map(String) }],
    problems: [...toNumberProblems(description, '/description'), ...toNumberProblems(id, '/id'), ...problems],
    facts: [],
    sampleLinks: [],
  }
  return [...records, cohort]
}
