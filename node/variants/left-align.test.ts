import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { anchorOf, leftAlign } from './left-align.js'

function referenceOf(sequence: string) {
  return { bases: (_: number, start: number, end: number) => sequence.slice(Math.max(0, start), end) }
}

/** Few letters, so that there are repeats of every kind. */
const repetitive = (maxLength: number) =>
  fc.array(fc.constantFrom('A', 'C', 'A'), { minLength: 1, maxLength }).map((bases) => bases.join(''))

test('an indel becomes the first of all that give the same sequence', () => {
  fc.assert(
    fc.property(repetitive(200), fc.nat(199), repetitive(6), fc.boolean(), (sequence, at, inserted, isInsertion) => {
      fc.pre(at < sequence.length)
      const referenceBases = isInsertion ? '' : sequence.slice(at, at + inserted.length)
      const alternateBases = isInsertion ? inserted : ''
      const length = inserted.length
      const edit = (start: number, bases: string) =>
        sequence.slice(0, start) + bases + sequence.slice(start + referenceBases.length)
      const edited = edit(at, alternateBases)
      // Every place where as many bases could have been removed or added, the leftmost first.
      let first = 0
      while (edit(first, isInsertion ? edited.slice(first, first + length) : '') !== edited) first++
      const expected = isInsertion
        ? { referenceBases: '', alternateBases: edited.slice(first, first + length) }
        : { referenceBases: sequence.slice(first, first + referenceBases.length), alternateBases: '' }
      const found = leftAlign({ contig: 1, start: at, referenceBases, alternateBases }, referenceOf(sequence))
      expect(found).toEqual({ contig: 1, start: first, ...expected })
    }),
    { numRuns: 500 },
  )
})

test('an indel stays where the reference has N or is not known, and other alleles always', () => {
  const insertion = { contig: 1, start: 4, referenceBases: '', alternateBases: 'A' }
  expect(leftAlign(insertion, referenceOf('AANAA'))).toMatchObject({ start: 3 })
  expect(leftAlign(insertion, referenceOf(''))).toBe(insertion)
  const replaced = { contig: 1, start: 4, referenceBases: 'A', alternateBases: 'CC' }
  expect(leftAlign(replaced, referenceOf('AAAAA'))).toBe(replaced)
})

test('the anchor is the base before, at the start of a contig the one behind', () => {
  const reference = referenceOf('ACGT')
  expect(anchorOf({ contig: 1, start: 2, referenceBases: 'G', alternateBases: '' }, reference)).toBe('C')
  expect(anchorOf({ contig: 1, start: 0, referenceBases: 'AC', alternateBases: '' }, reference)).toBe('G')
  expect(anchorOf({ contig: 1, start: 0, referenceBases: '', alternateBases: 'T' }, reference)).toBe('A')
})
