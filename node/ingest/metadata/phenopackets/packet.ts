import {
  isObject,
  type Candidate,
  type JsonObject,
  type Notes,
  type SampleLink,
  type StatedFacts,
} from '../source-record.js'
import type { FieldProblem } from '../source-record.js'
import { toBiosample } from './biosample.js'
import { toDiseases, toMeasurements, toPhenotypicFeatures } from './clinical-parts.js'
import { readList, readMessage, toPart, type Conversion, type MessageShape } from './conversion.js'
import { toInterventionsAndTreatments } from './medical-actions.js'
import { dateOfBirthOf, readSubject, toSex } from './subject.js'

const PACKET: MessageShape = {
  name: 'Phenopacket',
  used: [
    'id',
    'subject',
    'phenotypicFeatures',
    'measurements',
    'biosamples',
    'diseases',
    'medicalActions',
    'files',
    'metaData',
  ],
  unused: ['interpretations'],
}
const FILE: MessageShape = { name: 'File', used: ['uri', 'individualToFileIdentifiers', 'fileAttributes'] }

/** What a packet gives. */
export interface ConvertedPacket {
  readonly subject: string | undefined
  readonly candidates: readonly Candidate[]
  readonly problems: readonly FieldProblem[]
  readonly facts: readonly StatedFacts[]
  readonly sampleLinks: readonly SampleLink[]
}

/**
 * A Phenopacket (GA4GH, version 2) as a Beacon individual and its biosamples.
 *
 * @param pointer where the packet stands in its record: a member of a family or a cohort
 */
export function convertPacket(value: unknown, pointer: string, notes: Notes): ConvertedPacket {
  const problems: FieldProblem[] = []
  const dateOfBirth = isObject(value) ? dateOfBirthOf(value['subject']) : undefined
  const base = { problems, notes, origins: new WeakMap<object, string>() }
  const conversion: Conversion = { ...base, ...(dateOfBirth === undefined ? {} : { dateOfBirth }) }
  const packet = readMessage(conversion, value, pointer, PACKET)
  if (!packet) return { subject: undefined, candidates: [], problems, facts: [], sampleLinks: [] }
  checkVersion(conversion, packet['metaData'], `${pointer}/metaData`)
  const sampleLinks = readFiles(conversion, packet['files'], `${pointer}/files`)
  const subject = readSubject(conversion, packet['subject'], `${pointer}/subject`)
  if (!subject) return { subject: undefined, candidates: [], problems, facts: [], sampleLinks }
  const { diseases, excluded } = toDiseases(conversion, packet['diseases'], `${pointer}/diseases`)
  const actions = toInterventionsAndTreatments(conversion, packet['medicalActions'], `${pointer}/medicalActions`)
  const info = subject.fields['info'] as JsonObject | undefined
  const individual = toPart(conversion, `${pointer}/subject`, {
    ...subject.fields,
    diseases,
    phenotypicFeatures: toPhenotypicFeatures(conversion, packet['phenotypicFeatures'], `${pointer}/phenotypicFeatures`),
    measures: toMeasurements(conversion, packet['measurements'], `${pointer}/measurements`),
    interventionsOrProcedures: actions.interventions,
    treatments: actions.treatments,
    info: excluded ? { ...info, excludedDiseases: excluded } : info,
  })
  const samples = readList(conversion, packet['biosamples'], `${pointer}/biosamples`).flatMap(
    ([item, at]): readonly JsonObject[] => {
      const files = isObject(item) ? readFiles(conversion, item['files'], `${at}/files`) : []
      sampleLinks.push(...files)
      const sample = toBiosample(conversion, item, at, subject.id)
      return sample ? [sample] : []
    },
  )
  const toCandidate = (type: Candidate['type'], document: JsonObject): Candidate => ({
    type,
    document,
    toField: (place) => toPacketPointer(conversion.origins, document, place),
    toName: toPacketName,
  })
  return {
    subject: subject.id,
    candidates: [toCandidate('individual', individual), ...samples.map((sample) => toCandidate('biosample', sample))],
    problems,
    facts: [{ individual: subject.id, sex: toSex(subject.sex) }],
    sampleLinks,
  }
}

function checkVersion(conversion: Conversion, metaData: unknown, pointer: string): void {
  const version = isObject(metaData) ? metaData['phenopacketSchemaVersion'] : undefined
  if (typeof version !== 'string' || version === '' || version.startsWith('2')) return
  const field = `${pointer}/phenopacketSchemaVersion`
  conversion.problems.push({ field, reason: 'only version 2 is read; convert the packet first' })
}

/** Sample columns of VCF files, by the individual they belong to. */
export function readFiles(conversion: Conversion, value: unknown, pointer: string): SampleLink[] {
  return readList(conversion, value, pointer).flatMap(([item, at]) => {
    const file = readMessage(conversion, item, at, FILE)
    const identifiers = file?.['individualToFileIdentifiers']
    if (!isObject(identifiers)) return []
    return Object.entries(identifiers).flatMap(([individual, sample]) =>
      typeof sample === 'string' && sample !== '' ? [{ individual, sample }] : [],
    )
  })
}

/** Phenopackets' names of Beacon's fields, for what is missing in an object. */
const PACKET_NAMES: Readonly<Record<string, string>> = {
  featureType: 'type',
  diseaseCode: 'term',
  ageOfOnset: 'onset',
  stage: 'diseaseStage',
  assayCode: 'assay',
  measurementValue: 'value',
  observationMoment: 'timeObserved',
  procedureCode: 'code',
  treatmentCode: 'agent',
  quantityType: 'type',
  notes: 'description',
  measures: 'measurements',
  biosampleStatus: 'materialSample',
  sampleOriginType: 'sampledTissue',
  sampleOriginDetail: 'sampledTissue',
  obtentionProcedure: 'procedure',
  collectionDate: 'timeOfCollection',
  collectionMoment: 'timeOfCollection',
}

function toPacketName(beaconName: string): string {
  return PACKET_NAMES[beaconName] ?? beaconName
}

/** Walks the document along a pointer; behind the last object whose origin is known, names are put into the packet's words. */
function toPacketPointer(origins: WeakMap<object, string>, document: JsonObject, pointer: string): string {
  let at: unknown = document
  let origin = origins.get(document) ?? ''
  for (const part of pointer.split('/').slice(1)) {
    at = Array.isArray(at) ? (at[Number(part)] as unknown) : isObject(at) ? at[part] : undefined
    const known = typeof at === 'object' && at !== null ? origins.get(at) : undefined
    origin = known ?? `${origin}/${toPacketName(part)}`
  }
  return origin
}
