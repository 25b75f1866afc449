import { at, listAt, textAt } from '../json.js'
import type { BeaconRecord } from './right-records.js'

export interface RightFilter {
  readonly id: string
  readonly operator?: string
  readonly value?: string
}

/** Terms of the right beacon: ontology terms by which people are found, one age and one custom term. */
export const RIGHT_TERMS = [
  { id: 'HP:0001250', label: 'Seizure', type: 'ontology', scopes: ['individual'] },
  { id: 'HP:0001263', label: 'Global developmental delay', type: 'ontology', scopes: ['individual'] },
  { id: 'NCIT:C16576', label: 'female', type: 'ontology', scopes: ['individual'] },
  { id: 'ageOfOnset', label: 'age at the first seizure', type: 'alphanumeric', scopes: ['individual'] },
  { id: 'UBERON:0000178', label: 'blood', type: 'ontology', scopes: ['biosample'] },
  { id: 'platform', label: 'platform', type: 'alphanumeric', scopes: ['run'], values: ['Illumina', 'Other'] },
]

/** Whether an ontology id stands anywhere in a record. */
function holdsTerm(value: unknown, id: string): boolean {
  if (Array.isArray(value)) return value.some((item) => holdsTerm(item, id))
  if (typeof value !== 'object' || value === null) return false
  if (textAt(value, 'id') === id) return true
  return Object.values(value).some((item) => holdsTerm(item, id))
}

function years(duration: string): number | undefined {
  const match = /^P(\d+)Y$/.exec(duration)
  return match ? Number(match[1]) : undefined
}

function compare(value: number, operator: string, asked: number): boolean {
  switch (operator) {
    case '<':
      return value < asked
    case '>':
      return value > asked
    case '<=':
      return value <= asked
    case '>=':
      return value >= asked
    case '!':
      return value !== asked
    default:
      return value === asked
  }
}

/** @throws Error the term, the operator or the value is not known */
export function passesFilter(record: BeaconRecord, { id, operator = '=', value }: RightFilter): boolean {
  if (!RIGHT_TERMS.some((term) => term.id === id)) throw new Error(`the filtering term ${id} is unknown`)
  if (id === 'ageOfOnset') {
    const onset = textAt(listAt(record, 'phenotypicFeatures')[0], 'onset', 'iso8601duration')
    const asked = years(value ?? '')
    if (asked === undefined) throw new Error('ageOfOnset takes an age such as P40Y')
    return onset !== undefined && compare(years(onset)!, operator, asked)
  }
  if (id === 'platform') {
    if (operator !== '=' && operator !== '!') throw new Error('platform has no order')
    return (at(record, 'platform') === value) === (operator === '=')
  }
  return holdsTerm(record, id)
}
