import { afterEach, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { AlleleCounts } from '../../schemas/index.js'
import { openAsker } from '../testing/asker.js'
import { countNaively, PED, PEOPLE, type NaivePloidy } from '../testing/naive-reader.js'
import { createNodeFixture, toVcf, type NodeFixture } from '../testing/node-fixture.js'

let fixture: NodeFixture
afterEach(() => fixture.remove())

/** Places of each kind, from a border of the pseudoautosomal regions (1-based) upwards or downwards. */
const places: readonly (readonly [string, number, number, 1 | -1, NaivePloidy])[] = [
  ['1', 1, 1000, 1, 'diploid'],
  ['X', 23, 10_000, -1, 'x'],
  ['X', 23, 10_001, 1, 'diploid'],
  ['X', 23, 2_781_479, -1, 'diploid'],
  ['X', 23, 2_781_480, 1, 'x'],
  ['X', 23, 155_701_382, -1, 'x'],
  ['X', 23, 155_701_383, 1, 'diploid'],
  ['Y', 24, 2_781_480, 1, 'y'],
  // Kept on X, where the places above must not be met.
  ['Y', 24, 56_888_903, 1, 'diploid'],
  ['MT', 25, 3243, 1, 'mt'],
]

const allele = fc.constantFrom('.', '0', '0', '0', '1', '2')
const gt = fc.oneof(
  allele,
  fc.tuple(allele, fc.constantFrom('/', '|'), allele).map((parts) => parts.join('')),
)
const gts = fc.array(gt, { minLength: PEOPLE.length, maxLength: PEOPLE.length })

describe('counts', () => {
  test('equal an independent per-genotype reader on autosomes, X, Y, their PAR, and MT', async () => {
    const calls = fc.sample(fc.array(gts, { minLength: places.length, maxLength: places.length }), {
      numRuns: 60,
      seed: 7,
    })
    fixture = createNodeFixture()
    fixture.addDataset('d')
    // Every run lies one base further, so that all runs fit one file.
    const records = calls.flatMap((run, shift) =>
      places.map(([chrom, contig, border, direction, ploidy], index) => ({
        contig,
        ploidy,
        gts: run[index]!,
        at: border + direction * shift,
        line: `${chrom} ${border + direction * shift} . A C,G . PASS . GT ${run[index]!.join(' ')}`,
      })),
    )
    await fixture.ingest(
      'd',
      [
        toVcf(
          PEOPLE.map(({ name }) => name),
          records.map(({ line }) => line),
        ),
      ],
      PED,
    )
    const asker = openAsker(fixture.directory)
    for (const { contig, at, gts, ploidy } of records) {
      for (const [alt, bases] of [
        [1, 'C'],
        [2, 'G'],
      ] as const) {
        const query = {
          kind: 'allele',
          assembly: 'GRCh38',
          contig,
          start: at - 1,
          referenceBases: 'A',
          alternateBases: bases,
        } as const
        const { counts, exists } = await asker.ask(query)
        const expected = countNaively(PEOPLE, gts, alt, ploidy)
        expect({ contig, at, gts, counts }).toEqual({ contig, at, gts, counts: expected })
        expect(exists).toBe((expected.individuals ?? 0) > 0)
      }
    }
    asker.close()
  })

  test('a miss has zeros and the real alleleNumber, by ploidy and sex', async () => {
    fixture = createNodeFixture()
    fixture.addDataset('d')
    const known = PEOPLE.filter(({ sex }) => sex !== 'unknown')
    await fixture.ingest(
      'd',
      [
        toVcf(
          known.map(({ name }) => name),
          ['1 5 . A C . PASS . GT 0/1 ./. 0/0 ./1'],
        ),
      ],
      PED,
    )
    const asker = openAsker(fixture.directory)
    const numberAt = async (contig: number, start: number, referenceBases = 'A', alternateBases = 'T') => {
      const { counts } = await asker.ask({
        kind: 'allele',
        assembly: 'GRCh38',
        contig,
        start,
        referenceBases,
        alternateBases,
      })
      const { alleleNumber, anBasis, individuals, alleleCount } = counts as AlleleCounts
      return { alleleNumber, anBasis, individuals, alleleCount }
    }
    const miss = { individuals: 0, alleleCount: 0 }
    expect(await numberAt(2, 100)).toEqual({ ...miss, alleleNumber: 8, anBasis: 'assumed' })
    expect(await numberAt(23, 5_000_000)).toEqual({ ...miss, alleleNumber: 6, anBasis: 'assumed' })
    expect(await numberAt(23, 50_000)).toEqual({ ...miss, alleleNumber: 8, anBasis: 'assumed' })
    expect(await numberAt(24, 5_000_000)).toEqual({ ...miss, alleleNumber: 2, anBasis: 'assumed' })
    expect(await numberAt(25, 100)).toEqual({ ...miss, alleleNumber: 4, anBasis: 'assumed' })
    // The record at this site says who was called there, whatever allele is asked.
    expect(await numberAt(1, 4)).toEqual({ ...miss, alleleNumber: 5, anBasis: 'called' })
    expect(await numberAt(1, 4, 'A', 'C')).toEqual({
      individuals: 2,
      alleleCount: 2,
      alleleNumber: 5,
      anBasis: 'called',
    })
    asker.close()
  })

  test('people of unknown sex leave the denominator of X where their file says nothing', async () => {
    fixture = createNodeFixture()
    fixture.addDataset('d')
    await fixture.ingest('d', [toVcf(['u', 'm'], ['1 5 . A C . PASS . GT 0/1 0/1'])], '0 m 0 0 1 0')
    const asker = openAsker(fixture.directory)
    const { counts } = await asker.ask({
      kind: 'allele',
      assembly: 'GRCh38',
      contig: 23,
      start: 5_000_000,
      referenceBases: 'A',
      alternateBases: 'T',
    })
    expect(counts).toMatchObject({ alleleNumber: 1, anBasis: 'unknown' })
    asker.close()
  })

  test('segments, files and datasets unite people and alleles, each once', async () => {
    fixture = createNodeFixture()
    fixture.addDataset('genomes')
    fixture.addDataset('panel')
    await fixture.ingest('genomes', [
      toVcf(['a', 'b'], ['1 5 . A C . PASS . GT 0/1 0/0', '1 9 . G T . PASS . GT 0/1 0/1']),
    ])
    await fixture.ingest('genomes', [
      toVcf(['c'], ['1 5 . A C . PASS . GT 1/1']),
      toVcf(['d'], ['1 7 . A C . PASS . GT 0/1']),
    ])
    await fixture.ingest('panel', [toVcf(['a', 'e'], ['1 5 . A C . PASS . GT 1/1 ./.'])])
    const asker = openAsker(fixture.directory)
    const allele = {
      kind: 'allele',
      assembly: 'GRCh38',
      contig: 1,
      start: 4,
      referenceBases: 'A',
      alternateBases: 'C',
    } as const
    const exact = await asker.ask(allele)
    expect(exact.datasets.map(({ counts }) => counts)).toEqual([
      // a het, b ref, c hom, d assumed ref (its file has no row there).
      expect.objectContaining({
        individuals: 2,
        heterozygotes: 1,
        homozygotes: 1,
        alleleCount: 3,
        alleleNumber: 8,
        anBasis: 'assumed',
      }),
      expect.objectContaining({ individuals: 1, homozygotes: 1, alleleCount: 2, alleleNumber: 2, anBasis: 'called' }),
    ])
    // a is one person in both datasets, homozygous in one; e was never called.
    expect(exact.counts).toEqual({
      individuals: 2,
      families: 2,
      heterozygotes: 0,
      homozygotes: 2,
      hemizygotes: 0,
      alleleCount: 4,
      alleleNumber: 8,
      anBasis: 'assumed',
    })
    const range = await asker.ask({ kind: 'range', assembly: 'GRCh38', contig: 1, start: 0, end: 100 })
    expect(range.counts).toEqual({ variants: 3, individuals: 4, families: 4 })
    expect(range.datasets.map(({ variants, counts }) => [variants, counts])).toEqual([
      [3, { variants: 3, individuals: 4, families: 4 }],
      [1, { variants: 1, individuals: 1, families: 1 }],
    ])
    asker.close()
  })

  test('duplicate records of one file are united per person', async () => {
    fixture = createNodeFixture()
    fixture.addDataset('d')
    // The second record writes the same deletion with another anchor length.
    const report = await fixture.ingest('d', [
      toVcf(
        ['a', 'b', 'c', 'd'],
        ['1 5 . CA C . PASS . GT 0/1 ./. 0/0 ./.', '1 5 . CAG CG . PASS . GT 0/0 1/1 ./1 ./.'],
      ),
    ])
    expect(report).toMatchObject({ records: 2, alleles: 1, duplicateAlleles: 1 })
    const asker = openAsker(fixture.directory)
    const { counts } = await asker.ask({
      kind: 'allele',
      assembly: 'GRCh38',
      contig: 1,
      start: 5,
      referenceBases: 'A',
      alternateBases: '',
    })
    expect(counts).toMatchObject({ individuals: 3, heterozygotes: 2, homozygotes: 1, alleleCount: 4, alleleNumber: 6 })
    asker.close()
  })

  test('what fails FILTER or GQ is a no-call', async () => {
    fixture = createNodeFixture()
    fixture.addDataset('d')
    const report = await fixture.ingest('d', [
      toVcf(['a', 'b'], ['1 5 . A C . q10 . GT 0/1 1/1', '1 6 . A C . PASS . GT:GQ 0/1:10 1/1:20']),
    ])
    expect(report.filteredRecords).toBe(1)
    const asker = openAsker(fixture.directory)
    const ask = async (start: number) => {
      const release = await asker.ask({
        kind: 'allele',
        assembly: 'GRCh38',
        contig: 1,
        start,
        referenceBases: 'A',
        alternateBases: 'C',
      })
      const { individuals, alleleNumber } = release.counts as AlleleCounts
      return [release.exists, individuals, alleleNumber]
    }
    expect(await ask(4)).toEqual([false, 0, 0])
    expect(await ask(5)).toEqual([true, 1, 2])
    asker.close()
  })

  test('half a call counts its allele, with AN 1', async () => {
    fixture = createNodeFixture()
    fixture.addDataset('d')
    await fixture.ingest('d', [toVcf(['a', 'b'], ['1 5 . A C . PASS . GT ./1 0/.'])])
    const asker = openAsker(fixture.directory)
    const { counts } = await asker.ask({
      kind: 'allele',
      assembly: 'GRCh38',
      contig: 1,
      start: 4,
      referenceBases: 'A',
      alternateBases: 'C',
    })
    expect(counts).toMatchObject({ individuals: 1, heterozygotes: 1, hemizygotes: 0, alleleCount: 1, alleleNumber: 2 })
    asker.close()
  })
})
