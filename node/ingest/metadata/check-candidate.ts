import { findViolations, ID_PATTERN, type Violation } from '../../../schemas/index.js'
import { isObject, type Candidate, type FieldProblem, type MetadataType, type Notes } from './source-record.js'
import { findReversed } from './find-reversed.js'
import { schemaOf } from './schema-of.js'
import { meantField } from './tidy-document.js'
import { walkTerms } from './walk-terms.js'

/** What the node knows of ontologies. */
export interface KnownTerms {
  /** Whether an ontology with the prefix of this CURIE is loaded. */
  knowsPrefix(id: string): boolean
  /** The term, or the one that stands in its place now; undefined when no loaded ontology has it. */
  find(id: string): { readonly id: string; readonly obsolete: boolean } | undefined
}

/** Of one record; the first ones tell what is the matter. */
const MOST_PROBLEMS = 20
const LONGEST_SHOWN = 60
const MISSING_KEY = /must have the key "(\w+)"/

/** Checks a document against the schema of its type, and its terms against the ontologies. */
export function checkCandidate(
  candidate: Candidate,
  terms: KnownTerms | undefined,
  notes: Notes,
): readonly FieldProblem[] {
  const { type, document, toField = (pointer: string) => pointer, toName = (name: string) => name } = candidate
  const schema = schemaOf(type)
  const violations = findViolations(schema, document)
  const problems = violations.slice(0, MOST_PROBLEMS).map((violation): FieldProblem => {
    const reason = toReason(violation, valueAt(document, violation.pointer))
    const words = reason.replace(MISSING_KEY, (_, name: string) => `must have the key "${toName(name)}"`)
    return { field: toField(violation.pointer) || '/', reason: words }
  })
  problems.push(...checkKeys(type, document))
  for (const pointer of findReversed(document)) {
    problems.push({ field: toField(pointer), reason: 'ends before it begins' })
  }
  if (terms) {
    walkTerms(schema, document, (id, pointer) => {
      if (!terms.knowsPrefix(id)) return
      const found = terms.find(id)
      if (!found) problems.push({ field: toField(pointer), reason: `${show(id)} is no term of the loaded ontology` })
      else if (found.obsolete) notes.add(`${id} is obsolete`)
      else if (found.id !== id) notes.add(`${id} is an old id of ${found.id}`)
    })
  }
  return problems
}

/** Keys that are one of the standard's own in other letters. */
function checkKeys(type: MetadataType, document: Candidate['document']): readonly FieldProblem[] {
  return Object.keys(document).flatMap((key): FieldProblem[] => {
    const meant = meantField(type, key)
    return meant === undefined ? [] : [{ field: `/${key}`, reason: `is no field of Beacon; did you mean ${meant}?` }]
  })
}

function show(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return JSON.stringify(text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text)
}

function valueAt(document: unknown, pointer: string): unknown {
  let value = document
  for (const part of pointer.split('/').slice(1)) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~')
    value = Array.isArray(value) ? value[Number(key)] : isObject(value) ? value[key] : undefined
  }
  return value
}

/** The names that Phenopackets puts around a time element. */
const WRAPPINGS = ['age', 'ageRange', 'gestationalAge', 'ontologyClass', 'interval', 'timestamp', 'ageGroup']

/** The schema's words, or better ones where a mistake is a common one. */
function toReason({ message, unknownKey }: Violation, value: unknown): string {
  if (message.startsWith('must match pattern "^P')) {
    return `${show(value)} is no ISO 8601 duration; write e.g. P32Y6M`
  }
  if (message === `must match pattern "${ID_PATTERN}"`) {
    return `${show(value)} has white space at an end, or a control character`
  }
  if (message.startsWith('must match pattern')) return toCurieReason(value)
  if (message.startsWith('must match format "date"')) return `${show(value)} is no date; write YYYY-MM-DD`
  if (message.startsWith('must match format "date-time"')) {
    return `${show(value)} is no date and time; write e.g. 2024-05-01T12:00:00Z`
  }
  if (message.startsWith('must be one of')) return `${show(value ?? null)} is not allowed: ${message}`
  const keys = isObject(value) ? Object.keys(value) : []
  const wrapping = unknownKey ?? (keys.length === 1 ? keys[0] : undefined)
  if (wrapping !== undefined && WRAPPINGS.includes(wrapping)) {
    return `has its value inside "${wrapping}"; write what is inside it here, without "${wrapping}" around it`
  }
  if (message === 'must be object' && typeof value === 'string') {
    return `${show(value)} is a text; an object is needed, such as {"id": "HP:0001250", "label": "Seizure"}`
  }
  return message
}

function toCurieReason(value: unknown): string {
  const text = typeof value === 'string' ? value : ''
  const prefixed = /^([A-Za-z][\w.-]+?)[_ ](\S+)$/.exec(text)
  const fromUrl = /^https?:\/\/\S*\/([A-Za-z]+)_(\w+)$/.exec(text) ?? prefixed
  if (fromUrl) return `${show(value)} is no CURIE; write ${show(`${fromUrl[1]}:${fromUrl[2]}`)}`
  return `${show(value)} is no CURIE; write a prefix of at least two letters, a colon and an id, e.g. HP:0001250`
}
