import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { AssemblyId } from '../../schemas/index.js'
import { splitAtPseudoautosomal, toStoredPlace } from './par-query.js'
import { spellStructural } from './structural.js'
import { toVariantInternalId } from './variant.js'
import type { BracketQuery, RangeQuery } from './variant-query.js'

const X = 23
const Y = 24

/** 1-based, both ends included: first and last base on Y, and the first on X (docs/counting.md). */
const PAR: Readonly<Record<AssemblyId, readonly (readonly [number, number, number])[]>> = {
  GRCh38: [
    [10_001, 2_781_479, 10_001],
    [56_887_903, 57_217_415, 155_701_383],
  ],
  GRCh37: [
    [10_001, 2_649_520, 60_001],
    [59_034_050, 59_363_566, 154_931_044],
  ],
}

/** Where a 0-based position of Y is kept. */
function keptAt(assembly: AssemblyId, start: number): readonly [number, number] {
  const found = PAR[assembly].find(([first, last]) => first <= start + 1 && start + 1 <= last)
  return found ? [X, start + found[2] - found[0]] : [Y, start]
}

const assembly = fc.constantFrom<AssemblyId>('GRCh37', 'GRCh38')
/** Near a border of either assembly, or anywhere. */
const position = fc.oneof(
  fc
    .tuple(fc.constantFrom(...Object.values(PAR).flatMap((regions) => regions.flatMap(([a, b]) => [a, b]))), fc.nat(6))
    .map(([border, more]) => border + more - 3),
  fc.nat(57_000_000),
)

describe('a question about Y', () => {
  test('of a range becomes pieces that hold every base once, where it is kept', () => {
    fc.assert(
      fc.property(assembly, position, position, fc.array(fc.nat(1000)), (assembly, a, b, shares) => {
        const [start, end] = [Math.min(a, b), Math.max(a, b) + 1]
        const query: RangeQuery = { kind: 'range', assembly, contig: Y, start, end, types: ['SNP'] }
        const pieces = splitAtPseudoautosomal(query) as readonly RangeQuery[]
        expect(pieces.reduce((sum, piece) => sum + piece.end - piece.start, 0)).toBe(end - start)
        for (const piece of pieces) expect(piece).toMatchObject({ kind: 'range', assembly, types: ['SNP'] })
        const inside = PAR[assembly].flatMap(([first, last]) => [first - 2, first - 1, last - 1, last])
        const between = shares.map((share) => start + Math.floor(((end - start - 1) * share) / 1000))
        for (const base of [start, end - 1, ...inside, ...between].filter((base) => start <= base && base < end)) {
          const [contig, at] = keptAt(assembly, base)
          const holding = pieces.filter((piece) => piece.contig === contig && piece.start <= at && at < piece.end)
          expect(holding).toHaveLength(1)
        }
      }),
    )
  })

  test('of a bracket finds what it would have found on Y, once', () => {
    fc.assert(
      fc.property(assembly, position, fc.nat(9), position, fc.nat(9), fc.nat(9), fc.nat(9), (...args) => {
        const [assembly, from, width, to, endWidth, more, endMore] = args
        const query: BracketQuery = {
          kind: 'bracket',
          assembly,
          contig: Y,
          start: [from, from + width + 1],
          end: [to, to + endWidth + 1],
        }
        const [start, end] = [from + more, to + endMore]
        const [contig, at] = keptAt(assembly, start)
        const endAt = end + at - start
        const pieces = splitAtPseudoautosomal(query) as readonly BracketQuery[]
        const finding = pieces.filter(
          (piece) =>
            piece.contig === contig &&
            piece.start[0] <= at &&
            at < piece.start[1] &&
            piece.end[0] <= endAt &&
            endAt < piece.end[1],
        )
        expect(finding).toHaveLength(more <= width && endMore <= endWidth ? 1 : 0)
      }),
    )
  })

  test('of one allele is asked where it is kept', () => {
    fc.assert(
      fc.property(assembly, position, (assembly, start) => {
        const query = { kind: 'allele', assembly, contig: Y, start, referenceBases: 'A', alternateBases: 'C' } as const
        const [contig, at] = keptAt(assembly, start)
        expect(toStoredPlace(query)).toEqual({ ...query, contig, start: at })
        const elsewhere = { ...query, contig: 1 }
        expect(toStoredPlace(elsewhere)).toBe(elsewhere)
      }),
    )
  })

  test('by the id of a structural allele is asked by the id under which it is kept', () => {
    fc.assert(
      fc.property(
        assembly,
        position,
        fc.nat(500),
        fc.constantFrom('DEL', 'INS:ME:ALU', 'BND', 'DUP-X'),
        fc.option(fc.nat(9), { nil: undefined }),
        (assembly, start, length, type, copyNumber) => {
          const [contig, at] = keptAt(assembly, start)
          const key = { type, ...(copyNumber === undefined ? {} : { copyNumber }) }
          const idAt = (contig: number, start: number) => {
            const alternateBases = spellStructural({ ...key, end: start + length })
            return toVariantInternalId(assembly, { contig, start, referenceBases: '', alternateBases }, '')
          }
          const isBreakend = type === 'BND'
          const query = (contig: number, start: number) => ({
            kind: 'hashed-id' as const,
            assembly,
            contig,
            position: isBreakend ? start + 1 : start,
            variantInternalId: idAt(contig, start),
            structural: { start, end: start + length },
          })
          expect(toStoredPlace(query(Y, start))).toEqual(query(contig, at))
        },
      ),
    )
  })

  test('by the hashed id of a long allele is asked by the id under which it is kept', () => {
    const hash = `sha256.${'0'.repeat(32)}`
    const query = {
      kind: 'hashed-id' as const,
      assembly: 'GRCh38' as const,
      contig: Y,
      position: 56_887_904,
      variantInternalId: `GRCh38-Y-56887904-${hash}-A`,
    }
    expect(toStoredPlace(query)).toEqual({
      ...query,
      contig: X,
      position: 155_701_384,
      variantInternalId: `GRCh38-X-155701384-${hash}-A`,
    })
  })
})
