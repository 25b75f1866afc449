import { readFileSync } from 'node:fs'
import { overlaps, variantEnd, type Variant } from '../variants/variant.js'
import { alleleType } from '../variants/variant-types.js'
import { createLargeCalls, DENSE, LARGE_ASSEMBLY, largeVariants, NOTED_GENE, type LargeCalls } from './large-alleles.js'

// What a dataset of large-dataset.js should answer, from the rule that made it and without the store:
// node large-truth.js ALLELES PEOPLE FILE ALLELES… ; FILE is a JSON list of the people whom a filter leaves, and the last are
// the sizes of other datasets whose answers about the gene are wanted too. Prints JSON.

const EXACT = 2_000
/** Of the annotated gene, whose alleles and carriers are the same in every dataset. */
const DENSE_EXACT = 400
const PLACES = 120
/** The longest range, bases, and how far a structural allele can reach into it from before. */
const LONGEST_RANGE = 60_000
const LONGEST_ALLELE = 1_000_000
const BRACKETS = 24

interface SeveralTruth {
  readonly variants: number
  readonly individuals: number
}

const [alleles, people] = process.argv.slice(2, 4).map(Number) as [number, number]
const filtered = new Uint8Array(people + 1)
for (const person of JSON.parse(readFileSync(process.argv[4]!, 'utf8')) as number[]) filtered[person] = 1
const filteredPeople = filtered.reduce((sum, one) => sum + one, 0)
const callsAt = createLargeCalls(alleles, people)

/** Of all people, or of those whom the filter leaves. */
function countOne({ heterozygous, homozygous, noCall }: LargeCalls, isFiltered: boolean) {
  const size = (numbers: Uint32Array) =>
    isFiltered ? numbers.reduce((sum, person) => sum + filtered[person]!, 0) : numbers.length
  const [heterozygotes, homozygotes] = [size(heterozygous), size(homozygous)]
  return {
    individuals: heterozygotes + homozygotes,
    heterozygotes,
    homozygotes,
    alleleCount: heterozygotes + 2 * homozygotes,
    alleleNumber: 2 * ((isFiltered ? filteredPeople : people) - size(noCall)),
  }
}

function countSeveral(variants: Iterable<Variant>): SeveralTruth {
  const carriers = new Uint8Array(people + 1)
  let count = 0
  for (const variant of variants) {
    count++
    const { heterozygous, homozygous } = callsAt(variant)
    for (const person of heterozygous) carriers[person] = 1
    for (const person of homozygous) carriers[person] = 1
  }
  return { variants: count, individuals: carriers.reduce((sum, one) => sum + one, 0) }
}

/** In order of their starts, those that overlap a place on the chromosome where some are dense. */
function overlapping(start: number, end: number, size = alleles): readonly Variant[] {
  const near = [...largeVariants(size, DENSE.contig, Math.max(0, start - LONGEST_ALLELE), end)]
  return near.filter((variant) => overlaps(variant, start, end))
}

/** Alleles that can be asked by their bases. */
function exactTruths(variants: Iterable<Variant>, every: number): readonly object[] {
  const found: object[] = []
  let index = 0
  for (const variant of variants) {
    if (index++ % every !== 0 || variant.alternateBases.startsWith('<')) continue
    const calls = callsAt(variant)
    found.push({ variant, all: countOne(calls, false), filtered: countOne(calls, true) })
  }
  return found
}

function rangeTruths(): readonly object[] {
  return Array.from({ length: PLACES }, (_, index) => {
    // Inside the dense megabase, and as often around it.
    const start = DENSE.start - 500_000 + Math.floor((index * 2_000_000) / PLACES)
    const end = start + 1 + ((index * 7_919) % LONGEST_RANGE)
    return { contig: DENSE.contig, start, end, ...countSeveral(overlapping(start, end)) }
  })
}

/** Losses that begin within `reach` before a place and end within as much behind it. */
function bracketTruths(reach: number): readonly object[] {
  const all = [...largeVariants(alleles, DENSE.contig, DENSE.start - 2 * reach, DENSE.end + 2 * reach)]
  return Array.from({ length: BRACKETS }, (_, index) => {
    const at = DENSE.start + Math.floor((index * (DENSE.end - DENSE.start)) / BRACKETS)
    const [start, end] = [[at - reach, at] as const, [at, at + reach] as const]
    const found = all.filter((variant) => {
      const stop = variantEnd(variant)
      return variant.start >= start[0] && variant.start < start[1] && stop >= end[0] && stop < end[1]
    })
    return { contig: DENSE.contig, start, end, ...countSeveral(found.filter((each) => alleleType(each) === 'DEL')) }
  })
}

const noted = [...largeVariants(alleles, DENSE.contig, NOTED_GENE.start, NOTED_GENE.end)]
const types = [...new Set(noted.map(alleleType))]

function countByType(variants: readonly Variant[]): Readonly<Record<string, SeveralTruth>> {
  const ofType = (type: string) => variants.filter((variant) => alleleType(variant) === type)
  return Object.fromEntries(types.map((type) => [type, countSeveral(ofType(type))]))
}

/** By the gene's place, where long alleles from outside it differ between datasets. */
function placedTruth(size: number): object {
  const found = overlapping(NOTED_GENE.start, NOTED_GENE.end, size)
  return { alleles: size, all: countSeveral(found), byType: countByType(found) }
}

const truth = {
  assembly: LARGE_ASSEMBLY,
  people,
  filteredPeople,
  gene: { ...NOTED_GENE, contig: DENSE.contig },
  exact: exactTruths(largeVariants(alleles), Math.max(1, Math.floor(alleles / EXACT))),
  dense: exactTruths(noted, Math.floor(noted.length / DENSE_EXACT)),
  ranges: rangeTruths(),
  brackets: bracketTruths(250_000),
  wideBrackets: bracketTruths(1_000_000),
  noted: { all: countSeveral(noted), byType: countByType(noted) },
  placed: [alleles, ...process.argv.slice(5).map(Number)].map(placedTruth),
}
process.stdout.write(`${JSON.stringify(truth)}\n`)
