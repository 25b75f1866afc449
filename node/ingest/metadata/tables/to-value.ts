import {
  ageSchema,
  CURIE_PATTERN,
  ontologyTermSchema,
  timeElementSchema,
  type DURATION_UNITS,
  type JsonSchema,
} from '../../../../schemas/index.js'
import { SEX_TERMS } from '../phenopackets/subject.js'

/** A text that cannot be what its field holds. */
export class CellError extends Error {
  override readonly name = 'CellError'
}

export interface CellRules {
  readonly values?: Readonly<Record<string, unknown>>
  readonly prefix?: string
  readonly unit?: (typeof DURATION_UNITS)[number]
  readonly decimal: 'point' | 'comma'
}

const UNIT_LETTERS = { years: 'Y', months: 'M', weeks: 'W', days: 'D' } as const
const CURIE = new RegExp(CURIE_PATTERN, 'u')
/** A term and its label in one cell: `HP:0001250 Seizure`. */
const LABELLED = /^(\S+:\S+)\s+(\S.*)$/
const TRUE = ['true', 'yes', 'y', '1', 'ja']
const FALSE = ['false', 'no', 'n', '0', 'nej']
const SEXES: Readonly<Record<string, unknown>> = {
  male: SEX_TERMS.MALE,
  female: SEX_TERMS.FEMALE,
  unknown: SEX_TERMS.UNKNOWN_SEX,
}

/**
 * A cell's text as what the field's schema asks for: a term, an age, a number, a truth value or a text.
 *
 * @throws CellError
 */
export function toValue(text: string, schema: JsonSchema, rules: CellRules, isSex: boolean): unknown {
  const { values, prefix = '' } = rules
  if (values) {
    // Own keys only: a cell `constructor` is no value of the mapping.
    if (!Object.hasOwn(values, text)) throw new CellError(`is not in the mapping: ${Object.keys(values).join(', ')}`)
    const meant = values[text]
    return typeof meant === 'string' ? fromText(prefix + meant, schema, rules, isSex) : structuredClone(meant)
  }
  return fromText(prefix + text, schema, rules, isSex)
}

function fromText(text: string, schema: JsonSchema, rules: CellRules, isSex: boolean): unknown {
  if (schema === ontologyTermSchema) return (isSex ? SEXES[text.toLowerCase()] : undefined) ?? toTerm(text)
  if (schema === timeElementSchema && CURIE.test(text.split(/\s/)[0]!)) return toTerm(text)
  if (schema === ageSchema || schema === timeElementSchema) return { iso8601duration: toDuration(text, rules) }
  const type = schema['type']
  if (type === 'number' || type === 'integer') return toNumber(text, rules)
  if (type === 'boolean') return toBoolean(text)
  return rules.unit === undefined ? text : toDuration(text, rules)
}

function toTerm(text: string): unknown {
  const labelled = LABELLED.exec(text)
  return labelled ? { id: labelled[1], label: labelled[2] } : { id: text }
}

function toDuration(text: string, rules: CellRules): string {
  if (rules.unit === undefined) return text
  const number = toNumber(text, rules)
  if (number < 0) throw new CellError('is less than zero')
  return `P${String(number)}${UNIT_LETTERS[rules.unit]}`
}

function toNumber(text: string, { decimal }: CellRules): number {
  const form = decimal === 'comma' ? /^[+-]?\d+(,\d+)?$/ : /^[+-]?\d+(\.\d+)?([eE][+-]?\d{1,2})?$/
  if (!form.test(text)) {
    const hint =
      decimal === 'point' && /^[+-]?\d+,\d+$/.test(text) ? '; for decimal commas the mapping needs decimal: comma' : ''
    throw new CellError(`is no number${hint}`)
  }
  return Number(text.replace(',', '.'))
}

function toBoolean(text: string): boolean {
  const lower = text.toLowerCase()
  if (TRUE.includes(lower)) return true
  if (FALSE.includes(lower)) return false
  throw new CellError(`is neither yes (${TRUE.join(', ')}) nor no (${FALSE.join(', ')})`)
}
