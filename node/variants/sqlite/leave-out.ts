import { leaveOutFractions } from '../allele-fractions.js'
import { Bitmap } from '../bitmap.js'
import type { EncodedSet } from '../encode-numbers.js'
import { decodeSet, encodeSet } from '../encoded-set.js'
import { FRACTIONS } from './layout.js'
import type { SegmentWriter } from './segment-writer.js'

/**
 * A writer to which nothing of some people comes. Alleles that only they have are written as alleles that nobody has, which no
 * question finds, so that denominators are those of the others' calls.
 *
 * @param writer made for the others alone, and finished with their cohorts
 */
export function leaveOut(writer: SegmentWriter, people: Bitmap): SegmentWriter {
  if (people.isEmpty) return writer
  const without = (set: EncodedSet): EncodedSet => encodeSet(Bitmap.andNot(decodeSet(set), people))
  const withoutFractions = (set: EncodedSet): EncodedSet => encodeSet(leaveOutFractions(decodeSet(set), people))
  const withoutCovered = ({ covered }: { readonly covered?: EncodedSet }) =>
    covered === undefined ? {} : { covered: without(covered) }
  return {
    add(allele) {
      const sets = allele.sets.map((set, index) => (index === FRACTIONS ? withoutFractions(set) : without(set)))
      return writer.add({ ...allele, sets, ...withoutCovered(allele) })
    },
    addBlock: (block) =>
      writer.addBlock({
        ...block,
        noCall: without(block.noCall),
        oneAllele: without(block.oneAllele),
        ...withoutCovered(block),
      }),
    get contradictoryCalls() {
      return writer.contradictoryCalls
    },
    finish: (cohorts, coverage) => writer.finish(cohorts, coverage),
    abandon: () => writer.abandon(),
  }
}
