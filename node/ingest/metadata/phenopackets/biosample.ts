import { isObject, type JsonObject } from '../source-record.js'
import { toMeasurements, toPhenotypicFeatures, toProcedure } from './clinical-parts.js'
import { readMessage, toPart, toTerm, toTerms, toText, type Conversion, type MessageShape } from './conversion.js'
import { toAgeAt, toDay } from './time-element.js'

const BIOSAMPLE: MessageShape = {
  name: 'Biosample',
  used: [
    'id',
    'individualId',
    'description',
    'sampledTissue',
    'sampleType',
    'phenotypicFeatures',
    'measurements',
    'taxonomy',
    'timeOfCollection',
    'histologicalDiagnosis',
    'tumorProgression',
    'tumorGrade',
    'pathologicalStage',
    'pathologicalTnmFinding',
    'diagnosticMarkers',
    'procedure',
    'files',
    'materialSample',
    'sampleProcessing',
    'sampleStorage',
  ],
  unused: ['derivedFromId'],
}

/** Beacon demands both of every biosample. */
const UNKNOWN = { id: 'NCIT:C17998', label: 'Unknown' }

/** A biosample of a packet; its person is the packet's subject. */
export function toBiosample(
  conversion: Conversion,
  value: unknown,
  pointer: string,
  subjectId: string,
): JsonObject | undefined {
  const sample = readMessage(conversion, value, pointer, BIOSAMPLE)
  if (!sample) return undefined
  const { individualId } = sample
  if (individualId !== undefined && individualId !== '' && individualId !== subjectId) {
    const reason = 'is of somebody else than the subject of its packet'
    conversion.problems.push({ field: `${pointer}/individualId`, reason })
  }
  const term = (key: string) => toTerm(conversion, sample[key], `${pointer}/${key}`)
  const [status, type, tissue] = [term('materialSample'), term('sampleType'), term('sampledTissue')]
  if (status === undefined) conversion.notes.add('biosamples without materialSample have the status Unknown')
  if (type === undefined && tissue === undefined) {
    conversion.notes.add('biosamples without sampleType and sampledTissue have the origin Unknown')
  }
  return toPart(conversion, pointer, {
    id: sample['id'],
    individualId: subjectId,
    biosampleStatus: status ?? UNKNOWN,
    sampleOriginType: type ?? tissue ?? UNKNOWN,
    sampleOriginDetail: type === undefined ? undefined : tissue,
    ...toCollection(conversion, sample['timeOfCollection']),
    obtentionProcedure: toProcedure(conversion, sample['procedure'], `${pointer}/procedure`),
    tumorProgression: term('tumorProgression'),
    tumorGrade: term('tumorGrade'),
    pathologicalStage: term('pathologicalStage'),
    pathologicalTnmFinding: toTerms(conversion, sample['pathologicalTnmFinding'], `${pointer}/pathologicalTnmFinding`),
    histologicalDiagnosis: term('histologicalDiagnosis'),
    diagnosticMarkers: toTerms(conversion, sample['diagnosticMarkers'], `${pointer}/diagnosticMarkers`),
    phenotypicFeatures: toPhenotypicFeatures(conversion, sample['phenotypicFeatures'], `${pointer}/phenotypicFeatures`),
    measurements: toMeasurements(conversion, sample['measurements'], `${pointer}/measurements`),
    sampleProcessing: term('sampleProcessing'),
    sampleStorage: term('sampleStorage'),
    notes: toText(sample['description']),
  })
}

/** Beacon has a day and an age for when a sample was taken, and nothing for the other time elements. */
function toCollection(conversion: Conversion, value: unknown): JsonObject {
  if (!isObject(value)) return {}
  const { age, timestamp } = value
  if (isObject(age)) return { collectionMoment: age['iso8601duration'] }
  if (timestamp !== undefined) {
    return { collectionDate: toDay(timestamp) ?? timestamp, collectionMoment: toAgeAt(conversion, timestamp) }
  }
  conversion.notes.add('left out: Biosample.timeOfCollection that is no age and no timestamp')
  return {}
}
