import type { AlleleCounts, Counts } from '../../schemas/index.js'

/** An independent reading of VCF lines, one genotype at a time, by `counting.md`: the oracle of the store's tests. */
export interface NaivePerson {
  readonly name: string
  readonly sex: 'male' | 'female' | 'unknown'
  readonly family?: string
}

export type NaivePloidy = 'diploid' | 'x' | 'y' | 'mt'

/** The copies that one person has at one allele of one record: called, and of those the allele's. */
interface Copies {
  readonly called: number
  readonly carried: number
}

/** `allele` is the index of the ALT, 1 for the first. */
function copiesOf(gt: string, allele: number, ploidy: NaivePloidy, sex: NaivePerson['sex']): Copies {
  const alleles = gt.split(/[/|]/)
  const called = alleles.filter((text) => text !== '.').map(Number)
  const carried = called.filter((index) => index === allele).length
  const distinct = new Set(called).size
  if (called.length === 0) return { called: 0, carried: 0 }
  if (ploidy === 'mt') return { called: 1, carried: carried > 0 ? 1 : 0 }
  if (ploidy === 'y' && sex === 'female') return { called: 0, carried: 0 }
  if (ploidy !== 'diploid' && sex === 'male') {
    return distinct > 1 ? { called: 0, carried: 0 } : { called: 1, carried: carried > 0 ? 1 : 0 }
  }
  return { called: called.length, carried }
}

/** Counts of one ALT of one record. */
export function countNaively(
  people: readonly NaivePerson[],
  gts: readonly string[],
  allele: number,
  ploidy: NaivePloidy,
): Counts {
  const carriers = new Set<NaivePerson>()
  let [one, hom, hemi, het] = [0, 0, 0, 0]
  let alleleNumber = 0
  for (const [index, person] of people.entries()) {
    const gt = gts[index]!
    const { called, carried } = copiesOf(gt, allele, ploidy, person.sex)
    alleleNumber += called
    if (carried === 0) continue
    carriers.add(person)
    one++
    const isMixed = new Set(gt.split(/[/|]/).filter((text) => text !== '.')).size > 1
    const isHaploid = !/[/|]/.test(gt) || (ploidy !== 'diploid' && ploidy !== 'mt' && person.sex === 'male')
    if (ploidy === 'mt' ? isMixed : !isHaploid && carried === 1) het++
    else if (ploidy === 'mt' || isHaploid) hemi++
    else hom++
  }
  const families = countFamiliesNaively(carriers)
  const shared = {
    individuals: one,
    families,
    alleleCount: het + 2 * hom + hemi,
    alleleNumber,
    anBasis: 'called' as const,
  }
  if (ploidy === 'mt') return { ...shared, homoplasmic: hemi, heteroplasmic: het }
  return { ...shared, heterozygotes: het, homozygotes: hom, hemizygotes: hemi } satisfies AlleleCounts
}

export function countFamiliesNaively(people: Iterable<NaivePerson>): number {
  return new Set([...people].map((person) => person.family ?? `alone ${person.name}`)).size
}

/** Both sexes and unknown, alone and in families. */
export const PEOPLE: readonly NaivePerson[] = [
  { name: 'm1', sex: 'male', family: 'F1' },
  { name: 'm2', sex: 'male' },
  { name: 'f1', sex: 'female', family: 'F1' },
  { name: 'f2', sex: 'female', family: 'F2' },
  { name: 'u1', sex: 'unknown' },
  { name: 'u2', sex: 'unknown', family: 'F2' },
]
const SEX_CODES = { male: 1, female: 2, unknown: 0 }
/** The same people as a PED file. */
export const PED = PEOPLE.map(({ name, sex, family }) => `${family ?? 0} ${name} 0 0 ${SEX_CODES[sex]} 0`).join('\n')
