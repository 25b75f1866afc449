import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import {
  codingIndexes,
  geneWorld,
  mutate,
  oriented,
  referenceOf,
  splicedPositions,
  turn,
  type GeneWorld,
} from '../../testing/gene-world.js'
import type { Transcript } from '../genes/transcript.js'
import type { Variant } from '../variant.js'
import { parseHgvs } from './parse-hgvs.js'
import { toCodonAlleles } from './to-codon-alleles.js'
import { toHgvsP } from './to-hgvs-p.js'

/** Table 1 of NCBI, from a codon to three letters. */
const LETTERS: Readonly<Record<string, string>> = {
  F: 'Phe',
  L: 'Leu',
  S: 'Ser',
  Y: 'Tyr',
  '*': 'Ter',
  C: 'Cys',
  W: 'Trp',
  P: 'Pro',
  H: 'His',
  Q: 'Gln',
  R: 'Arg',
  I: 'Ile',
  M: 'Met',
  T: 'Thr',
  N: 'Asn',
  K: 'Lys',
  V: 'Val',
  A: 'Ala',
  D: 'Asp',
  E: 'Glu',
  G: 'Gly',
}
const TABLE = 'FFLLSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG'

function translateAll(coding: string): readonly string[] {
  const codons = coding.match(/.{3}/g) ?? []
  return codons.map((codon) => {
    const [a, b, c] = [...codon].map((base) => 'TCAG'.indexOf(base))
    return LETTERS[TABLE[16 * a! + 4 * b! + c!]!]!
  })
}

/** The protein of the contig as it is, or with an allele of as many bases: written out whole. */
function proteinOf(world: GeneWorld, genome = world.genome): readonly string[] {
  const sequence = oriented({ ...world, genome })
  const [from, to] = codingIndexes(world)
  const spliced = splicedPositions(world)
    .map((position) => sequence[position])
    .join('')
  return translateAll(spliced.slice(from, to))
}

const withProtein = (transcript: Transcript): Transcript => ({ ...transcript, protein: 'NP_000001.3' })

const replacement = fc.record({
  at: fc.nat(),
  bases: fc.array(fc.constantFrom('A', 'C', 'G', 'T'), { minLength: 1, maxLength: 3 }),
})

/** Begins in the coding part of an exon, most of the time. */
function toVariant(
  { genome, transcript }: GeneWorld,
  { at, bases }: { at: number; bases: readonly string[] },
): Variant {
  const { start: from, end: to } = transcript.coding!
  const places = transcript.exons.flatMap(([start, end]) =>
    Array.from({ length: end - start }, (_, index) => start + index).filter((place) => from <= place && place < to),
  )
  const start = Math.min(places[at % places.length]!, genome.length - bases.length)
  const referenceBases = genome.slice(start, start + bases.length)
  return { contig: 1, start, referenceBases, alternateBases: bases.join('') }
}

test('a change of a protein is what comes out when the whole of it is translated', () => {
  const seen = new Map<string, number>()
  fc.assert(
    fc.property(geneWorld(true), replacement, (world, edit) => {
      const variant = toVariant(world, edit)
      fc.pre(variant.referenceBases !== variant.alternateBases)
      const text = toHgvsP(variant, withProtein(world.transcript), referenceOf(world.genome))
      if (text === undefined) return
      const [before, after] = [proteinOf(world), proteinOf(world, mutate(world.genome, variant))]
      const changed = before.flatMap((letters, index) => (letters === after[index] ? [] : [index]))
      const [, from, number, to] = /^NP_000001\.3:p\.\(([A-Z][a-z]{2})(\d+)(.*)\)$/.exec(text)!
      const index = Number(number) - 1
      expect(before[index]).toBe(from)
      if (to === '=') expect(changed).toEqual([])
      else {
        expect(changed).toEqual([index])
        expect([index === 0 ? '?' : after[index]]).toEqual([to])
      }
      const kind = to === '=' || to === '?' || to === 'Ter' ? to : 'other'
      seen.set(kind, (seen.get(kind) ?? 0) + 1)
      // And back again: among the alleles that make the change.
      if (kind !== 'Ter' && kind !== 'other') return
      const hgvs = parseHgvs(text)
      if (hgvs.kind !== 'protein') throw new TypeError('no protein')
      const { variants } = toCodonAlleles(hgvs, withProtein(world.transcript), referenceOf(world.genome))
      expect(variants.map(trim)).toContainEqual(trim(variant))
    }),
    { numRuns: 1_500 },
  )
  for (const kind of ['=', 'Ter', 'other']) expect([kind, (seen.get(kind) ?? 0) > 3]).toEqual([kind, true])
})

/** Without the bases that stay as they are. */
function trim({ start, referenceBases, alternateBases }: Variant): object {
  let [from, to] = [0, referenceBases.length]
  while (referenceBases[from] === alternateBases[from]) from++
  while (referenceBases[to - 1] === alternateBases[to - 1]) to--
  return { start: start + from, bases: alternateBases.slice(from, to) }
}

/** ATG TTT CCA TGA, in two exons on the other strand. */
const GENOME = 'GG' + 'TCATGG' + 'CCCCC' + 'AAACAT' + 'GG'
const MADE: Transcript = {
  ...{ accession: 'NM_1', version: '1', protein: 'NP_1.1', assembly: 'GRCh38', contig: 1, strand: '-' },
  exons: [
    [2, 8],
    [13, 19],
  ],
  coding: { start: 2, end: 19 },
}

test.each<[string, number, string, string, Partial<Transcript>, string | undefined]>([
  ['another amino acid', 13, 'A', 'T', {}, 'NP_1.1:p.(Phe2Leu)'],
  ['the same', 13, 'A', 'G', {}, 'NP_1.1:p.(Phe2=)'],
  ['two bases of a codon', 14, 'AA', 'GC', {}, 'NP_1.1:p.(Phe2Ala)'],
  ['a stop', 13, 'AA', 'TT', {}, 'NP_1.1:p.(Phe2Ter)'],
  ['no start any more', 18, 'T', 'C', {}, 'NP_1.1:p.(Met1?)'],
  ['no stop any more', 3, 'C', 'G', {}, undefined],
  ['another stop', 3, 'C', 'T', {}, 'NP_1.1:p.(Ter4=)'],
  ['bases of two codons', 15, 'AC', 'GG', {}, undefined],
  ['bases of an intron', 9, 'C', 'A', {}, undefined],
  ['both sides of a border', 7, 'GC', 'AA', {}, undefined],
  ['a base before the gene', 1, 'G', 'A', {}, undefined],
  ['a deletion', 13, 'AAA', '', {}, undefined],
  ['a structural allele', 13, '', '<DEL;END=16>', {}, undefined],
  ['a protein without a name', 13, 'A', 'T', { protein: undefined as never }, undefined],
  ['bases that cannot be counted', 13, 'A', 'T', { caveat: 'gaps' }, undefined],
  ['codons that cannot be counted', 13, 'A', 'T', { coding: { start: 2, end: 19, caveat: 'slips' } }, undefined],
  ['a sequence that is no whole codons', 13, 'A', 'T', { coding: { start: 3, end: 19 } }, undefined],
])('%s: %i %s>%s', (_, start, referenceBases, alternateBases, rest, expected) => {
  const variant = { contig: 1, start, referenceBases, alternateBases }
  const found = toHgvsP(variant, { ...MADE, ...rest }, referenceOf(GENOME))
  expect(found).toBe(expected)
  expect(turn(GENOME.slice(13, 19))).toBe('ATGTTT')
  expect(toHgvsP(variant, { ...MADE, ...rest }, undefined)).toBeUndefined()
})
