import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { AssemblyId } from '../../schemas/index.js'
import { splitQuery } from './split-query.js'
import type { Place, RangeQuery } from './variant-query.js'

const [X, Y] = [23, 24]

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

/** Where a 0-based position is kept. */
function keptAt(assembly: AssemblyId, contig: number, start: number): readonly [number, number] {
  const found = PAR[assembly].find(([first, last]) => contig === Y && first <= start + 1 && start + 1 <= last)
  return found ? [X, start + found[2] - found[0]] : [contig, start]
}

const assembly = fc.constantFrom<AssemblyId>('GRCh37', 'GRCh38')
const position = fc
  .tuple(
    fc.constantFrom(100, 10_000, 2_781_479, 2_649_520, 56_887_902, 59_034_049, 155_701_382, 154_931_043),
    fc.nat(60),
  )
  .map(([border, more]) => border + more - 30)
const place: fc.Arbitrary<Place> = fc
  .tuple(fc.constantFrom(1, X, Y), position, fc.integer({ min: 1, max: 40 }))
  .map(([contig, start, length]) => ({ contig, start: Math.max(0, start), end: Math.max(0, start) + length }))

function basesOf(places: readonly Place[]): readonly (readonly [number, number])[] {
  return places.flatMap(({ contig, start, end }) =>
    Array.from({ length: end - start }, (_, at): readonly [number, number] => [contig, start + at]),
  )
}

test('several places become ranges in order that hold each of their bases once, where it is kept', () => {
  fc.assert(
    fc.property(assembly, fc.array(place, { maxLength: 8 }), (assembly, places) => {
      const pieces = splitQuery({ kind: 'places', assembly, places, types: ['DEL'] }) as readonly RangeQuery[]
      const wanted = new Set(basesOf(places).map(([contig, at]) => keptAt(assembly, contig, at).join(':')))
      const asked = basesOf(pieces).map((base) => base.join(':'))
      expect(new Set(asked)).toEqual(wanted)
      expect(asked).toHaveLength(wanted.size)
      for (const piece of pieces) {
        expect(Object.keys(piece).sort()).toEqual(['assembly', 'contig', 'end', 'kind', 'start', 'types'])
        expect(piece).toMatchObject({ kind: 'range', assembly, types: ['DEL'] })
      }
      const order = pieces.map(({ contig, start }) => contig * 1e9 + start)
      expect(order).toEqual([...order].sort((a, b) => a - b))
    }),
  )
})

test('several alleles become one question each, in order, where they are kept', () => {
  fc.assert(
    fc.property(
      assembly,
      fc.array(fc.tuple(place, fc.constantFrom('C', 'G')), { maxLength: 8 }),
      (assembly, chosen) => {
        const alleles = chosen.map(([{ contig, start }, alternateBases]) => {
          return { contig, start, referenceBases: 'A', alternateBases }
        })
        const pieces = splitQuery({ kind: 'alleles', assembly, alleles })
        const wanted = alleles.map(({ contig, start, alternateBases }) =>
          [...keptAt(assembly, contig, start), alternateBases].join(':'),
        )
        const asked = pieces.map((piece) => {
          if (piece.kind !== 'pattern') throw new Error(piece.kind)
          expect(piece.referenceBases).toBe('A')
          return [piece.contig, piece.start, piece.alternateBases].join(':')
        })
        expect(new Set(asked)).toEqual(new Set(wanted))
        expect(asked).toHaveLength(new Set(wanted).size)
      },
    ),
  )
})
