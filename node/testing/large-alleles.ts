import { CONTIGS } from '../../schemas/index.js'
import { spellStructural } from '../variants/structural.js'
import type { Variant } from '../variants/variant.js'

/**
 * Alleles of a large made-up dataset, and who has them. Both follow from the place alone, so that what a question should be
 * answered can be worked out without the dataset, an allele at a time.
 */
export const LARGE_ASSEMBLY = 'GRCh38'
const AUTOSOMES = 22
/** Where 50,000 alleles stand in one megabase, as in the whole sequence of a thousand people. */
export const DENSE = { contig: 1, start: 100_000_000, end: 101_000_000, alleles: 50_000 }
const DENSE_STEP = (DENSE.end - DENSE.start) / DENSE.alleles
/** The gene that the alleles of these starts are annotated with: 20,000. */
export const NOTED_GENE = { symbol: 'NOTED', start: DENSE.start, end: DENSE.start + 400_000 }
/** Ends of chromosomes have no sequence. */
const MARGIN = 20_000

const BASES = ['A', 'C', 'G', 'T'] as const
/** Structural alleles, bases: most are short (the lengths are a power of an even draw). */
const SHORTEST_STRUCTURAL = 1_000
const LENGTH_FACTOR = 1_000

/** Bits that hang on everything that went in (the finaliser of MurmurHash3). */
function mix(value: number): number {
  let bits = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35)
  return (bits ^ (bits >>> 16)) >>> 0
}

function structuralAt(contig: number, start: number, bases: number, hash: number): Variant {
  const length = Math.round(SHORTEST_STRUCTURAL * LENGTH_FACTOR ** ((mix(hash) / 2 ** 32) ** 3))
  const end = Math.min(start + length, bases)
  const kind = Math.floor(hash / 50) % 10
  const shape = kind < 6 ? { type: 'DEL' } : kind < 9 ? { type: 'DUP' } : { type: 'CNV', copyNumber: 3 + (hash % 3) }
  return { contig, start, referenceBases: '', alternateBases: spellStructural({ ...shape, end }) }
}

/** The allele at a place: mostly one base, some short ones, 2 in 100 structural, now and then a long deletion. */
function variantAt(contig: number, start: number, bases: number): Variant {
  const hash = mix(start ^ (contig << 27))
  const base = hash % 4
  const [reference, alternate] = [BASES[base]!, BASES[(base + 1 + (hash % 3)) % 4]!]
  if (hash % 5_000 === 0) return { contig, start, referenceBases: reference.repeat(2_000), alternateBases: '' }
  if (hash % 50 === 2) return structuralAt(contig, start, bases, hash)
  if (hash % 20 === 0) return { contig, start, referenceBases: '', alternateBases: alternate.repeat(1 + (hash % 6)) }
  if (hash % 20 === 1) return { contig, start, referenceBases: reference.repeat(1 + (hash % 9)), alternateBases: '' }
  return { contig, start, referenceBases: reference, alternateBases: alternate }
}

/** Where the alleles of a dataset of so many stand: the dense megabase, and the rest evenly over the autosomes. */
function* startsOf(alleles: number, contig: number, length: number, share: number): Generator<number> {
  const count = Math.floor((alleles - DENSE.alleles) * share)
  const step = (length - 2 * MARGIN) / count
  let isDenseDone = contig !== DENSE.contig
  for (let index = 0; index < count; index++) {
    const start = MARGIN + Math.floor(index * step)
    if (contig === DENSE.contig && start >= DENSE.start) {
      if (!isDenseDone) yield* denseStarts()
      isDenseDone = true
      if (start < DENSE.end) continue
    }
    yield start
  }
}

function* denseStarts(): Generator<number> {
  for (let start = DENSE.start; start < DENSE.end; start += DENSE_STEP) yield start
}

/** The alleles of a dataset of about so many, in order; with a contig only those of it that start in [from, to). */
export function* largeVariants(alleles: number, only?: number, from = 0, to = Infinity): Generator<Variant> {
  const contigs = CONTIGS[LARGE_ASSEMBLY].filter(({ number }) => number <= AUTOSOMES)
  const bases = contigs.reduce((sum, { length }) => sum + length, 0)
  for (const { number, length } of contigs) {
    if (only !== undefined && number !== only) continue
    for (const start of startsOf(alleles, number, length, length / bases)) {
      if (start >= from && start < to) yield variantAt(number, start, length)
    }
  }
}

/** Who has an allele, and of whom it is not known, by their numbers from 1, ascending. */
export interface LargeCalls {
  readonly heterozygous: Uint32Array
  readonly homozygous: Uint32Array
  readonly noCall: Uint32Array
  /** Equal for alleles that the same people have. */
  readonly key: string
}

const NOBODY = new Uint32Array()
/**
 * Half of the alleles are one person's, and one in ten is common: of these, two or three neighbours share their carriers, by
 * linkage. An allele has 170 carriers on average, as when 10,000 people with 4.5 million alleles each have 2.7e8 together.
 */
const SINGLE_SHARE = 0.5
const FEW_SHARE = 0.4
const MOST_OF_FEW = 24
const COMMON_SETS = 512
const SETS_OF_BLOCK = 8
const ALLELES_OF_BLOCK = 192
const MOST_WITHOUT_CALL = 16
/** Bases of the autosomes, for how far alleles stand apart. */
const GENOME_BASES = 2.9e9

/** Numbers from 0 to below 1 that follow from a seed (mulberry32). */
function drawFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let bits = Math.imul(state ^ (state >>> 15), 1 | state)
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32
  }
}

function distinct(numbers: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  numbers.sort()
  let length = 0
  for (const number of numbers) if (length === 0 || numbers[length - 1] !== number) numbers[length++] = number
  return numbers.subarray(0, length)
}

function without(numbers: Uint32Array, taken: readonly Uint32Array[]): Uint32Array {
  return numbers.filter((number) => !taken.some((others) => includesSorted(others, number)))
}

function includesSorted(numbers: Uint32Array, wanted: number): boolean {
  let [low, high] = [0, numbers.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (numbers[middle]! < wanted) low = middle + 1
    else high = middle
  }
  return numbers[low] === wanted
}

interface CommonSet {
  readonly heterozygous: Uint32Array
  readonly homozygous: Uint32Array
}

const NO_SET = { key: '', set: { heterozygous: NOBODY, homozygous: NOBODY } }

/** As many of one size as of ten times that size. */
function createCommonSets(people: number): readonly CommonSet[] {
  const draw = drawFrom(people)
  const least = Math.log(MOST_OF_FEW) / Math.log(people)
  return Array.from({ length: COMMON_SETS }, () => {
    const carriers = Math.max(1, Math.floor(people ** (least + (1 - least) * draw())))
    const all = distinct(Uint32Array.from({ length: carriers }, () => 1 + Math.floor(draw() * people)))
    const homozygous = all.filter(() => draw() < carriers / people / 3)
    return { heterozygous: without(all, [homozygous]), homozygous }
  })
}

/** The same set of other people: everybody's number moved on, the last ones to the front. */
function rotate(numbers: Uint32Array, by: number, people: number): Uint32Array {
  const moved = new Uint32Array(numbers.length)
  let split = numbers.length
  while (split > 0 && numbers[split - 1]! + by > people) split--
  for (let index = split; index < numbers.length; index++) moved[index - split] = numbers[index]! + by - people
  for (let index = 0; index < split; index++) moved[numbers.length - split + index] = numbers[index]! + by
  return moved
}

/** @returns who has the allele at a place of a dataset of about so many alleles and of people 1 to `people` */
export function createLargeCalls(
  alleles: number,
  people: number,
): (place: Pick<Variant, 'contig' | 'start'>) => LargeCalls {
  const common = createCommonSets(people)
  const blockBases = Math.max(1, Math.floor((ALLELES_OF_BLOCK * GENOME_BASES) / alleles))
  let last: { readonly key: string; readonly set: CommonSet } = NO_SET
  const some = (count: number, draw: () => number) => {
    const numbers = new Uint32Array(count)
    for (let index = 0; index < count; index++) numbers[index] = 1 + Math.floor(draw() * people)
    return count === 1 ? numbers : distinct(numbers)
  }
  const few = (draw: () => number) => some(2 + Math.floor((MOST_OF_FEW - 1) * draw() ** 3), draw)

  function commonAt(contig: number, start: number, draw: () => number): typeof last {
    const isDense = contig === DENSE.contig && start >= DENSE.start && start < DENSE.end
    const block = mix(Math.floor(start / (isDense ? ALLELES_OF_BLOCK * DENSE_STEP : blockBases)) ^ (contig << 27))
    const slot = mix(block + Math.floor(draw() * SETS_OF_BLOCK))
    const [index, by] = [slot % COMMON_SETS, (slot >>> 9) % people]
    const key = `${index}+${by}`
    if (last.key === key) return last
    const { heterozygous, homozygous } = common[index]!
    last = { key, set: { heterozygous: rotate(heterozygous, by, people), homozygous: rotate(homozygous, by, people) } }
    return last
  }

  return ({ contig, start }) => {
    const draw = drawFrom(mix(start) ^ mix(contig))
    const kind = draw()
    const { key, set } =
      kind > SINGLE_SHARE + FEW_SHARE
        ? commonAt(contig, start, draw)
        : { key: '', set: { homozygous: NOBODY, heterozygous: kind < SINGLE_SHARE ? some(1, draw) : few(draw) } }
    const { heterozygous, homozygous } = set
    if (draw() > 1 / 3) return { heterozygous, homozygous, noCall: NOBODY, key }
    const noCall = some(1 + Math.floor(MOST_WITHOUT_CALL * draw() ** 2), draw)
    return { heterozygous, homozygous, noCall: without(noCall, [heterozygous, homozygous]), key }
  }
}
