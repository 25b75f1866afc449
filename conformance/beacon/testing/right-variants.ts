import { at, isObject, listAt, textAt } from '../json.js'
import { CHROMOSOME_17, type BeaconRecord } from './right-records.js'

/** Coordinates and bases of a record, however it writes its variation. */
function factsOf(record: BeaconRecord) {
  const variation = at(record, 'variation')
  const interval = at(at(variation, 'location') ?? at(variation, 'subject'), 'interval')
  const hgvs = /\d([ACGT])>/.exec(textAt(record, 'identifiers', 'genomicHGVSId') ?? '')
  const isLoss = textAt(variation, 'copy_change') === 'efo:0030067'
  return {
    start: at(interval, 'start', 'value') as number,
    end: at(interval, 'end', 'value') as number,
    ref: textAt(variation, 'referenceBases') ?? hgvs?.[1] ?? '',
    alt: textAt(variation, 'state', 'sequence') ?? textAt(variation, 'alternateBases'),
    type: textAt(variation, 'variantType') ?? (isLoss ? 'DEL' : 'SNP'),
  }
}

const fits = (bases: string | undefined, asked: string) =>
  bases?.length === asked.length && [...asked].every((base, i) => base === 'N' || base === bases[i])

/** A question of the right beacon that makes no sense. */
export class BadQuestion extends Error {
  override readonly name = 'BadQuestion'
}

function requireNumbers(value: unknown, name: string): readonly number[] | undefined {
  if (value === undefined) return undefined
  const isRight =
    Array.isArray(value) && value.length >= 1 && value.length <= 2 && value.every((n) => Number.isInteger(n) && n >= 0)
  if (!isRight) throw new BadQuestion(`${name} must be one or two whole numbers`)
  return value as readonly number[]
}

function requireText(value: unknown, name: string, pattern: RegExp): string | undefined {
  if (value === undefined) return undefined
  if (typeof value !== 'string' || !pattern.test(value)) throw new BadQuestion(`${name} is not valid`)
  return value
}

const BASES = /^[ACGTUNRYSWKMBDHV.-]*$/

/** Variants that a question finds. @throws BadQuestion */
export function findVariants(records: readonly BeaconRecord[], parameters: unknown): readonly BeaconRecord[] {
  if (parameters === undefined) return records
  if (!isObject(parameters)) throw new BadQuestion('g_variant must be an object')
  const start = requireNumbers(parameters['start'], 'start')
  const end = requireNumbers(parameters['end'], 'end')
  const ref = requireText(parameters['referenceBases'], 'referenceBases', BASES)
  const alt = requireText(parameters['alternateBases'], 'alternateBases', BASES)
  const name = requireText(parameters['referenceName'], 'referenceName', /./)
  if (start && !end && alt === undefined) throw new BadQuestion('start without end needs alternateBases')
  if (start && end && start.length !== end.length) throw new BadQuestion('start and end must have as many values')
  if (start?.length === 1 && end && end[0]! <= start[0]!) throw new BadQuestion('end must be after start')
  if (start && name === undefined) throw new BadQuestion('start needs referenceName')
  const names = [CHROMOSOME_17, CHROMOSOME_17.slice('refseq:'.length), '17', 'chr17']
  return records.filter((record) => {
    const facts = factsOf(record)
    if (name !== undefined && !names.includes(name)) return false
    if (start && !end && facts.start !== start[0]) return false
    if (start?.length === 1 && end) {
      // An insertion stands before the base at its start.
      const last = Math.max(facts.end, facts.start + 1)
      if (!(facts.start < end[0]! && last > start[0]!)) return false
    }
    if (start?.length === 2 && end) {
      const inside = (value: number, [from, to]: readonly number[]) => value >= from! && value < to!
      if (!inside(facts.start, start) || !inside(facts.end, end)) return false
    }
    if (ref !== undefined && !fits(facts.ref, ref)) return false
    if (alt !== undefined && !fits(facts.alt, alt)) return false
    const { variantType, geneId, aminoacidChange, genomicAlleleShortForm } = parameters
    if (variantType !== undefined && variantType !== facts.type) return false
    const has = (asked: unknown, ...path: string[]) => asked === undefined || listAt(record, ...path).includes(asked)
    if (!has(geneId, 'molecularAttributes', 'geneIds')) return false
    if (!has(aminoacidChange, 'molecularAttributes', 'aminoacidChanges')) return false
    return (
      genomicAlleleShortForm === undefined || genomicAlleleShortForm === textAt(record, 'identifiers', 'genomicHGVSId')
    )
  })
}
