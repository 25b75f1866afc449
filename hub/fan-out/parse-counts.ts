import { AN_BASES, type AnBasis, type Bounds, type Counts, type PartialCounts } from '../../schemas/index.js'
import { isJsonObject, type JsonObject } from '../json-limits.js'

/** Why an answer cannot be used. The message is shown to callers: it holds no number and no text of the node. */
export class InvalidAnswer extends Error {
  override readonly name = 'InvalidAnswer'
}

/** More than all alleles of mankind; sums over a thousand regions stay exact integers. */
const MAXIMUM_COUNT = 1e12

/** @param within of what the name is a part, as in `counts.` */
export function parseCount(value: unknown, name: string, within = ''): number {
  if (!Number.isSafeInteger(value) || (value as number) < 0 || (value as number) > MAXIMUM_COUNT) {
    throw new InvalidAnswer(`${within}${name} is not a count`)
  }
  // -0 is a safe integer too.
  return (value as number) + 0
}

export function parseOptionalCount(value: unknown, name: string): number | undefined {
  return value === undefined ? undefined : parseCount(value, name)
}

export function parseBoolean(value: unknown, name: string): boolean {
  if (typeof value !== 'boolean') throw new InvalidAnswer(`${name} is not true or false`)
  return value
}

function parseAnBasis(value: unknown): AnBasis {
  const basis = AN_BASES.find((known) => known === value)
  if (basis === undefined) throw new InvalidAnswer('counts have an unknown anBasis')
  return basis
}

function parseFields<K extends string>(counts: JsonObject, names: readonly K[]): Record<K, number> {
  const parsed: Partial<Record<K, number>> = {}
  for (const name of names) parsed[name] = parseCount(counts[name], name, 'counts.')
  return parsed as Record<K, number>
}

function demand(condition: boolean, contradiction: string): void {
  if (!condition) throw new InvalidAnswer(`contradicts itself: ${contradiction}`)
}

function checkAlleleNumber(alleleCount: number, alleleNumber: number, basis: AnBasis): void {
  demand(basis === 'unknown' || alleleCount <= alleleNumber, 'alleleCount is above alleleNumber')
}

/**
 * Builds new counts from what a node sent, field by field, and checks the sums of spec/counting.md.
 *
 * @param exists what the same object said about the allele
 * @throws InvalidAnswer
 */
export function parseCounts(value: unknown, exists: boolean): Counts {
  if (!isJsonObject(value)) throw new InvalidAnswer('counts are not an object')
  if (value['partial'] === true) return parsePartialCounts(value, exists)
  const inherited = parseFields(value, ['individuals', 'families'])
  const somaticIndividuals = parseOptionalCount(value['somaticIndividuals'], 'counts.somaticIndividuals')
  const people = { ...inherited, ...(somaticIndividuals === undefined ? {} : { somaticIndividuals }) }
  demand(exists === people.individuals + (somaticIndividuals ?? 0) > 0, 'exists and individuals disagree')
  demand(people.families <= people.individuals, 'families are more than individuals')
  if ('variants' in value) {
    const { variants } = parseFields(value, ['variants'])
    demand(exists === variants > 0, 'exists and variants disagree')
    return { variants, ...people }
  }
  const alleles = parseFields(value, ['alleleCount', 'alleleNumber'])
  const basis = parseAnBasis(value['anBasis'])
  checkAlleleNumber(alleles.alleleCount, alleles.alleleNumber, basis)
  if ('homoplasmic' in value || 'heteroplasmic' in value) {
    const plasmic = parseFields(value, ['homoplasmic', 'heteroplasmic'])
    demand(plasmic.homoplasmic + plasmic.heteroplasmic === people.individuals, 'the parts do not add up to individuals')
    return { ...people, ...plasmic, ...alleles, anBasis: basis }
  }
  const zygosity = parseFields(value, ['heterozygotes', 'homozygotes', 'hemizygotes'])
  const { heterozygotes, homozygotes, hemizygotes } = zygosity
  demand(heterozygotes + homozygotes + hemizygotes === people.individuals, 'the parts do not add up to individuals')
  demand(
    heterozygotes + 2 * homozygotes + hemizygotes === alleles.alleleCount,
    'the parts do not add up to alleleCount',
  )
  return { ...people, ...zygosity, ...alleles, anBasis: basis }
}

const OPTIONAL_COUNTS = [
  'individuals',
  'families',
  'heterozygotes',
  'homozygotes',
  'hemizygotes',
  'homoplasmic',
  'heteroplasmic',
  'alleleCount',
  'somaticIndividuals',
] as const

/** What is absent is not known; what is there must agree with what else is there. */
function parsePartialCounts(value: JsonObject, exists: boolean): PartialCounts {
  const known: { [Name in (typeof OPTIONAL_COUNTS)[number]]?: number } = {}
  for (const name of OPTIONAL_COUNTS) {
    const parsed = parseOptionalCount(value[name], `counts.${name}`)
    if (parsed !== undefined) known[name] = parsed
  }
  const { individuals, families = 0, alleleCount, somaticIndividuals = 0 } = known
  if (individuals === undefined) demand(exists, 'nothing exists, and yet individuals are not known')
  else demand(exists === individuals + somaticIndividuals > 0, 'exists and individuals disagree')
  demand(individuals === undefined || families <= individuals, 'families are more than individuals')
  if ('variants' in value) {
    const { variants } = parseFields(value, ['variants'])
    demand(exists === variants > 0, 'exists and variants disagree')
    const people = { ...(individuals === undefined ? {} : { individuals }), ...pick(known, ['families']) }
    return { partial: true, variants, ...people, ...pick(known, ['somaticIndividuals']) }
  }
  const { alleleNumber } = parseFields(value, ['alleleNumber'])
  const basis = parseAnBasis(value['anBasis'])
  if (alleleCount !== undefined) {
    checkAlleleNumber(alleleCount, alleleNumber, basis)
    if (individuals !== undefined) {
      const fits = individuals <= alleleCount && alleleCount <= 2 * individuals
      demand(fits, 'alleleCount does not fit individuals')
    }
  }
  const { heterozygotes = 0, homozygotes = 0, hemizygotes = 0, homoplasmic = 0, heteroplasmic = 0 } = known
  const parts = heterozygotes + homozygotes + hemizygotes + homoplasmic + heteroplasmic
  demand(individuals === undefined || parts <= individuals, 'the parts are more than individuals')
  demand(alleleCount === undefined || parts + homozygotes <= alleleCount, 'the parts are more than alleleCount')
  return { partial: true, ...known, alleleNumber, anBasis: basis }
}

function pick<T extends object, K extends keyof T>(from: T, keys: readonly K[]): Partial<Pick<T, K>> {
  return Object.fromEntries(keys.flatMap((key) => (from[key] === undefined ? [] : [[key, from[key]]]))) as Partial<
    Pick<T, K>
  >
}

/** @throws InvalidAnswer */
export function parseBounds(value: unknown, exists: boolean, counts: Counts | undefined): Bounds {
  if (!isJsonObject(value)) throw new InvalidAnswer('bounds are missing')
  const lower = parseCount(value['lower'], 'bounds.lower')
  const upper = value['upper'] === null ? null : parseCount(value['upper'], 'bounds.upper')
  demand(upper === null || lower <= upper, 'the lower bound is above the upper bound')
  demand(exists ? upper !== 0 : lower === 0, 'exists and the bounds disagree')
  if (counts) {
    // Of those with the allele in a tumour some may have inherited it too, and are one person in the bounds.
    const { individuals, somaticIndividuals = 0 } = counts
    const atLeast = Math.max(individuals ?? 0, somaticIndividuals)
    demand(
      (individuals === undefined || lower <= individuals + somaticIndividuals) && (upper === null || atLeast <= upper),
      'individuals are out of bounds',
    )
  }
  return { lower, upper }
}
