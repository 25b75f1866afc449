import { parseDuration } from './duration.js'
import type { Document } from './record.js'

/** What a field holds: durations are compared by their length, dates as moments, text letter by letter. */
export type ValueKind = 'number' | 'duration' | 'date' | 'text'

export interface IndexedValue {
  /** Where it stands in the document, e.g. `diseases.ageOfOnset`; of a measured value the id of what was measured. */
  readonly field: string
  readonly kind: ValueKind
  /** Days of a duration, milliseconds of a date; text of the rest. */
  readonly value: number | string
}

export interface IndexedDocument {
  /** Ontology terms by which the record is found, with their labels. */
  readonly terms: ReadonlyMap<string, string | undefined>
  readonly values: readonly IndexedValue[]
}

/** Beacon's pattern of an ontology term's id: a prefix of at least two characters. */
const CURIE = /^\w[^:]+:.+$/
const DATE = /^\d{4}-\d{2}-\d{2}(T[\d:.]+(Z|[+-]\d{2}:\d{2})?)?$/

/** Names of people and records, free text, and what describes a value instead of a person. */
const NOT_INDEXED: ReadonlySet<string> = new Set([
  'id',
  'individualId',
  'biosampleId',
  'runId',
  'label',
  'notes',
  'info',
  'pedigrees',
  'unit',
  'evidence',
  'referenceRange',
  'quantityType',
])

function isDocument(value: unknown): value is Document {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isTerm(value: Document): boolean {
  return typeof value['id'] === 'string' && CURIE.test(value['id'])
}

/** Date.parse takes the 30th of February for the 1st of March. */
function isDay(day: string): boolean {
  const time = Date.parse(day)
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(day)
}

export function classifyText(text: string): { readonly kind: ValueKind; readonly value: number | string } {
  const days = parseDuration(text)
  if (days !== undefined) return { kind: 'duration', value: days }
  const time = DATE.test(text) && isDay(text.slice(0, 10)) ? Date.parse(text) : Number.NaN
  return Number.isNaN(time) ? { kind: 'text', value: text } : { kind: 'date', value: time }
}

/**
 * The ontology terms and the values by which a Beacon document can be found. What was looked for and not found
 * (`excluded: true`), and what only relatives have (`familyHistory: true`), says nothing of the person by a term.
 */
export function indexDocument(document: Document): IndexedDocument {
  const terms = new Map<string, string | undefined>()
  const values: IndexedValue[] = []

  function add(field: string, scalar: unknown): void {
    if (typeof scalar === 'number') values.push({ field, kind: 'number', value: scalar })
    else if (typeof scalar === 'boolean') values.push({ field, kind: 'text', value: String(scalar) })
    else if (typeof scalar === 'string' && scalar !== '') values.push({ field, ...classifyText(scalar) })
  }

  function addMeasure(measure: Document): void {
    const { assayCode, measurementValue } = measure
    if (!isDocument(assayCode) || typeof assayCode['id'] !== 'string' || !isDocument(measurementValue)) return
    const quantity = isDocument(measurementValue['quantity']) ? measurementValue['quantity'] : measurementValue
    add(assayCode['id'], quantity['value'])
  }

  function walk(value: unknown, field: string): void {
    if (Array.isArray(value)) {
      for (const item of value) walk(item, field)
    } else if (!isDocument(value)) {
      add(field, value)
    } else if (isTerm(value)) {
      const { id, label } = value
      terms.set(String(id), typeof label === 'string' ? label : terms.get(String(id)))
      // By its label and by its id: `sex:=female` and `sex:=NCIT:C16576`.
      add(field, id)
      add(field, label)
    } else if (value['excluded'] !== true && value['familyHistory'] !== true) {
      if ('assayCode' in value) addMeasure(value)
      for (const [key, inner] of Object.entries(value)) {
        // An age is its duration: `diseases.ageOfOnset`, not `diseases.ageOfOnset.iso8601duration`.
        if (!NOT_INDEXED.has(key))
          walk(inner, key === 'iso8601duration' ? field : field === '' ? key : `${field}.${key}`)
      }
    }
  }

  walk(withoutId(document), '')
  const { info } = document
  if (isDocument(info) && info['age'] !== undefined) walk(info['age'], 'age')
  return { terms, values }
}

/** The record's own id may look like a term. */
function withoutId({ id: _, ...rest }: Document): Document {
  return rest
}
