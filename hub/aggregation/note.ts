import type { RegionAnswer } from '../../schemas/index.js'
import { toMatchingNote } from './matching.js'

export interface NoteOptions {
  /** Ids of members that are networks and answered in part. */
  readonly partial: ReadonlySet<string>
  readonly granularity: 'boolean' | 'count'
  readonly isIndel: boolean
  /** Regions counted one allele and several alleles. */
  readonly isMixed: boolean
}

function names(regions: readonly RegionAnswer[]): string {
  return regions.map(({ name }) => name).join(', ')
}

/** A sentence about the regions that a test picks out, or nothing. */
function about(
  regions: readonly RegionAnswer[],
  isMeant: (region: RegionAnswer) => boolean,
  words: (who: string) => string,
): string[] {
  const meant = regions.filter(isMeant)
  return meant.length > 0 ? [words(names(meant))] : []
}

/** How to read the total, in words. */
export function toNote(
  regions: readonly RegionAnswer[],
  { partial, granularity, isIndel, isMixed }: NoteOptions,
): string {
  if (regions.length === 0) return 'This network has no regions.'
  const answered = regions.filter(({ status }) => status === 'answered')
  const someCounts = answered.some(({ counts }) => counts)
  const missing = regions
    .filter(({ status }) => status !== 'answered')
    .map(({ name, status, reason }) => `${name} (${status}${reason === undefined ? '' : `: ${reason}`})`)
  const matching = toMatchingNote(answered)
  return [
    'Sum over regions; people are not deduplicated across regions.',
    ...(answered.some(({ counts }) => counts && 'variants' in counts)
      ? ['A variant that stands in several regions is counted in each.']
      : []),
    ...(matching === undefined ? [] : [matching]),
    ...(missing.length > 0 ? [`Missing from the total: ${missing.join(', ')}.`] : []),
    ...about(
      answered,
      (r) => (r.datasetsNotAsked?.access ?? 0) > 0,
      (who) => `Holding more data that you may not ask: ${who}.`,
    ),
    ...about(
      answered,
      (r) => (r.datasetsNotAsked?.paused ?? 0) > 0,
      (who) => `Holding more data, paused for now: ${who}.`,
    ),
    ...about(
      answered,
      (r) => (r.datasetsNotAsked?.assembly ?? 0) > 0,
      (who) => `Holding more data, of another assembly: ${who}.`,
    ),
    ...about(
      answered,
      (r) => (r.datasetsNotAsked?.undecidable ?? 0) > 0,
      (who) => `Holding more data, pre-counted, which cannot answer for chosen people: ${who}.`,
    ),
    ...about(
      answered,
      (r) => r.counts !== undefined && 'partial' in r.counts,
      (who) => `Holding pre-counted data of which not every number is known: ${who}.`,
    ),
    ...about(
      answered,
      (r) => (r.datasetsNotAsked?.metadata ?? 0) > 0,
      (who) => `Holding more data, without the records that a filter speaks of: ${who}.`,
    ),
    ...about(
      answered,
      (r) => r.datasetsNotAsked === undefined,
      (who) => `Not saying whether more data are held: ${who}.`,
    ),
    ...about(
      answered,
      (r) => partial.has(r.beaconId),
      (who) => `A network of which not all regions answered: ${who}.`,
    ),
    ...(granularity === 'count' && someCounts && !isMixed
      ? about(
          answered,
          (r) => !r.counts,
          (who) => `No counts were released by ${who}; the counts are those of the other regions.`,
        )
      : []),
    ...(isMixed ? ['The regions counted different things, so there is no common count.'] : []),
    ...(isIndel
      ? about(
          answered,
          (r) => r.normalised === false,
          (who) => `Regions that store trimmed, not left-aligned indels may be incomplete: ${who}.`,
        )
      : []),
  ].join(' ')
}
