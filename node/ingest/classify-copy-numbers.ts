import { encodeNumbers, type EncodedSet } from '../variants/encode-numbers.js'
import type { Ploidy } from '../variants/ploidy.js'
import type { EncodedCalls } from '../variants/sqlite/encoded-calls.js'
import type { Columns } from './classify-calls.js'

/** The people with one number of copies that is not the usual one. */
export interface CopyNumberCalls extends EncodedCalls {
  readonly copyNumber: number
}

/**
 * Turns the copy numbers of a record's samples (FORMAT CN) into one allele for each number that is not the usual one: two, or
 * one where a man has one copy. People without any copy are homozygous; of others it is not said which of two copies changed,
 * so that they stand with the heterozygotes.
 *
 * @param copies by column, as written
 * @param isCalled false: the record fails FILTER, or the person's copy number is of too low a quality
 */
export function classifyCopyNumbers(
  copies: readonly string[],
  { numbers, males, females }: Columns,
  ploidy: Ploidy,
  isCalled: (column: number) => boolean,
): readonly CopyNumberCalls[] {
  const carriers = new Map<number, Record<'heterozygous' | 'homozygous' | 'hemizygous', number[]>>()
  const noCall: number[] = []
  const oneAllele: number[] = []
  for (const [column, number] of numbers.entries()) {
    const text = copies[column] ?? ''
    const isHaploid = (ploidy === 'x' || ploidy === 'y') && males[column] === 1
    const hasNoCopy = ploidy === 'y' && females[column] === 1
    if (!isCalled(column) || hasNoCopy || !/^\d{1,4}$/.test(text)) {
      noCall.push(number)
      continue
    }
    if (isHaploid) oneAllele.push(number)
    const copyNumber = Number(text)
    if (isUsual(copyNumber, ploidy, males[column] === 1, females[column] === 1)) continue
    const sets = carriers.get(copyNumber) ?? { heterozygous: [], homozygous: [], hemizygous: [] }
    carriers.set(copyNumber, sets)
    if (isHaploid) sets.hemizygous.push(number)
    else if (copyNumber === 0) sets.homozygous.push(number)
    else sets.heterozygous.push(number)
  }
  const everywhere = { noCall: toSet(noCall), oneAllele: toSet(oneAllele), somatic: null, fractions: null }
  return [...carriers]
    .sort(([a], [b]) => a - b)
    .map(([copyNumber, { heterozygous, homozygous, hemizygous }]) => ({
      ...everywhere,
      copyNumber,
      heterozygous: toSet(heterozygous),
      homozygous: toSet(homozygous),
      hemizygous: toSet(hemizygous),
    }))
}

function toSet(numbers: readonly number[]): EncodedSet {
  return encodeNumbers(Uint32Array.from(numbers))
}

/** On X and Y one copy and two are both usual in a person of unknown sex. */
function isUsual(copies: number, ploidy: Ploidy, isMale: boolean, isFemale: boolean): boolean {
  if (ploidy === 'diploid' || ploidy === 'mt') return copies === 2
  if (isMale) return copies === 1
  if (isFemale) return copies === 2
  return copies === 1 || copies === 2
}
