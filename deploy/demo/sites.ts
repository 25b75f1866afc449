import { CONTIGS, matchContig, type Contig } from '../../schemas/index.js'
import type { Random } from './random.js'

/** A row of a VCF: one place, and what stands there in its stead. */
export interface Site {
  /** 1..22 and X = 23. */
  readonly contig: number
  /** As in VCF: 1-based, of the first base of `ref`. */
  readonly position: number
  readonly ref: string
  readonly alts: readonly string[]
  /** Of each of `alts`. */
  readonly frequencies: readonly number[]
}

const ASSEMBLY = 'GRCh38'
const BASES = ['A', 'C', 'G', 'T'] as const

/**
 * Genes that hold more than their share of variants, so that a range has something to show: [contig, first, last], 1-based
 * and closed. On GRCh38: BRCA1, BRCA2 and DMD from end to end (Ensembl), CFTR and LDLR as far as their MANE Select transcripts go.
 */
const GENES: readonly (readonly [string, number, number])[] = [
  ['17', 43_044_295, 43_170_245],
  ['13', 32_315_086, 32_400_268],
  ['7', 117_480_025, 117_668_665],
  ['19', 11_089_463, 11_133_820],
  ['X', 31_119_222, 33_339_609],
]
const SHARE_IN_GENES = 0.03
const SHARE_MULTI_ALLELIC = 0.03
const SHARE_INDEL = 0.1
const LONGEST_INDEL = 8

/** Frequencies are even on a logarithmic scale, which makes most alleles rare, as they are in people. */
const RAREST = 0.0005
const COMMONEST = 0.5
/** Selection keeps alleles of genes rare, and a range that everybody has something in shows nothing. */
const COMMONEST_IN_GENES = 0.01

/** No site at the ends of contigs (telomeres are unknown bases) and none so near to an edge that an indel crosses it. */
const TELOMERE = 20_000
const EDGE = 32

/** Pseudoautosomal regions of X on GRCh38, 1-based and closed. Source: Genome Reference Consortium. */
export const NON_PAR_X = { first: 2_781_480, last: 155_701_382 } as const

export function contigOf(name: string): Contig {
  const match = matchContig(ASSEMBLY, name)
  if (match.kind !== 'contig') throw new TypeError(`no contig ${name}`)
  return match.contig
}

const PLACES = CONTIGS[ASSEMBLY].filter(({ name }) => name !== 'Y' && name !== 'MT')
const ALL_BASES = PLACES.reduce((sum, { length }) => sum + length, 0)

/** The made-up reference: a base for each place, by hashing the place (the finaliser of MurmurHash3). */
export function referenceBase(contig: number, position: number): string {
  let hash = Math.imul(position, 0x9e3779b1) ^ Math.imul(contig, 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return BASES[((hash ^ (hash >>> 16)) >>> 8) & 3]!
}

function referenceBases(contig: number, position: number, length: number): string {
  return Array.from({ length }, (_, i) => referenceBase(contig, position + i)).join('')
}

function otherBase(random: Random, ...not: readonly string[]): string {
  return random.pick(BASES.filter((base) => !not.includes(base)))
}

/**
 * REF and ALTs of an indel with the base before it as anchor. It is left-aligned as it stands: an indel could move to the
 * left only if its last base were the anchor.
 */
function createIndel(random: Random, contig: number, position: number): Pick<Site, 'ref' | 'alts'> {
  const anchor = referenceBase(contig, position)
  const length = random.integer(1, LONGEST_INDEL)
  const deleted = referenceBases(contig, position, length + 1)
  if (random.next() < 0.5 && !deleted.endsWith(anchor)) return { ref: deleted, alts: [anchor] }
  const inner = Array.from({ length: length - 1 }, () => random.pick(BASES)).join('')
  return { ref: anchor, alts: [anchor + inner + otherBase(random, anchor)] }
}

function createAlleles(random: Random, contig: number, position: number): Pick<Site, 'ref' | 'alts'> {
  const kind = random.next()
  if (kind < SHARE_INDEL) return createIndel(random, contig, position)
  const base = referenceBase(contig, position)
  const first = otherBase(random, base)
  if (kind >= SHARE_INDEL + SHARE_MULTI_ALLELIC) return { ref: base, alts: [first] }
  const next = referenceBase(contig, position + 1)
  // A deletion and a substitution of the deleted base in one row, or two substitutions.
  if (next !== base && random.next() < 0.3) return { ref: base + next, alts: [base, base + otherBase(random, next)] }
  return { ref: base, alts: [first, otherBase(random, base, first)] }
}

interface Place {
  readonly contig: Contig
  readonly position: number
  readonly commonest: number
}

function createPlace(random: Random): Place {
  if (random.next() < SHARE_IN_GENES) {
    const [name, first, last] = random.pick(GENES)
    const position = random.integer(first + EDGE, last - EDGE)
    return { contig: contigOf(name), position, commonest: COMMONEST_IN_GENES }
  }
  let offset = random.integer(0, ALL_BASES - 1)
  const contig = PLACES.find(({ length }) => (offset -= length) < 0) ?? PLACES[0]!
  return { contig, position: random.integer(TELOMERE, contig.length - TELOMERE), commonest: COMMONEST }
}

function isAtEdgeOfPar({ name }: Contig, position: number): boolean {
  return name === 'X' && Object.values(NON_PAR_X).some((edge) => Math.abs(position - edge) < EDGE)
}

/** Places that are taken, by stretches of 16 bases, so that no two sites of the network overlap. */
export type Taken = Set<number>

// The longest REF spans 9 bases: with the stretches on both sides free, sites cannot touch.
const STRETCH = 16
const STRETCHES = 2 ** 24

function stretchOf(contig: number, position: number): number {
  return contig * STRETCHES + Math.floor(position / STRETCH)
}

export function take(taken: Taken, contig: number, position: number): boolean {
  const stretch = stretchOf(contig, position)
  if ([stretch - 1, stretch, stretch + 1].some((s) => taken.has(s))) return false
  taken.add(stretch)
  return true
}

/** New sites at free places, in no order; the places are then taken. */
export function createSites(random: Random, count: number, taken: Taken): readonly Site[] {
  const sites: Site[] = []
  while (sites.length < count) {
    const { contig, position, commonest } = createPlace(random)
    if (isAtEdgeOfPar(contig, position) || !take(taken, contig.number, position)) continue
    const alleles = createAlleles(random, contig.number, position)
    const frequencies = alleles.alts.map(() => RAREST * (commonest / RAREST) ** random.next())
    sites.push({ contig: contig.number, position, ...alleles, frequencies })
  }
  return sites
}

export function compareSites(a: Site, b: Site): number {
  return a.contig - b.contig || a.position - b.position
}
