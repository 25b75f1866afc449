import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import {
  applyDescription,
  codingIndexes,
  geneWorld,
  mutate,
  oriented,
  referenceOf,
  splicedPositions,
  turn,
  writeLabels,
  type GeneWorld,
} from '../../testing/gene-world.js'
import { leftAlign } from '../left-align.js'
import { trimAlleles, type Variant } from '../variant.js'
import { contigLocus, transcriptLocus } from './locus.js'
import { parseHgvs } from './parse-hgvs.js'
import { toAllele } from './to-allele.js'
import { toCodonAlleles } from './to-codon-alleles.js'
import { toHgvsC, toHgvsG } from './to-hgvs.js'

/** A trimmed allele that changes a sequence. */
function changeOf(genome: string, { at, removed, added }: { at: number; removed: number; added: string }): Variant {
  const start = at % genome.length
  const { anchor: _, ...trimmed } = trimAlleles(start, genome.slice(start, start + removed), added)
  return { contig: 1, ...trimmed }
}

const change = fc.record({
  at: fc.nat(),
  removed: fc.nat({ max: 6 }),
  added: fc.array(fc.constantFrom('A', 'C', 'G', 'T'), { maxLength: 6 }).map((bases) => bases.join('')),
})
/** Repeats what stands there: an insertion that is a duplication. */
const doubling = fc.record({ at: fc.nat(), length: fc.integer({ min: 1, max: 6 }) })

const alleleIn = (world: GeneWorld): fc.Arbitrary<Variant> =>
  fc.oneof(
    change.map((edit) => changeOf(world.genome, edit)),
    doubling.map(({ at, length }) => {
      const start = at % world.genome.length
      return changeOf(world.genome, { at: start, removed: 0, added: world.genome.slice(start, start + length) })
    }),
    doubling.map(({ at, length }) => {
      const start = at % world.genome.length
      const bases = world.genome.slice(start, start + length)
      return changeOf(world.genome, { at: start, removed: bases.length, added: turn(bases) })
    }),
  )

const worldWithAllele = geneWorld().chain((world) => fc.record({ world: fc.constant(world), variant: alleleIn(world) }))

function resolve(text: string, world: GeneWorld) {
  const hgvs = parseHgvs(text)
  if (hgvs.kind === 'protein') throw new TypeError('a protein')
  const { system } = hgvs
  const locus =
    system === 'g' || system === 'm' ? contigLocus('GRCh38', 1, system) : transcriptLocus(world.transcript, system)
  return toAllele(hgvs, locus, referenceOf(world.genome)).variant
}

/** Turns the oriented sequence back into the contig's. */
function unturn(sequence: string, { transcript }: GeneWorld): string {
  return transcript.strand === '+' ? sequence : turn(sequence)
}

describe('descriptions and alleles', () => {
  test('a description on a transcript, read base by base, makes the sequence that the allele makes', () => {
    let described = 0
    fc.assert(
      fc.property(worldWithAllele, ({ world, variant }) => {
        fc.pre(variant.referenceBases !== variant.alternateBases)
        const text = toHgvsC(variant, world.transcript, referenceOf(world.genome))
        if (text === undefined) return
        described++
        const said = text.replace('NM_000001.2:c.', '')
        expect(said).not.toBe(text)
        const made = applyDescription(oriented(world), writeLabels(world), said)
        expect(unturn(made, world)).toBe(mutate(world.genome, variant))
        // And back again: the allele as the node stores it.
        expect(resolve(text, world)).toEqual(leftAlign(variant, referenceOf(world.genome)))
      }),
      { numRuns: 1_000 },
    )
    expect(described).toBeGreaterThan(300)
  })

  test('a description is the last of all that say the same, and a duplication where one says it', () => {
    fc.assert(
      fc.property(worldWithAllele, ({ world, variant }) => {
        const isIndel = (variant.referenceBases === '') !== (variant.alternateBases === '')
        const text = toHgvsC(variant, world.transcript, referenceOf(world.genome))
        fc.pre(isIndel && text !== undefined)
        const [sequence, labels] = [oriented(world), writeLabels(world)]
        const made =
          world.transcript.strand === '+' ? mutate(world.genome, variant) : turn(mutate(world.genome, variant))
        const length = (variant.referenceBases || variant.alternateBases).length
        const kind = variant.alternateBases === '' ? 'del' : 'dup'
        let expected: string | undefined
        for (let first = 0; first + length <= sequence.length; first++) {
          const bases = sequence.slice(first, first + length)
          const end = first + length
          const becomes = sequence.slice(0, first) + (kind === 'del' ? '' : bases + bases) + sequence.slice(end)
          const names = length === 1 ? labels[first] : `${labels[first]}_${labels[end - 1]}`
          if (becomes === made) expected = `NM_000001.2:c.${names}${kind}`
        }
        if (expected !== undefined) return void expect(text).toBe(expected)
        // No duplication says it: the last place between two bases where an insertion does.
        for (let at = 1; at < sequence.length; at++) {
          const inserted = made.slice(at, at + length)
          if (sequence.slice(0, at) + inserted + sequence.slice(at) === made) {
            expected = `NM_000001.2:c.${labels[at - 1]}_${labels[at]}ins${inserted}`
          }
        }
        expect(text).toBe(expected)
      }),
      { numRuns: 1_000 },
    )
  })

  test('a description that is not shifted means the same allele, left-aligned', () => {
    const edit = fc.constantFrom('del', 'dup', 'inv', 'delins', 'ins')
    fc.assert(
      fc.property(geneWorld(), edit, fc.nat(), fc.nat({ max: 5 }), change, (world, kind, at, more, { added }) => {
        const [sequence, labels] = [oriented(world), writeLabels(world)]
        const named = labels.flatMap((label, position) => (label === undefined ? [] : [position]))
        const first = named[at % named.length]!
        const last = kind === 'ins' ? first + 1 : Math.min(first + more, named.at(-1)!)
        fc.pre(labels[last] !== undefined && (kind === 'inv' ? last > first : true))
        fc.pre(!kind.endsWith('ins') || added !== '')
        const interval = first === last ? labels[first]! : `${labels[first]}_${labels[last]}`
        const said = `${interval}${kind}${kind.endsWith('ins') ? added : ''}`
        const made = applyDescription(sequence, labels, said)
        fc.pre(made !== sequence)
        const variant = resolve(`NM_000001.2:c.${said}`, world)
        expect(mutate(world.genome, variant)).toBe(unturn(made, world))
        expect(leftAlign(variant, referenceOf(world.genome))).toEqual(variant)
        // The same by the contig's own numbers.
        const text = toHgvsG('GRCh38', variant, referenceOf(world.genome))
        const numbers = Array.from(world.genome, (_, index) => String(index + 1))
        if (text !== undefined) {
          expect(applyDescription(world.genome, numbers, text.replace('NC_000001.11:g.', ''))).toBe(unturn(made, world))
          expect(resolve(text, world)).toEqual(variant)
        }
      }),
      { numRuns: 1_000 },
    )
  })

  test('n. counts from the first base of the transcript', () => {
    fc.assert(
      fc.property(geneWorld(), fc.nat(), (world, at) => {
        const positions = splicedPositions(world)
        const index = at % positions.length
        const position = positions[index]!
        const base = oriented(world)[position]!
        const alternate = base === 'A' ? 'C' : 'A'
        const made = oriented(world).slice(0, position) + alternate + oriented(world).slice(position + 1)
        const variant = resolve(`NM_000001.2:n.${index + 1}${base}>${alternate}`, world)
        expect(mutate(world.genome, variant)).toBe(unturn(made, world))
      }),
    )
  })
})

/** The standard code, written by amino acid. */
const CODE = new Map(
  Object.entries({
    F: 'TTT TTC',
    L: 'TTA TTG CTT CTC CTA CTG',
    I: 'ATT ATC ATA',
    M: 'ATG',
    V: 'GTT GTC GTA GTG',
    S: 'TCT TCC TCA TCG AGT AGC',
    P: 'CCT CCC CCA CCG',
    T: 'ACT ACC ACA ACG',
    A: 'GCT GCC GCA GCG',
    Y: 'TAT TAC',
    '*': 'TAA TAG TGA',
    H: 'CAT CAC',
    Q: 'CAA CAG',
    N: 'AAT AAC',
    K: 'AAA AAG',
    D: 'GAT GAC',
    E: 'GAA GAG',
    C: 'TGT TGC',
    W: 'TGG',
    R: 'CGT CGC CGA CGG AGA AGG',
    G: 'GGT GGC GGA GGG',
  }).flatMap(([aminoAcid, codons]) => codons.split(' ').map((codon) => [codon, aminoAcid] as const)),
)

function protein(world: GeneWorld): string {
  const sequence = oriented(world)
  const [from, to] = codingIndexes(world)
  const coding = splicedPositions(world)
    .slice(from, to)
    .map((position) => sequence[position])
    .join('')
  return (coding.match(/.../g) ?? []).map((codon) => CODE.get(codon)).join('')
}

test('a change of an amino acid is every allele within the codon that makes it, and no other', () => {
  let alleles = 0
  fc.assert(
    fc.property(geneWorld(true), fc.nat(), fc.constantFrom(...'ARNDCQEGHILKMFPSTWYV*'), (world, at, to) => {
      const { genome, transcript } = world
      const [from, end] = codingIndexes(world)
      const before = protein(world)
      fc.pre((end - from) % 3 === 0 && before.length > 0)
      const index = at % before.length
      fc.pre(before[index] !== to)
      const hgvs = parseHgvs(`NP_000001.1:p.${before[index]}${index + 1}${to}`)
      if (hgvs.kind !== 'protein') throw new TypeError('no protein')
      const found = toCodonAlleles(hgvs, transcript, referenceOf(genome))
      const after = before.slice(0, index) + to + before.slice(index + 1)
      // Every way to write the three bases anew, as one stretch of the contig.
      const sequence = oriented(world)
      const codon = splicedPositions(world).slice(from + 3 * index, from + 3 * index + 3)
      const expected = new Set<string>()
      let across = 0
      for (const bases of CODE.keys()) {
        const changed = [...sequence]
        for (const [offset, position] of codon.entries()) changed[position] = bases[offset]!
        const differing = codon.filter((position) => changed[position] !== sequence[position])
        if (CODE.get(bases) !== to) continue
        const isOneStretch = differing.every((position) => {
          const last = differing.at(-1)!
          return codon.includes(position) && last - position === codon.indexOf(last) - codon.indexOf(position)
        })
        if (isOneStretch) expected.add(unturn(changed.join(''), world))
        else across++
      }
      const made = found.variants.map((variant) => mutate(genome, variant))
      expect(new Set(made)).toEqual(expected)
      expect(made).toHaveLength(expected.size)
      expect(found.acrossIntron).toBe(across)
      for (const mutated of made) expect(protein({ genome: mutated, transcript })).toBe(after)
      alleles += made.length
    }),
    { numRuns: 500 },
  )
  expect(alleles).toBeGreaterThan(300)
})
