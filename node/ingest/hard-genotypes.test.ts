import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import type { AlleleCounts } from '../../schemas/index.js'
import { openAsker } from '../testing/asker.js'
import { createNodeFixture, toVcf, type NodeFixture } from '../testing/node-fixture.js'
import { trimAlleles } from '../variants/variant.js'

let fixture: NodeFixture
beforeEach(() => {
  fixture = createNodeFixture()
  fixture.addDataset('d')
})
afterEach(() => fixture.remove())

const CONTIGS: Readonly<Record<string, number>> = { X: 23, Y: 24, MT: 25 }

/** @param spelled 1-based: `1-100-A-C` */
async function countsOf(spelled: string, dataset = 'd'): Promise<AlleleCounts> {
  const [chrom, pos, ref, alt] = spelled.split('-')
  const { anchor: _, ...allele } = trimAlleles(Number(pos) - 1, ref!, alt!)
  const contig = CONTIGS[chrom!] ?? Number(chrom)
  const asker = openAsker(fixture.directory)
  const { datasets } = await asker.ask({ kind: 'allele', assembly: 'GRCh38', contig, ...allele })
  asker.close()
  return datasets.find((released) => released.dataset.id === dataset)!.counts as AlleleCounts
}

async function expectAn(spelled: string, alleleNumber: number, anBasis: string): Promise<void> {
  expect({ spelled, ...(await countsOf(spelled)) }).toMatchObject({ spelled, alleleNumber, anBasis })
}

describe('a person of two ingests', () => {
  const noCall = toVcf(['anna'], ['1 100 . A C . PASS . GT ./.', '1 200 . A . . PASS . GT ./.'])
  const silent = toVcf(['anna'], ['1 900 . A C . PASS . GT 0/1'])

  test.each([
    ['first', [noCall, silent]],
    ['last', [silent, noCall]],
  ])('is not called where one has a no-call and the other no record: the no-call %s', async (_, texts) => {
    for (const text of texts) await fixture.ingest('d', [text])
    await expectAn('1-100-A-C', 0, 'called')
    await expectAn('1-200-A-C', 0, 'called')
    await expectAn('1-300-A-C', 2, 'assumed')
  })

  test('is not called either when both files are of one ingest', async () => {
    await fixture.ingest('d', [noCall, silent])
    await expectAn('1-100-A-C', 0, 'called')
    await expectAn('1-200-A-C', 0, 'called')
    await expectAn('1-900-A-C', 2, 'called')
  })

  test('is called where one record says so', async () => {
    await fixture.ingest('d', [noCall])
    await fixture.ingest('d', [toVcf(['anna'], ['1 100 . A C . PASS . GT 0/1'])])
    expect(await countsOf('1-100-A-C')).toMatchObject({ individuals: 1, alleleCount: 1, alleleNumber: 2 })
  })

  test('counts by the assay that covers the place', async () => {
    await fixture.ingest('d', [silent], undefined, { assay: 'p', callable: '1\t850\t950\n' })
    await expectAn('1-300-A-C', 0, 'called')
    await expectAn('1-860-A-C', 2, 'called')
    await fixture.ingest('d', [silent], undefined, { absent: 'unknown' })
    await expectAn('1-300-A-C', 0, 'called')
    await fixture.ingest('d', [silent])
    await expectAn('1-300-A-C', 2, 'assumed')
  })
})

describe('a block of reference calls', () => {
  const PED = 'F bo 0 0 1 0\nF eva 0 0 2 0\n'

  test('of a panel says nothing outside its regions', async () => {
    const vcf = toVcf(
      ['a', 'b'],
      [
        '1 100 . A <NON_REF> . PASS END=300 GT 0/0 ./.',
        '1 500 . A <NON_REF> . PASS END=600 GT 0/0 ./.',
        '1 700 . A . . PASS . GT ./. 0/0',
      ],
    )
    const report = await fixture.ingest('d', [vcf], undefined, { assay: 'p', callable: '1\t149\t200\n1\t249\t260\n' })
    // Both are called where nothing is said of them, and only one in the block.
    await expectAn('1-149-A-C', 0, 'called')
    await expectAn('1-150-A-C', 2, 'called')
    await expectAn('1-200-A-C', 2, 'called')
    await expectAn('1-201-A-C', 0, 'called')
    await expectAn('1-250-A-C', 2, 'called')
    await expectAn('1-261-A-C', 0, 'called')
    await expectAn('1-550-A-C', 0, 'called')
    expect(report).toMatchObject({ referenceRecords: 3, skipped: { 'outside-callable-regions': 2 } })
  })

  test('that runs out of PAR counts each side by its own copies', async () => {
    const vcf = toVcf(
      ['bo', 'eva'],
      [
        'X 2781400 . A <NON_REF> . PASS END=2781500 GT:GQ 0/0:99 0/0:99',
        'Y 2781400 . A <NON_REF> . PASS END=2781500 GT 0 .',
      ],
    )
    await fixture.ingest('d', [vcf], PED, { absent: 'unknown' })
    await expectAn('X-2781479-A-C', 4, 'called')
    await expectAn('Y-2781479-A-C', 4, 'called')
    await expectAn('X-2781480-A-C', 3, 'called')
    await expectAn('Y-2781480-A-C', 1, 'called')
    await expectAn('Y-2781500-A-C', 1, 'called')
    await expectAn('Y-2781501-A-C', 0, 'called')
  })

  test('of PAR on Y is one of X', async () => {
    await fixture.ingest('d', [toVcf(['bo'], ['Y 56887900 . A <NON_REF> . PASS END=56887910 GT 0/0'])], PED, {
      absent: 'unknown',
    })
    await expectAn('X-155701383-A-C', 2, 'called')
    await expectAn('X-155701390-A-C', 2, 'called')
    await expectAn('X-155701391-A-C', 0, 'called')
    await expectAn('X-155701382-A-C', 0, 'called')
    await expectAn('Y-56887902-A-C', 1, 'called')
  })

  test.each([
    [
      'an END outside the contig',
      'MT 100 . A <NON_REF> . PASS END=16570 GT 0/0',
      /:3: INFO END 16570 lies outside: MT/,
    ],
    ['an END before POS', '1 100 . A <NON_REF> . PASS END=99 GT 0/0', /:3: INFO END 99 lies outside/],
    ['an END that is no number', '1 100 . A <NON_REF> . PASS END=x GT 0/0', /:3: INFO END "x" is no position/],
  ])('with %s is refused', async (_, line, message) => {
    await expect(fixture.ingest('d', [toVcf(['a'], [line])], undefined, { absent: 'unknown' })).rejects.toThrow(message)
  })
})

describe('a structural allele', () => {
  test.each([
    [
      'that ends outside the contig',
      'MT 100 . A <DEL> . PASS END=16570 GT 1',
      /:3: the DEL at POS 100 ends outside: MT has/,
    ],
    ['by its length', 'MT 100 . A <DEL> . PASS SVLEN=-16470 GT 1', /:3: the DEL at POS 100 ends outside/],
    ['whose breakend is none', '1 100 . A A]2] . PASS . GT 0/1', /:3: ALT "A\]2\]" is no breakend/],
  ])('%s is refused', async (_, line, message) => {
    await expect(fixture.ingest('d', [toVcf(['a'], [line])])).rejects.toThrow(message)
  })

  test('that ends before it begins or on another contig is skipped, and reported', async () => {
    const lines = ['1 100 . A <DEL> . PASS END=90 GT 0/1', '1 100 . A <TRA> . PASS CHR2=2;END=248956000 GT 0/1']
    const report = await fixture.ingest('d', [toVcf(['a'], lines)])
    expect(report).toMatchObject({ structuralAlleles: 0, alleles: 0, skipped: { 'structural-without-end': 2 } })
  })

  test('of copy numbers that are given for nobody is told by GT', async () => {
    const lines = ['1 100 . N <CNV> . PASS END=300 GT:CN 0/1:. 0/0:. ./.:.']
    await fixture.ingest('d', [toVcf(['a', 'b', 'c'], lines)])
    const asker = openAsker(fixture.directory)
    const { datasets } = await asker.ask({ kind: 'range', assembly: 'GRCh38', contig: 1, start: 150, end: 151 })
    asker.close()
    expect(datasets[0]!.records).toMatchObject([
      { variant: { alternateBases: '<CNV;END=300>' }, counts: { heterozygotes: 1, alleleNumber: 4 } },
    ])
  })

  test('that cannot be placed still makes its file one of structural alleles', async () => {
    await fixture.ingest('d', [toVcf(['a'], ['1 100 . A <DEL> . PASS . GT 0/1'])])
    await expectAn('1-500-A-C', 0, 'called')
    await fixture.ingest('d', [toVcf(['b'], ['1 100 . A <DEL> . PASS . GT 0/1', '1 900 . A C . PASS . GT 0/1'])])
    await expectAn('1-500-A-C', 2, 'assumed')
  })

  test('of two joined ends in PAR of X and of Y is one', async () => {
    const lines = ['1 100 . A A[X:2000000[ . PASS . GT 0/1', '1 100 . A A[Y:2000000[ . PASS . GT 1/1']
    expect(await fixture.ingest('d', [toVcf(['a'], lines)])).toMatchObject({ alleles: 1, duplicateAlleles: 1 })
  })
})

describe('an allele at the border of PAR on Y', () => {
  test('is kept where its own bases are, not where its anchor is', async () => {
    const lines = [
      'Y 2781479 . CT C . PASS . GT 1',
      'Y 56887902 . CT C . PASS . GT 1/1',
      'Y 2781478 . AC A . PASS . GT 0/1',
    ]
    await fixture.ingest('d', [toVcf(['bo'], lines)], 'F bo 0 0 1 0\n')
    expect(await countsOf('Y-2781479-CT-C')).toMatchObject({ individuals: 1, alleleNumber: 1 })
    expect(await countsOf('X-2781479-CT-C')).toMatchObject({ individuals: 0, anBasis: 'assumed' })
    expect(await countsOf('X-155701382-CT-C')).toMatchObject({ individuals: 1 })
    expect(await countsOf('Y-56887902-CT-C')).toMatchObject({ individuals: 1 })
    expect(await countsOf('X-2781478-AC-A')).toMatchObject({ heterozygotes: 1, alleleNumber: 2 })
  })
})

describe('a file of tumours', () => {
  test('beside a normal sample of the same person is refused, of another it is not mixed', async () => {
    const pair = toVcf(['NORMAL', 'TUMOUR'], ['17 7674220 . C T . PASS . GT 0/0 0/1'])
    const both = { origin: 'somatic', sampleMap: 'NORMAL\tulf\nTUMOUR\tulf\n' } as const
    await expect(fixture.ingest('d', [pair], undefined, both)).rejects.toThrow(/belong to one individual/)
    await fixture.ingest('d', [pair], undefined, { origin: 'somatic', sampleMap: 'TUMOUR\tulf\n' })
    expect(await countsOf('17-7674220-C-T')).toMatchObject({ individuals: 0, alleleNumber: 0, somaticIndividuals: 1 })
  })

  test('gives a person with two tumours once', async () => {
    const tumour = (sample: string) => toVcf([sample], ['17 7674220 . C T . PASS . GT 0/1'])
    await fixture.ingest('d', [tumour('t1'), tumour('t2')], undefined, {
      origin: 'somatic',
      sampleMap: 't1\tulf\nt2\tulf\n',
    })
    await fixture.ingest('d', [tumour('t3')], undefined, { origin: 'somatic', sampleMap: 't3\tulf\n' })
    expect(await countsOf('17-7674220-C-T')).toMatchObject({ individuals: 0, somaticIndividuals: 1 })
  })
})

test('a record without GT is a no-call of everybody, and is reported', async () => {
  const lines = [
    '1 100 . A C . PASS . DP 3 4',
    '1 200 . A <DEL> . PASS END=300 CN 1 2',
    '1 400 . N <CNV> . PASS END=900 CN 1 2',
  ]
  const report = await fixture.ingest('d', [toVcf(['a', 'b'], lines)])
  expect(report).toMatchObject({ recordsWithoutGenotypes: 2, structuralAlleles: 2 })
  await expectAn('1-100-A-C', 0, 'called')
})
