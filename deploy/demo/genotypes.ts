import { CONTIG_X } from '../../schemas/index.js'
import type { Person } from './people.js'
import { forEachDrawn, type Random } from './random.js'
import { NON_PAR_X, type Site } from './sites.js'

/** Two slots a person: 0 the reference, n the n-th alternate, or one of these. */
export type Genotypes = Int8Array
export const NO_CALL = -1
/** The second copy of a man's X outside the pseudoautosomal regions. */
export const NO_COPY = -2

const NO_CALL_RATE = 0.002

/** True where men have one copy. */
export function isHaploidInMen({ contig, position }: Pick<Site, 'contig' | 'position'>): boolean {
  return contig === CONTIG_X && NON_PAR_X.first <= position && position <= NON_PAR_X.last
}

/** A parent's gift: either copy, or the only one. */
function inherited(random: Random, genotypes: Genotypes, parent: number): number {
  const second = genotypes[2 * parent + 1]!
  return second === NO_COPY || random.next() < 0.5 ? genotypes[2 * parent]! : second
}

function inherit(random: Random, genotypes: Genotypes, people: readonly Person[], haploidInMen: boolean): void {
  people.forEach(({ sex, parents }, child) => {
    if (!parents) return
    genotypes[2 * child] = inherited(random, genotypes, parents.mother)
    if (!haploidInMen || sex === 'female') genotypes[2 * child + 1] = inherited(random, genotypes, parents.father)
  })
}

/**
 * Genotypes of all people at a site; undefined when nobody carries an alternate allele.
 *
 * @param certain makes sure that every alternate allele has a carrier
 */
export function drawGenotypes(
  random: Random,
  people: readonly Person[],
  site: Site,
  certain: boolean,
): Genotypes | undefined {
  const genotypes = new Int8Array(2 * people.length)
  const haploidInMen = isHaploidInMen(site)
  people.forEach(({ sex }, i) => {
    if (haploidInMen && sex === 'male') genotypes[2 * i + 1] = NO_COPY
  })
  site.frequencies.forEach((frequency, i) => {
    forEachDrawn(random, genotypes.length, frequency, (slot) => {
      if (genotypes[slot] !== NO_COPY) genotypes[slot] = i + 1
    })
  })
  inherit(random, genotypes, people, haploidInMen)
  forEachDrawn(random, people.length, NO_CALL_RATE, (person) => {
    genotypes[2 * person] = NO_CALL
    if (genotypes[2 * person + 1] !== NO_COPY) genotypes[2 * person + 1] = NO_CALL
  })
  const missing = site.alts.map((_, i) => i + 1).filter((allele) => !genotypes.includes(allele))
  if (missing.length === 0) return genotypes
  if (!certain && missing.length === site.alts.length) return undefined
  for (const allele of missing) giveToSomebody(random, genotypes, people, allele)
  return genotypes
}

function hasRelatives(people: readonly Person[], person: number): boolean {
  const isParent = people.some(({ parents }) => parents?.father === person || parents?.mother === person)
  return isParent || people[person]!.parents !== undefined
}

/** Somebody without relatives and without another alternate allele gets one copy. */
function giveToSomebody(random: Random, genotypes: Genotypes, people: readonly Person[], allele: number): void {
  let person: number
  do person = random.integer(0, people.length - 1)
  while (genotypes[2 * person] !== 0 || hasRelatives(people, person))
  genotypes[2 * person] = allele
}
