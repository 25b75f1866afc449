import type { AlleleCounts, RegionCounts } from '../../schemas/index.js'
import { NO_CALL, NO_COPY, type Genotypes } from './genotypes.js'
import type { Person } from './people.js'

/** What a network must say of one allele in one region. What the alleleNumber rests on is for the node to say. */
export type TrueAlleleCounts = Omit<AlleleCounts, 'anBasis' | 'somaticIndividuals'>
export type TrueRegionCounts = RegionCounts

/** Counts one alternate allele, 1-based as in GT; a plain count, person by person, unlike the bitmaps that it checks. */
export function countAllele(
  genotypes: Genotypes,
  people: readonly Person[],
  allele: number,
  isMeant: (person: Person) => boolean = () => true,
): TrueAlleleCounts {
  const counts = { heterozygotes: 0, homozygotes: 0, hemizygotes: 0, alleleCount: 0, alleleNumber: 0 }
  const families = new Set<string>()
  people.forEach((person, i) => {
    if (!isMeant(person)) return
    const called = [genotypes[2 * i]!, genotypes[2 * i + 1]!].filter((copy) => copy !== NO_COPY && copy !== NO_CALL)
    const copies = called.filter((copy) => copy === allele).length
    counts.alleleNumber += called.length
    counts.alleleCount += copies
    if (copies === 0) return
    families.add(person.family)
    // One copy of the locus, not one known copy of two (docs/decisions/0002).
    if (genotypes[2 * i + 1] === NO_COPY) counts.hemizygotes += 1
    else if (copies === 2) counts.homozygotes += 1
    else counts.heterozygotes += 1
  })
  const individuals = counts.heterozygotes + counts.homozygotes + counts.hemizygotes
  return { individuals, families: families.size, ...counts }
}

/** Collects the carriers of any allele of a range, each person once. */
export function createRangeCount(people: readonly Person[]) {
  const carriers = new Set<number>()
  let variants = 0
  return {
    add(genotypes: Genotypes, alleles: number): void {
      variants += alleles
      genotypes.forEach((copy, slot) => {
        if (copy > 0) carriers.add(slot >> 1)
      })
    },
    counts: (): TrueRegionCounts => ({
      variants,
      individuals: carriers.size,
      families: new Set([...carriers].map((i) => people[i]!.family)).size,
    }),
  }
}
