import type { Bounds, Counts } from '../../schemas/network/counts.js'
import type { NetworkInfo, RegionAnswer } from '../../schemas/network/network-answer.js'
import { toVerdict } from '../../schemas/network/verdict.js'

/** What stands in a table where nothing was released. */
export const NOTHING = '–'
/** What stands for a number that is not known. */
const UNKNOWN = '?'

/** Frequencies are read to four significant digits; more would claim more than the counts hold. */
const FREQUENCY_DIGITS = 4

export function peopleText(part: Pick<RegionAnswer, 'counts' | 'exists' | 'bounds'>): string {
  if (part.counts) {
    const { individuals, somaticIndividuals } = part.counts
    const people = individuals === undefined ? rangeText(part.bounds?.individuals) : String(individuals)
    return somaticIndividuals ? `${people} (+${somaticIndividuals} in tumours)` : people
  }
  return part.exists === undefined ? NOTHING : part.exists ? 'yes' : 'no'
}

/** People of whom only bounds are known. */
function rangeText(bounds: Bounds | undefined): string {
  if (!bounds) return UNKNOWN
  const { lower, upper } = bounds
  if (upper === null) return `≥ ${lower}`
  return lower === upper ? String(lower) : `${lower}–${upper}`
}

/** `AC/AN`, or the number of variants when several alleles were asked for. */
export function allelesText(counts: Counts | undefined): string {
  if (!counts) return NOTHING
  if ('variants' in counts) return String(counts.variants)
  return `${counts.alleleCount ?? UNKNOWN}/${counts.anBasis === 'unknown' ? UNKNOWN : counts.alleleNumber}`
}

export function boundsText({ lower, upper }: Bounds): string {
  return upper === null ? `at least ${lower}, upper bound unknown` : `at least ${lower}, at most ${upper}`
}

/** The answer in a sentence. */
export function verdictText(info: NetworkInfo): string {
  switch (toVerdict(info)) {
    case 'somebody':
      return 'Somebody has it.'
    case 'nobody':
      return 'Nobody has it: every region answered, and nothing was withheld.'
    case 'not-found-but-incomplete':
      return 'Not found, but the answer is incomplete: somebody may have it.'
    case 'no-answer':
      return 'No region could answer.'
  }
}

/** The people of the whole network. */
export function totalText({ total, regionsAnswered }: NetworkInfo): string {
  if (regionsAnswered === 0) return NOTHING
  return `people ${peopleText(total)} (${boundsText(total.bounds.individuals)})`
}

export function frequencyText({ total }: NetworkInfo): string | undefined {
  const { alleleFrequency, counts } = total
  if (alleleFrequency === undefined || !counts || 'variants' in counts) return undefined
  const share = alleleFrequency === 0 ? '0' : alleleFrequency.toPrecision(FREQUENCY_DIGITS)
  return `allele frequency ${share} (${counts.alleleCount} of ${counts.alleleNumber} alleles, number ${counts.anBasis})`
}

export function countedText({ regionsAsked, regionsAnswered, complete }: NetworkInfo): string {
  return `${regionsAnswered} of ${regionsAsked} regions answered; ${complete ? 'complete' : 'not complete'}`
}
