import type { JsonSchema } from '../../../schemas/index.js'

/**
 * The records of Beacon v2.1.1's default model in our own words: what is required of each, and nothing of ours. Objects are
 * open, as in the standard. Choices are made by what a value has (`if`), so that one mistake is one error.
 */
export const text = { type: 'string' } as const
export const integer = { type: 'integer' } as const
export const number = { type: 'number' } as const
export const flag = { type: 'boolean' } as const
export const date = { type: 'string', format: 'date' } as const
export const dateTime = { type: 'string', format: 'date-time' } as const
export const isoDuration = { type: 'string' } as const

export function object(required: readonly string[], properties: JsonSchema, rest: JsonSchema = {}): JsonSchema {
  return { type: 'object', required, properties, ...rest }
}

export function list(items: JsonSchema, rest: JsonSchema = {}): JsonSchema {
  return { type: 'array', items, ...rest }
}

/** beaconCommonComponents CURIE: a prefix of two characters at least. */
export const CURIE_PATTERN = String.raw`^\w[^:]+:.+$`
/** Marks the one constraint that the case about ontology ids judges, and no other. */
export const CURIE_MARK = 'ontology id'

export const curie = { type: 'string', pattern: CURIE_PATTERN, $comment: CURIE_MARK } as const

export const term = object(['id'], { id: curie, label: text })
export const age = object(['iso8601duration'], { iso8601duration: isoDuration })
export const quantity = object(['unit', 'value'], {
  unit: term,
  value: number,
  referenceRange: object(['unit', 'low', 'high'], { unit: term, low: number, high: number }),
})

/** timeElement.json: flattened, not wrapped as in Phenopackets. */
export const timeElement: JsonSchema = {
  type: 'object',
  if: { required: ['iso8601duration'] },
  then: age,
  else: {
    if: { required: ['start'] },
    then: {
      if: { properties: { start: { type: 'object' } } },
      then: object(['start', 'end'], { start: age, end: age }),
      else: object(['start', 'end'], { start: dateTime, end: dateTime }, { additionalProperties: false }),
    },
    else: { if: { required: ['weeks'] }, then: object(['weeks'], { weeks: integer, days: integer }), else: term },
  },
}

/** measurement.json: a quantity, a term, or several typed quantities. */
const measured: JsonSchema = {
  type: 'object',
  if: { required: ['typedQuantities'] },
  then: object(['typedQuantities'], {
    typedQuantities: list(object(['quantityType', 'quantity'], { quantityType: term, quantity })),
  }),
  else: { if: { required: ['value'] }, then: quantity, else: term },
}

export const procedure = object(['procedureCode'], {
  procedureCode: term,
  bodySite: term,
  ageAtProcedure: timeElement,
  dateOfProcedure: date,
})

export const measurement = object(['assayCode', 'measurementValue'], {
  assayCode: term,
  measurementValue: measured,
  date,
  observationMoment: timeElement,
  procedure,
  notes: text,
})

export const phenotypicFeature = object(['featureType'], {
  featureType: term,
  excluded: flag,
  onset: timeElement,
  resolution: timeElement,
  severity: term,
  modifiers: list(term),
  evidence: object(['evidenceCode'], { evidenceCode: term }),
  notes: text,
})

export const disease = object(['diseaseCode'], {
  diseaseCode: term,
  ageOfOnset: timeElement,
  stage: term,
  severity: term,
  familyHistory: flag,
  notes: text,
})
