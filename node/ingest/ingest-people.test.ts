import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import type { AlleleCounts } from '../../schemas/index.js'
import { openAsker } from '../testing/asker.js'
import { openIndividuals } from '../metadata/individuals.js'
import { createNodeFixture, toVcf, type NodeFixture } from '../testing/node-fixture.js'

let fixture: NodeFixture
beforeEach(() => {
  fixture = createNodeFixture()
  fixture.addDataset('genomes')
  fixture.addDataset('panels')
})
afterEach(() => fixture.remove())

async function countsAt(start: number) {
  const asker = openAsker(fixture.directory)
  const query = {
    kind: 'allele',
    assembly: 'GRCh38',
    contig: 1,
    start,
    referenceBases: 'A',
    alternateBases: 'C',
  } as const
  const { counts } = await asker.ask(query)
  asker.close()
  const { individuals, alleleCount, alleleNumber, anBasis } = counts as AlleleCounts
  return { individuals, alleleCount, alleleNumber, anBasis }
}

describe('a sample map', () => {
  test('makes two samples one person', async () => {
    await fixture.ingest('genomes', [toVcf(['wgs-1'], ['1 5 . A C . PASS . GT 0/1'])], undefined, {
      sampleMap: 'wgs-1\tanna',
    })
    await fixture.ingest('panels', [toVcf(['panel-7'], ['1 5 . A C . PASS . GT 0/1'])], undefined, {
      sampleMap: '# sample\tindividual\npanel-7\tanna\n',
    })
    expect(await countsAt(4)).toEqual({ individuals: 1, alleleCount: 1, alleleNumber: 2, anBasis: 'called' })
  })

  test('and a PED file speak of individuals', async () => {
    const vcf = toVcf(['s'], ['X 5000000 . A C . PASS . GT 1/1'])
    await fixture.ingest('genomes', [vcf], 'F bo 0 0 1 0', { sampleMap: 's\tbo' })
    const asker = openAsker(fixture.directory)
    const query = { kind: 'allele', assembly: 'GRCh38', contig: 23, start: 4_999_999 } as const
    const { counts } = await asker.ask({ ...query, referenceBases: 'A', alternateBases: 'C' })
    asker.close()
    expect(counts).toMatchObject({ hemizygotes: 1, alleleNumber: 1 })
  })

  test.each([
    ['a line without a tab', 's anna', /:1: a sample map line is a sample, a tab and an individual/],
    ['three columns', 's\tanna\tx', /:1: a sample map line/],
    ['a sample with two individuals', 's\tanna\ns\tbo', /:2: a sample has two lines/],
    ['two columns of one person', 's\tanna\nt\tanna', /sample columns 1 and 2 belong to one individual/],
  ])('with %s is refused', async (_, sampleMap, message) => {
    const vcf = toVcf(['s', 't'], ['1 5 . A C . PASS . GT 0/1 0/0'])
    await expect(fixture.ingest('genomes', [vcf], undefined, { sampleMap })).rejects.toThrow(message)
  })
})

describe('a personal identity number for a sample name', () => {
  const vcf = toVcf(['a', '19811228-9874'], ['1 5 . A C . PASS . GT 0/1 0/1'])

  test('stops the ingest, and does not stand in the error', async () => {
    const attempt = fixture.ingest('genomes', [vcf])
    await expect(attempt).rejects.toThrow(
      /sample column 2 is named by a personal identity number; replace it by --sample-map/,
    )
    await expect(attempt).rejects.not.toThrow(/9874/)
  })

  test('is replaced by the sample map', async () => {
    const report = await fixture.ingest('genomes', [vcf], undefined, { sampleMap: '19811228-9874\tp-17' })
    expect(report.individuals).toBe(2)
  })

  test('is refused as the individual of a sample map too', async () => {
    const sampleMap = 'a\t8112289874\n19811228-9874\tp-17'
    await expect(fixture.ingest('genomes', [vcf], undefined, { sampleMap })).rejects.toThrow(
      /sample column 1 is named by/,
    )
  })
})

describe('a site that the files lack', () => {
  const genome = toVcf(['a', 'b'], ['1 5 . A C . PASS . GT 0/1 0/0'])
  const exome = toVcf(['c', 'd', 'e'], ['1 9 . A C . PASS . GT 0/1 0/0 ./.'])

  test('says reference of the people, or nothing, by the rule of their ingest', async () => {
    await fixture.ingest('genomes', [genome], undefined, { absent: 'hom-ref' })
    await fixture.ingest('genomes', [exome], undefined, { absent: 'unknown' })
    // At 5 the exomes leave the denominator; at 9 the genomes are taken as reference.
    expect(await countsAt(4)).toEqual({ individuals: 1, alleleCount: 1, alleleNumber: 4, anBasis: 'called' })
    expect(await countsAt(8)).toEqual({ individuals: 1, alleleCount: 1, alleleNumber: 8, anBasis: 'assumed' })
    expect(await countsAt(50)).toEqual({ individuals: 0, alleleCount: 0, alleleNumber: 4, anBasis: 'assumed' })
  })

  test('says nothing of files without a row where another file of the ingest has one', async () => {
    await fixture.ingest('genomes', [genome, exome], undefined, { absent: 'unknown' })
    expect(await countsAt(4)).toEqual({ individuals: 1, alleleCount: 1, alleleNumber: 4, anBasis: 'called' })
    expect(await countsAt(8)).toEqual({ individuals: 1, alleleCount: 1, alleleNumber: 4, anBasis: 'called' })
    expect(await countsAt(50)).toEqual({ individuals: 0, alleleCount: 0, alleleNumber: 0, anBasis: 'called' })
  })
})

describe('pseudonyms', () => {
  const vcf = toVcf(
    ['lab-1', 'lab-2'],
    [
      'X 50000000 . A C . PASS . GT 0/1 0/1',
      'X 50000010 . A C . PASS . GT 0/1 1/1',
      'X 50000020 . A C . PASS . GT 0/1 0',
    ],
  )
  const ped = '0 lab-1 0 0 1\n0 lab-2 0 0 1'

  test('stand for people in the report, most contradictions first, and stay the same', async () => {
    const first = await fixture.ingest('genomes', [vcf], ped)
    const again = await fixture.ingest('genomes', [vcf], ped)
    const individuals = openIndividuals(fixture.directory)
    const [one, two] = individuals.list()
    individuals.close()
    expect([one?.name, two?.name]).toEqual(['lab-1', 'lab-2'])
    expect(first.suspectedSex).toEqual([
      { individual: one?.pseudonym, calls: 3 },
      { individual: two?.pseudonym, calls: 1 },
    ])
    expect(again.suspectedSex).toEqual(first.suspectedSex)
    expect(JSON.stringify(first)).not.toMatch(/lab-/)
  })
})

describe('people of a file of structural variants', () => {
  // A caller of structural variants that writes a small indel too.
  const vcf = toVcf(['a', 'b'], ['1 500 . A <DEL> . PASS END=900 GT 0/1 0/0', '1 700 . AC A . PASS . GT 0/1 0/0'])

  test.each([
    [undefined, 4],
    ['both', 4],
    ['structural', 0],
  ] as const)('with --calls %s have an alleleNumber of %d at a site without a record', async (calls, alleleNumber) => {
    await fixture.ingest('genomes', [vcf], undefined, calls ? { calls } : {})
    expect(await countsAt(50)).toMatchObject({ individuals: 0, alleleNumber })
  })
})
