import { count, text, type JsonSchema } from '../json-schema.js'

/** Parts of the records of people, runs and analyses (Beacon v2 default model), as types and as JSON Schemas. */

export interface OntologyTerm {
  /** A CURIE: `HP:0001250` */
  readonly id: string
  readonly label?: string
}

export interface Age {
  readonly iso8601duration: string
}

export interface AgeRange {
  readonly start: Age
  readonly end: Age
}

export interface GestationalAge {
  readonly weeks: number
  readonly days?: number
}

/** From the first moment to the last; a single moment has both the same. */
export interface TimeInterval {
  readonly start: string
  readonly end: string
}

/** Beacon has these flat, without the name of the kind around them. */
export type TimeElement = Age | AgeRange | GestationalAge | TimeInterval | OntologyTerm

export interface ReferenceRange {
  readonly unit: OntologyTerm
  readonly low: number
  readonly high: number
}

export interface Quantity {
  readonly unit: OntologyTerm
  readonly value: number
  readonly referenceRange?: ReferenceRange
}

export interface ComplexValue {
  readonly typedQuantities: readonly { readonly quantityType: OntologyTerm; readonly quantity: Quantity }[]
}

export interface Procedure {
  readonly procedureCode: OntologyTerm
  readonly bodySite?: OntologyTerm
  readonly ageAtProcedure?: TimeElement
  readonly dateOfProcedure?: string
}

export interface Evidence {
  readonly evidenceCode: OntologyTerm
  readonly reference?: { readonly id?: string; readonly notes?: string; readonly reference?: string }
}

export interface PhenotypicFeature {
  readonly featureType: OntologyTerm
  /** True: looked for and not found. */
  readonly excluded?: boolean
  readonly onset?: TimeElement
  readonly resolution?: TimeElement
  readonly severity?: OntologyTerm
  readonly modifiers?: readonly OntologyTerm[]
  readonly evidence?: Evidence
  readonly notes?: string
}

export interface Measurement {
  readonly assayCode: OntologyTerm
  readonly measurementValue: Quantity | OntologyTerm | ComplexValue
  readonly date?: string
  readonly observationMoment?: TimeElement
  readonly procedure?: Procedure
  readonly notes?: string
}

export interface Disease {
  readonly diseaseCode: OntologyTerm
  readonly ageOfOnset?: TimeElement
  readonly stage?: OntologyTerm
  readonly severity?: OntologyTerm
  readonly familyHistory?: boolean
  readonly notes?: string
}

/**
 * An object inside a record. Beacon leaves most of them open; here an unknown key is refused, because a misspelt `excluded` would
 * make a person a carrier of what was ruled out. Keys that begin with `_` and `info` are for what is not in the standard.
 */
function part(required: readonly string[], properties: JsonSchema): JsonSchema {
  return {
    type: 'object',
    required,
    properties: { ...properties, info: { type: 'object' } },
    patternProperties: { '^_': true },
    additionalProperties: false,
  }
}

/** An object without room for anything else, in Beacon too. */
function closedPart(required: readonly string[], properties: JsonSchema): JsonSchema {
  return { type: 'object', required, properties, additionalProperties: false }
}

/**
 * A CURIE, narrower than Beacon's own pattern: a prefix of at least two letters, digits, `.`, `_` or `-`, a colon, and no white
 * space. A URL is none: Beacon's pattern takes `http` for a prefix.
 */
export const CURIE_PATTERN = String.raw`^\w[\w.\-]+:(?!//)\S+$`

const DIGITS = String.raw`\d+(\.\d+)?`
/** ISO 8601 duration: `P32Y6M`, `P3W`, `PT12H`. Beacon takes any text. */
export const DURATION_PATTERN = String.raw`^P(?=[\dT])(${DIGITS}Y)?(${DIGITS}M)?(${DIGITS}W)?(${DIGITS}D)?(T(?=\d)(${DIGITS}H)?(${DIGITS}M)?(${DIGITS}S)?)?$`

export const string = { type: 'string' } as const
export const boolean = { type: 'boolean' } as const
export const date = { type: 'string', format: 'date' } as const
export const timestamp = { type: 'string', format: 'date-time' } as const
export const duration = { type: 'string', pattern: DURATION_PATTERN } as const
export const info = { type: 'object' } as const
/** Ids of people and records: without white space at the ends, which nobody sees, and without control characters. */
export const ID_PATTERN = String.raw`^[^\s\x00-\x1f\x7f]([^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f])?$`
export const recordId = { type: 'string', minLength: 1, pattern: ID_PATTERN } as const

/** Its object is the mark by which programs that walk a schema know a term. */
export const ontologyTermSchema = part(['id'], { id: { type: 'string', pattern: CURIE_PATTERN }, label: string })
export const term = ontologyTermSchema
export const terms = { type: 'array', items: term } as const

export const ageSchema = closedPart(['iso8601duration'], { iso8601duration: duration })
export const ageRangeSchema = closedPart(['start', 'end'], { start: ageSchema, end: ageSchema })
const gestationalAge = closedPart(['weeks'], { weeks: count, days: { type: 'integer', minimum: 0, maximum: 6 } })
const timeInterval = closedPart(['start', 'end'], { start: timestamp, end: timestamp })

const has = (key: string): JsonSchema => ({ type: 'object', required: [key] })

/** Beacon's `oneOf` of five kinds as a choice by key, so that an error speaks of the kind that was meant. */
export const timeElementSchema: JsonSchema = {
  type: 'object',
  if: has('iso8601duration'),
  then: ageSchema,
  else: {
    if: has('weeks'),
    then: gestationalAge,
    else: {
      if: has('start'),
      then: {
        if: { properties: { start: { type: 'string' } } },
        then: timeInterval,
        else: ageRangeSchema,
      },
      else: term,
    },
  },
}

const referenceRange = part(['unit', 'low', 'high'], { unit: term, low: { type: 'number' }, high: { type: 'number' } })
export const quantitySchema = part(['unit', 'value'], { unit: term, value: { type: 'number' }, referenceRange })
const complexValue = part(['typedQuantities'], {
  typedQuantities: {
    type: 'array',
    items: part(['quantityType', 'quantity'], { quantityType: term, quantity: quantitySchema }),
  },
})

const measurementValue: JsonSchema = {
  type: 'object',
  if: has('typedQuantities'),
  then: complexValue,
  else: { if: has('id'), then: term, else: quantitySchema },
}

const evidence = part(['evidenceCode'], {
  evidenceCode: term,
  reference: part([], { id: string, notes: string, reference: string, label: string }),
})

export const procedureSchema = part(['procedureCode'], {
  procedureCode: term,
  bodySite: term,
  ageAtProcedure: timeElementSchema,
  dateOfProcedure: date,
})

export const phenotypicFeatureSchema = part(['featureType'], {
  featureType: term,
  excluded: boolean,
  onset: timeElementSchema,
  resolution: timeElementSchema,
  severity: term,
  modifiers: terms,
  evidence,
  notes: string,
})

export const measurementSchema = part(['assayCode', 'measurementValue'], {
  assayCode: term,
  measurementValue,
  date,
  observationMoment: timeElementSchema,
  procedure: procedureSchema,
  notes: string,
})

export const diseaseSchema = part(['diseaseCode'], {
  diseaseCode: term,
  ageOfOnset: timeElementSchema,
  stage: term,
  severity: term,
  familyHistory: boolean,
  notes: string,
})

const doseInterval = closedPart(['quantity', 'interval', 'scheduleFrequency'], {
  quantity: quantitySchema,
  interval: timeInterval,
  scheduleFrequency: term,
})

export const treatmentSchema = part(['treatmentCode'], {
  treatmentCode: term,
  ageAtOnset: ageSchema,
  routeOfAdministration: term,
  cumulativeDose: quantitySchema,
  doseIntervals: { type: 'array', items: doseInterval },
})

export const exposureSchema = part(['exposureCode', 'ageAtExposure', 'unit', 'duration'], {
  exposureCode: term,
  ageAtExposure: ageSchema,
  unit: term,
  duration,
  value: { type: 'number' },
  date,
})

export const pedigreeSchema = part(['id', 'disease', 'members'], {
  id: text,
  disease: diseaseSchema,
  members: {
    type: 'array',
    minItems: 1,
    items: part(['memberId', 'role', 'affected'], { memberId: recordId, role: term, affected: boolean }),
  },
  numSubjects: count,
})
