import { CLINICAL_RELEVANCES, type ClinicalRelevance } from '../../schemas/index.js'
import type { Interpretation } from './interpretation.js'
import { parseAllele, type AlleleContext } from './parse-allele.js'

export const REQUIRED_COLUMNS = ['chrom', 'pos', 'ref', 'alt', 'class', 'laboratory', 'date', 'condition'] as const
/** The last four are of structural alleles. */
const OPTIONAL_COLUMNS = [
  'condition_label',
  'causative',
  'individual',
  'assembly',
  'end',
  'svlen',
  'svtype',
  'cn',
] as const
export const COLUMNS = [...REQUIRED_COLUMNS, ...OPTIONAL_COLUMNS] as const

export type Column = (typeof COLUMNS)[number]

export function isColumn(name: string): name is Column {
  return COLUMNS.some((column) => column === name)
}

/** A line of a file by column; what is empty is not there. */
export type Row = ReadonlyMap<Column, string>

export interface Problem {
  /** Absent: of the line as a whole. */
  readonly column?: Column
  readonly reason: string
}

export interface RowContext extends AlleleContext {
  /** Node-wide number of a person by the laboratory's name; undefined: there is no such person. */
  readonly numberOf: (name: string) => number | undefined
  /** ISO date of today: nothing is classified tomorrow. */
  readonly today: string
}

/** ACMG/AMP class by number, name, or laboratory shorthand. */
const CLASSES: ReadonlyMap<string, ClinicalRelevance> = new Map<string, ClinicalRelevance>([
  ...CLINICAL_RELEVANCES.flatMap((name, index) => [[name, name] as const, [String(index + 1), name] as const]),
  ['b', 'benign'],
  ['lb', 'likely benign'],
  ['vus', 'uncertain significance'],
  ['lp', 'likely pathogenic'],
  ['p', 'pathogenic'],
])

const YES_OR_NO: ReadonlyMap<string, boolean> = new Map([
  ['yes', true],
  ['true', true],
  ['no', false],
  ['false', false],
])

/** Longest name, label or CURIE, characters. */
const LONGEST_TEXT = 200
const CURIE = /^\w[^:\s]+:\S+$/

function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false
  const date = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text)
}

/** Reads one line, and finds everything that is wrong with it. */
export function parseRow(row: Row, context: RowContext): Interpretation | readonly Problem[] {
  const problems: Problem[] = []
  const fail = (column: Column, reason: string): undefined => void problems.push({ column, reason })
  for (const column of REQUIRED_COLUMNS) if (!row.has(column)) fail(column, 'is empty')
  for (const [column, text] of row) {
    if (column !== 'ref' && column !== 'alt' && text.length > LONGEST_TEXT) {
      fail(column, `has more than ${LONGEST_TEXT} characters`)
    }
  }
  const read = <T>(column: Column, parse: (text: string) => T | undefined, wanted: string): T | undefined => {
    const text = row.get(column)
    if (text === undefined) return undefined
    const value = parse(text)
    return value === undefined ? fail(column, `"${text.slice(0, 40)}" is not ${wanted}`) : value
  }
  const relevance = read('class', toRelevance, `a class: 1 to 5, or ${CLINICAL_RELEVANCES.join(', ')}`)
  const date = read('date', (text) => (isDate(text) ? text : undefined), 'a date as 2026-01-31')
  if (date !== undefined && date > context.today) fail('date', `${date} has not come yet`)
  const condition = read('condition', (text) => (CURIE.test(text) ? text : undefined), 'a CURIE as MONDO:0007254')
  const causative = read('causative', (text) => YES_OR_NO.get(text.toLowerCase()), 'yes or no')
  const { assembly } = context.manifest
  read('assembly', (text) => (text === assembly ? text : undefined), `the dataset’s assembly, ${assembly}`)
  // The name itself is not repeated: messages end up in logs.
  const name = row.get('individual')
  const individual = name === undefined ? undefined : context.numberOf(name)
  if (name !== undefined && individual === undefined) fail('individual', 'is nobody that the node knows by this name')
  const allele = parseAllele(row, context, fail)
  if (problems.length > 0) return problems
  const conditionLabel = row.get('condition_label')
  return {
    ...allele!,
    relevance: relevance!,
    laboratory: row.get('laboratory')!,
    date: date!,
    condition: condition!,
    ...(conditionLabel === undefined ? {} : { conditionLabel }),
    ...(causative === undefined ? {} : { causative }),
    ...(individual === undefined ? {} : { individual }),
  }
}

function toRelevance(text: string): ClinicalRelevance | undefined {
  return CLASSES.get(text.toLowerCase().replaceAll('_', ' '))
}
