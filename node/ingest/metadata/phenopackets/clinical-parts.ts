import type { JsonObject } from '../source-record.js'
import { isObject } from '../source-record.js'
import {
  nonEmpty,
  readList,
  readMessage,
  toPart,
  toTerm,
  toTerms,
  toText,
  type Conversion,
  type MessageShape,
} from './conversion.js'
import { toDay, toTimeElement } from './time-element.js'

const FEATURE: MessageShape = {
  name: 'PhenotypicFeature',
  used: ['description', 'type', 'excluded', 'severity', 'modifiers', 'onset', 'resolution', 'evidence'],
}
const EVIDENCE: MessageShape = { name: 'Evidence', used: ['evidenceCode', 'reference'] }
const REFERENCE: MessageShape = { name: 'ExternalReference', used: ['id', 'reference', 'description'] }

export function toPhenotypicFeatures(conversion: Conversion, value: unknown, pointer: string) {
  const features = readList(conversion, value, pointer).map(([item, at]) => toFeature(conversion, item, at))
  return nonEmpty(features.filter((feature) => feature !== undefined))
}

function toFeature(conversion: Conversion, value: unknown, pointer: string): JsonObject | undefined {
  const feature = readMessage(conversion, value, pointer, FEATURE)
  if (!feature) return undefined
  const evidence = readList(conversion, feature['evidence'], `${pointer}/evidence`)
  // Beacon has one evidence of a feature.
  if (evidence.length > 1)
    conversion.notes.add('left out: further Evidence of a PhenotypicFeature', evidence.length - 1)
  const [first] = evidence
  return toPart(conversion, pointer, {
    featureType: toTerm(conversion, feature['type'], `${pointer}/type`),
    excluded: feature['excluded'],
    severity: toTerm(conversion, feature['severity'], `${pointer}/severity`),
    modifiers: toTerms(conversion, feature['modifiers'], `${pointer}/modifiers`),
    onset: toTimeElement(conversion, feature['onset'], `${pointer}/onset`),
    resolution: toTimeElement(conversion, feature['resolution'], `${pointer}/resolution`),
    evidence: first && toEvidence(conversion, ...first),
    notes: toText(feature['description']),
  })
}

function toEvidence(conversion: Conversion, value: unknown, pointer: string): JsonObject | undefined {
  const evidence = readMessage(conversion, value, pointer, EVIDENCE)
  if (!evidence) return undefined
  const reference = readMessage(conversion, evidence['reference'], `${pointer}/reference`, REFERENCE)
  const { id, reference: url, description } = reference ?? {}
  return toPart(conversion, pointer, {
    evidenceCode: toTerm(conversion, evidence['evidenceCode'], `${pointer}/evidenceCode`),
    reference:
      reference &&
      toPart(conversion, `${pointer}/reference`, {
        id: toText(id),
        reference: toText(url),
        notes: toText(description),
      }),
  })
}

const DISEASE: MessageShape = {
  name: 'Disease',
  used: ['term', 'excluded', 'onset', 'diseaseStage'],
  unused: ['resolution', 'clinicalTnmFinding', 'primarySite', 'laterality'],
}

/** Beacon has no excluded diseases, so they stand apart and never among the diseases. */
export function toDiseases(conversion: Conversion, value: unknown, pointer: string) {
  const diseases: JsonObject[] = []
  const excluded: JsonObject[] = []
  for (const [item, at] of readList(conversion, value, pointer)) {
    const disease = readMessage(conversion, item, at, DISEASE)
    if (!disease) continue
    const stages = readList(conversion, disease['diseaseStage'], `${at}/diseaseStage`)
    if (stages.length > 1) conversion.notes.add('left out: further diseaseStage of a Disease', stages.length - 1)
    const [stage] = stages
    const isExcluded = disease['excluded']
    if (isExcluded !== undefined && typeof isExcluded !== 'boolean') {
      conversion.problems.push({ field: `${at}/excluded`, reason: 'must be true or false' })
    }
    const part = toPart(conversion, at, {
      diseaseCode: toTerm(conversion, disease['term'], `${at}/term`),
      ageOfOnset: toTimeElement(conversion, disease['onset'], `${at}/onset`),
      stage: stage && toTerm(conversion, ...stage),
    })
    if (isExcluded === true) excluded.push(part)
    else diseases.push(part)
  }
  return { diseases: nonEmpty(diseases), excluded: nonEmpty(excluded) }
}

const MEASUREMENT: MessageShape = {
  name: 'Measurement',
  used: ['description', 'assay', 'value', 'complexValue', 'timeObserved', 'procedure'],
}
const VALUE: MessageShape = { name: 'Value', used: ['ontologyClass', 'quantity'] }
const COMPLEX_VALUE: MessageShape = { name: 'ComplexValue', used: ['typedQuantities'] }
const TYPED_QUANTITY: MessageShape = { name: 'TypedQuantity', used: ['type', 'quantity'] }
const QUANTITY: MessageShape = { name: 'Quantity', used: ['unit', 'value', 'referenceRange'] }
const RANGE: MessageShape = { name: 'ReferenceRange', used: ['unit', 'low', 'high'] }

/** Protocol Buffers leave out zeros. */
const ZERO = 0

function toQuantity(conversion: Conversion, value: unknown, pointer: string): JsonObject | undefined {
  const quantity = readMessage(conversion, value, pointer, QUANTITY)
  if (!quantity) return undefined
  const at = `${pointer}/referenceRange`
  const range = readMessage(conversion, quantity['referenceRange'], at, RANGE)
  return toPart(conversion, pointer, {
    unit: toTerm(conversion, quantity['unit'], `${pointer}/unit`),
    value: quantity['value'] ?? ZERO,
    referenceRange:
      range &&
      toPart(conversion, at, {
        unit: toTerm(conversion, range['unit'], `${at}/unit`),
        low: range['low'] ?? ZERO,
        high: range['high'] ?? ZERO,
      }),
  })
}

function toMeasuredValue(conversion: Conversion, measurement: JsonObject, pointer: string): unknown {
  const complex = readMessage(conversion, measurement['complexValue'], `${pointer}/complexValue`, COMPLEX_VALUE)
  if (complex) {
    const at = `${pointer}/complexValue`
    const items = readList(conversion, complex['typedQuantities'], `${at}/typedQuantities`).map(([item, itemAt]) => {
      const typed = readMessage(conversion, item, itemAt, TYPED_QUANTITY) ?? {}
      return toPart(conversion, itemAt, {
        quantityType: toTerm(conversion, typed['type'], `${itemAt}/type`),
        quantity: toQuantity(conversion, typed['quantity'], `${itemAt}/quantity`),
      })
    })
    return toPart(conversion, at, { typedQuantities: items })
  }
  const at = `${pointer}/value`
  const value = readMessage(conversion, measurement['value'], at, VALUE)
  if (value?.['quantity'] !== undefined) return toQuantity(conversion, value['quantity'], `${at}/quantity`)
  return toTerm(conversion, value?.['ontologyClass'], `${at}/ontologyClass`)
}

export function toMeasurements(conversion: Conversion, value: unknown, pointer: string) {
  const measurements: JsonObject[] = []
  for (const [item, at] of readList(conversion, value, pointer)) {
    const measurement = readMessage(conversion, item, at, MEASUREMENT)
    if (!measurement) continue
    const procedure = toProcedure(conversion, measurement['procedure'], `${at}/procedure`)
    measurements.push(
      toPart(conversion, at, {
        assayCode: toTerm(conversion, measurement['assay'], `${at}/assay`),
        measurementValue: toMeasuredValue(conversion, measurement, at),
        observationMoment: toTimeElement(conversion, measurement['timeObserved'], `${at}/timeObserved`),
        procedure,
        notes: toText(measurement['description']),
      }),
    )
  }
  return nonEmpty(measurements)
}

const PROCEDURE: MessageShape = { name: 'Procedure', used: ['code', 'bodySite', 'performed'] }

export function toProcedure(conversion: Conversion, value: unknown, pointer: string): JsonObject | undefined {
  const procedure = readMessage(conversion, value, pointer, PROCEDURE)
  if (!procedure) return undefined
  const performed = procedure['performed']
  const day = isObject(performed) && conversion.dateOfBirth === undefined ? toDay(performed['timestamp']) : undefined
  return toPart(conversion, pointer, {
    procedureCode: toTerm(conversion, procedure['code'], `${pointer}/code`),
    bodySite: toTerm(conversion, procedure['bodySite'], `${pointer}/bodySite`),
    ageAtProcedure: day === undefined ? toTimeElement(conversion, performed, `${pointer}/performed`) : undefined,
    dateOfProcedure: day,
  })
}
