import { afterEach, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { CONTIGS, type Counts } from '../../schemas/index.js'
import { openAsker } from '../testing/asker.js'
import { countFamiliesNaively, PED, PEOPLE } from '../testing/naive-reader.js'
import { createNodeFixture, toVcf, type NodeFixture } from '../testing/node-fixture.js'
import { trimAlleles, variantEnd } from '../variants/variant.js'

let fixture: NodeFixture
afterEach(() => fixture.remove())

describe('range queries', () => {
  const length = CONTIGS.GRCh38[0]!.length
  const alleleAt = fc.record({
    // Several bins of stored totals.
    start: fc.nat({ max: 60_000 }),
    ref: fc.oneof(
      { weight: 5, arbitrary: fc.constant(1) },
      { weight: 2, arbitrary: fc.integer({ min: 1, max: 40 }) },
      { weight: 2, arbitrary: fc.integer({ min: 995, max: 1_005 }) },
      { weight: 2, arbitrary: fc.integer({ min: 1_500, max: 20_000 }) },
    ),
    carriers: fc.subarray([0, 1, 2, 3, 4, 5]),
    insertion: fc.boolean(),
  })

  test('equal brute force over overlaps: insertions at the borders, deletions just under and over 1 kb', async () => {
    fixture = createNodeFixture()
    fixture.addDataset('d')
    const alleles = fc.sample(alleleAt, { numRuns: 400, seed: 11 })
    const lines = alleles
      .map(({ start, ref, carriers, insertion }, index) => {
        // REF is a run of C after an anchor A, so that every edit is distinct by its alternate bases.
        const refText = insertion ? 'A' : `A${'C'.repeat(ref)}`
        const alt = insertion ? `A${'G'.repeat(1 + (index % 5))}` : 'A'
        const calls = PEOPLE.map((_, person) => (carriers.includes(person) ? '0/1' : '0/0'))
        return { start, refText, alt, calls, line: `1 ${start + 1} . ${refText} ${alt} . PASS . GT ${calls.join(' ')}` }
      })
      .sort((a, b) => a.start - b.start)
    await fixture.ingest(
      'd',
      [
        toVcf(
          PEOPLE.map(({ name }) => name),
          lines.map(({ line }) => line),
        ),
      ],
      PED,
    )
    const stored = lines.map(({ start, refText, alt, calls }) => {
      const { anchor: _, ...trimmed } = trimAlleles(start, refText, alt)
      return { variant: { contig: 1, ...trimmed }, calls }
    })
    const asker = openAsker(fixture.directory)
    const borders = stored.flatMap(({ variant }) => [variant.start, variantEnd(variant)])
    const edge = fc.oneof(fc.constantFrom(...borders), fc.nat({ max: 80_000 }), fc.nat({ max: length - 1 }))
    const spans = fc.sample(fc.tuple(edge, edge), { numRuns: 1_000, seed: 13 })
    const seen = { onlyLong: 0, insertionAtStart: 0, insertionAtEnd: 0, underOneKb: 0, overOneKb: 0, empty: 0 }
    for (const [a, b] of spans) {
      const [start, end] = a < b ? [a, b] : [b, a + 1]
      const matching = stored.filter(({ variant, calls }) => {
        const stop = variantEnd(variant)
        const touches =
          stop === variant.start ? start <= variant.start && variant.start < end : variant.start < end && stop > start
        return touches && calls.includes('0/1')
      })
      const keys = new Set(
        matching.map(({ variant }) => `${variant.start}:${variant.referenceBases}:${variant.alternateBases}`),
      )
      const carriers = PEOPLE.filter((_, person) => matching.some(({ calls }) => calls[person] === '0/1'))
      const page = { offset: 0, limit: 10 }
      const release = await asker.ask({ kind: 'range', assembly: 'GRCh38', contig: 1, start, end }, page)
      const lengths = matching.map(({ variant }) => variant.referenceBases.length)
      const isInsertionAt = (at: number) =>
        stored.some(
          ({ variant, calls }) => variant.start === at && variant.referenceBases === '' && calls.includes('0/1'),
        )
      if (lengths.length > 0 && lengths.every((bases) => bases > 1_000)) seen.onlyLong++
      if (isInsertionAt(start)) seen.insertionAtStart++
      if (isInsertionAt(end)) seen.insertionAtEnd++
      if (lengths.some((bases) => bases > 990 && bases <= 1_000)) seen.underOneKb++
      if (lengths.some((bases) => bases > 1_000 && bases < 1_010)) seen.overOneKb++
      if (matching.length === 0) seen.empty++
      const expected: Counts = {
        variants: keys.size,
        individuals: carriers.length,
        families: countFamiliesNaively(carriers),
      }
      expect({ start, end, counts: release.counts }).toEqual({ start, end, counts: expected })
      expect(release.datasets[0]!.records).toHaveLength(Math.min(keys.size, page.limit))
    }
    asker.close()
    // The spans are of every kind that has gone wrong somewhere.
    expect(Object.entries(seen).filter(([, times]) => times === 0)).toEqual([])
  })

  test('pages hold every record once, in order', async () => {
    fixture = createNodeFixture()
    fixture.addDataset('d')
    const lines = Array.from({ length: 2_345 }, (_, index) => `1 ${index + 1} . A C . PASS . GT 0/1`)
    await fixture.ingest('d', [toVcf(['a'], lines)])
    const asker = openAsker(fixture.directory)
    const starts: number[] = []
    for (let offset = 0; offset < 2_500; offset += 100) {
      const release = await asker.ask(
        { kind: 'range', assembly: 'GRCh38', contig: 1, start: 0, end: 5_000 },
        { offset, limit: 100 },
      )
      expect(release.datasets[0]!.variants).toBe(2_345)
      starts.push(...release.datasets[0]!.records.map(({ variant }) => variant.start))
    }
    expect(starts).toEqual(Array.from({ length: 2_345 }, (_, index) => index))
    asker.close()
  })
})
