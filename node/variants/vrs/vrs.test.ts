import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { createHash } from 'node:crypto'
import type { Variant } from '../variant.js'
import { trimAlleles } from '../variant.js'
import { computeIdentifier, sha512t24u } from './computed-identifier.js'
import { fullyJustify } from './fully-justify.js'
import { createVrsNamer, toLocation } from './vrs-namer.js'

/** Chromosome 19 of GRCh38. */
const CHR19 = 'ga4gh:SQ.IIB53T8CNeJJdUqzn9V_JnRtQadwWCbl'

describe('computed identifiers are those that the VRS project publishes', () => {
  // ga4gh/vrs 1.3.0, validation/models.yaml and functions.yaml.
  const rs7412 = toLocation(CHR19, 44_908_821, 44_908_822)
  const apoe = toLocation(CHR19, 44_905_795, 44_909_393)
  test('of a sequence', () => {
    expect(sha512t24u('ACGT')).toBe('aKF498dAxcJAqme6QYQ7EZ07-fiw8Kw2')
    expect(sha512t24u('')).toBe('z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXc')
  })
  test('of a location', () => {
    expect(computeIdentifier(rs7412)).toBe('ga4gh:VSL.QrRSuBj-VScAGV_gEdxNgsnh41jYH1Kg')
  })
  test('of an allele', () => {
    const allele = {
      _id: 'whatever:it-was',
      type: 'Allele',
      location: rs7412,
      state: { type: 'LiteralSequenceExpression', sequence: 'T' },
    } as const
    expect(computeIdentifier(allele)).toBe('ga4gh:VA.CxiA_hvYbkD8Vqwjhx5AYuyul4mtlkpD')
  })
  test('of copy numbers', () => {
    const copies = { comparator: '>=', type: 'IndefiniteRange', value: 3 }
    const count = { type: 'CopyNumberCount', subject: apoe, copies } as const
    const change = { type: 'CopyNumberChange', subject: apoe, copy_change: 'efo:0030071' } as const
    expect(computeIdentifier(count)).toBe('ga4gh:CN.salZa9yW-GduRxsRFwIGCQvi_YfpjeF4')
    expect(computeIdentifier(change)).toBe('ga4gh:CX.zRqNmX-TVTU5FOFxfR4y0jwBysw7ztPn')
  })
})

const bases = (maxLength: number, letters = 'AC') =>
  fc.array(fc.constantFrom(...letters), { maxLength }).map((list) => list.join(''))

/** A reference that is all of contig 25. */
function referenceOf(sequence: string) {
  return { bases: (_: number, start: number, end: number) => sequence.slice(Math.max(0, start), end) }
}

describe('a fully justified allele', () => {
  const change = fc
    .record({ sequence: bases(200), from: fc.nat(), length: fc.nat({ max: 4 }), alternate: bases(4) })
    .map(({ sequence, from, length, alternate }) => {
      const start = from % (sequence.length + 1)
      return { sequence, start, ref: sequence.slice(start, start + length), alternate }
    })
    .filter(({ ref, alternate }) => ref !== alternate)

  test('makes the same sequence as the allele, and every spelling of one change becomes the same', () => {
    fc.assert(
      fc.property(change, ({ sequence, start, ref, alternate }) => {
        const changed = sequence.slice(0, start) + alternate + sequence.slice(start + ref.length)
        const justify = (at: number, from: string, to: string) => {
          const { anchor: _, ...trimmed } = trimAlleles(at, from, to)
          return fullyJustify({ contig: 25, ...trimmed }, referenceOf(sequence))
        }
        const justified = justify(start, ref, alternate)
        const { sequence: put } = justified
        expect(sequence.slice(0, justified.start) + put + sequence.slice(justified.end)).toBe(changed)
        const difference = changed.length - sequence.length
        if (difference === 0 || (ref !== '' && alternate !== '')) return
        // Brute force: every place at which a plain insertion or deletion makes the same sequence.
        const size = Math.abs(difference)
        let [first, last] = [Infinity, -1]
        for (let at = 0; at <= Math.min(sequence.length, changed.length); at++) {
          const made =
            difference > 0
              ? sequence.slice(0, at) + changed.slice(at, at + size) + sequence.slice(at)
              : sequence.slice(0, at) + sequence.slice(at + size)
          if (made !== changed || (difference < 0 && at + size > sequence.length)) continue
          first = Math.min(first, at)
          last = Math.max(last, at)
          const spelled =
            difference > 0
              ? justify(at, '', changed.slice(at, at + size))
              : justify(at, sequence.slice(at, at + size), '')
          expect(spelled).toEqual(justified)
        }
        expect([justified.start, justified.end]).toEqual([first, difference > 0 ? last : last + size])
      }),
      { numRuns: 500 },
    )
  })

  test('goes on over more bases than are looked at in one step', () => {
    const sequence = `G${'A'.repeat(1_000)}G`
    const variant = { contig: 25, start: 500, referenceBases: '', alternateBases: 'A' }
    expect(fullyJustify(variant, referenceOf(sequence))).toEqual({ start: 1, end: 1_001, sequence: 'A'.repeat(1_001) })
  })
})

describe('a namer', () => {
  const sequence = 'ACGTTTACGT'
  const digest = createHash('sha512').update(sequence).digest().subarray(0, 24).toString('base64url')
  const reference = { ...referenceOf(sequence), assembly: 'GRCh38' as const, has: () => true, close: () => undefined }
  const namer = createVrsNamer(
    { GRCh38: reference },
    { sequenceId: (_, contig) => (contig === 25 ? `ga4gh:SQ.${digest}` : undefined) },
  )
  const variant: Variant = { contig: 25, start: 3, referenceBases: 'T', alternateBases: '' }

  test('names an allele by its sequence, fully justified', () => {
    const allele = namer.toAllele('GRCh38', variant)!
    expect(allele).toMatchObject({
      location: { sequence_id: `ga4gh:SQ.${digest}`, interval: { start: { value: 3 }, end: { value: 6 } } },
      state: { sequence: 'TT' },
    })
    // Hashed here by hand: the canonical JSON of location and allele.
    const hash = (text: string) => createHash('sha512').update(text).digest().subarray(0, 24).toString('base64url')
    const location = hash(
      `{"interval":{"end":{"type":"Number","value":6},"start":{"type":"Number","value":3},"type":"SequenceInterval"},"sequence_id":"${digest}","type":"SequenceLocation"}`,
    )
    const expected = hash(
      `{"location":"${location}","state":{"sequence":"TT","type":"LiteralSequenceExpression"},"type":"Allele"}`,
    )
    expect(allele._id).toBe(`ga4gh:VA.${expected}`)
  })

  test.each<[string, Variant]>([
    ['contradicts the reference', { ...variant, referenceBases: 'G' }],
    ['lies on a sequence that is not known', { ...variant, contig: 1 }],
    ['is only named', { ...variant, referenceBases: '', alternateBases: '<DEL;END=9>' }],
  ])('does not name an allele that %s', (_, wrong) => {
    expect(namer.toAllele('GRCh38', wrong)).toBeUndefined()
  })
})
