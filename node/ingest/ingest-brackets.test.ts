import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { openAsker, type Asker } from '../testing/asker.js'
import { createNodeFixture, toVcf, type NodeFixture } from '../testing/node-fixture.js'

const place = { assembly: 'GRCh38', contig: 1 } as const
const SAMPLES = ['a', 'b', 'c']

interface Stored {
  readonly start: number
  readonly ref: string
  readonly alt: string
  readonly carriers: readonly string[]
}

/** Alleles as VCF writes them and, worked out by hand rules, as they are stored: the anchor is never shared further. */
const alleles: readonly Stored[] = fc
  .sample(
    fc.record({
      start: fc.nat({ max: 3_000 }),
      kind: fc.constantFrom('SNP', 'INS', 'DEL', 'MNP'),
      length: fc.oneof({ weight: 5, arbitrary: fc.integer({ min: 1, max: 20 }) }, fc.integer({ min: 995, max: 2_000 })),
      carriers: fc.subarray(SAMPLES, { minLength: 1 }),
    }),
    { numRuns: 250, seed: 5 },
  )
  .map(({ start, kind, length, carriers }): Stored => {
    const short = Math.min(length, 20)
    if (kind === 'SNP') return { start, ref: 'A', alt: 'C', carriers }
    if (kind === 'MNP') return { start, ref: 'AG', alt: 'CT', carriers }
    if (kind === 'INS') return { start: start + 1, ref: '', alt: 'G'.repeat(short), carriers }
    return { start: start + 1, ref: 'T'.repeat(length), alt: '', carriers }
  })

function toLine({ start, ref, alt, carriers }: Stored): string {
  const anchored = ref === '' || alt === ''
  const [pos, r, a] = anchored ? [start, `A${ref}`, `A${alt}`] : [start + 1, ref, alt]
  return `1 ${pos} . ${r} ${a} . PASS . GT ${SAMPLES.map((name) => (carriers.includes(name) ? '0/1' : '0/0')).join(' ')}`
}

let fixture: NodeFixture
let asker: Asker

beforeAll(async () => {
  fixture = createNodeFixture()
  fixture.addDataset('d')
  // Two segments, so that brackets are answered over both.
  const lines = alleles.filter(({ start, ref, alt }) => !(start === 0 && (ref === '' || alt === ''))).map(toLine)
  await fixture.ingest('d', [toVcf(SAMPLES, lines.slice(0, 120))])
  await fixture.ingest('d', [toVcf(SAMPLES, lines.slice(120))])
  asker = openAsker(fixture.directory)
})
afterAll(async () => {
  asker.close()
  await fixture.remove()
})

function summarise(matching: readonly Stored[]) {
  const individuals = new Set(matching.flatMap(({ carriers }) => carriers)).size
  const variants = new Set(matching.map(({ start, ref, alt }) => `${start}:${ref}:${alt}`)).size
  return { variants, individuals, families: individuals }
}

describe('bracket queries and narrowed ranges', () => {
  const edge = fc.nat({ max: 5_500 })
  const pair = fc.tuple(edge, fc.integer({ min: 1, max: 1_500 })).map(([from, width]) => [from, from + width] as const)

  test('equal brute force over starts, ends and lengths', async () => {
    const questions = fc.sample(fc.tuple(pair, pair, fc.integer({ min: 0, max: 1_100 })), { numRuns: 400, seed: 17 })
    for (const [start, end, minimumLength] of questions) {
      const matching = alleles.filter((allele) => {
        const stop = allele.start + allele.ref.length
        const length = Math.max(allele.ref.length, allele.alt.length)
        return (
          start[0] <= allele.start &&
          allele.start < start[1] &&
          end[0] <= stop &&
          stop < end[1] &&
          length >= minimumLength
        )
      })
      const release = await asker.ask({ kind: 'bracket', ...place, start, end, minimumLength })
      expect({ start, end, minimumLength, counts: release.counts }).toEqual({
        start,
        end,
        minimumLength,
        counts: summarise(matching),
      })
    }
  })

  test.each([
    ['SNP', ({ ref, alt }: Stored) => ref.length === 1 && alt.length === 1],
    ['MNP', ({ ref, alt }: Stored) => ref.length === 2 && alt.length === 2],
    ['INS', ({ ref }: Stored) => ref === ''],
    ['DEL', ({ alt }: Stored) => alt === ''],
  ] as const)('of type %s', async (type, isMeant) => {
    const release = await asker.ask({ kind: 'range', ...place, start: 0, end: 10_000, types: [type] })
    expect(release.counts).toEqual(summarise(alleles.filter(isMeant)))
  })

  test('a pattern finds what starts, or is inserted, within it', async () => {
    for (const { start, ref, alt } of alleles.slice(0, 60)) {
      if (ref.length > 5 || alt.length > 5 || start === 0) continue
      const query = { kind: 'pattern', ...place, start: start - 1 } as const
      const release = await asker.ask({
        ...query,
        referenceBases: `N${'N'.repeat(ref.length)}`,
        alternateBases: `N${'N'.repeat(alt.length)}`,
      })
      const exact = await asker.ask({ kind: 'allele', ...place, start, referenceBases: ref, alternateBases: alt })
      expect(exact.exists).toBe(true)
      const found = release.datasets[0]!.records.map(({ variant }) => variant)
      expect(found).toContainEqual({ contig: 1, start, referenceBases: ref, alternateBases: alt })
    }
  })
})
