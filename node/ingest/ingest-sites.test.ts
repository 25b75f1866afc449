import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { readManifest } from '../variants/dataset-manifest.js'
import type { VariantQuery } from '../variants/variant-query.js'
import { openAsker } from '../testing/asker.js'
import { createNodeFixture, toVcf, type NodeFixture } from '../testing/node-fixture.js'
import { AC, ingestSitesTexts, OBS, toSites, ZYGOSITIES } from '../testing/sites-files.js'

function allele(contig: number, pos: number, referenceBases: string, alternateBases: string): VariantQuery {
  return { kind: 'allele', assembly: 'GRCh38', contig, start: pos - 1, referenceBases, alternateBases }
}

let fixture: NodeFixture

beforeEach(() => {
  fixture = createNodeFixture()
  fixture.addDataset('sites')
})
afterEach(() => fixture.remove())

const ingest = (texts: readonly string[], datasetId?: string) => ingestSitesTexts(fixture, texts, datasetId)

async function ask(query: VariantQuery) {
  const asker = openAsker(fixture.directory)
  try {
    return await asker.ask(query)
  } finally {
    asker.close()
  }
}

async function counts(query: VariantQuery) {
  return (await ask(query)).datasets[0]!.counts
}

describe('alleles with AC and AN', () => {
  test('tell alleles, and of people only bounds', async () => {
    await ingest([toSites(AC, ['1 100 . A C,G . PASS AC=5,1;AN=200', '1 200 . A T . PASS AC=0;AN=198'])])
    const release = await ask(allele(1, 100, 'A', 'C'))
    expect(release.counts).toEqual({ partial: true, alleleCount: 5, alleleNumber: 200, anBasis: 'called' })
    expect(release.individuals).toEqual({ lower: 3, upper: 5 })
    expect(release.exists).toBe(true)
    // Seen once: one person, who cannot have two copies.
    const whole = { individuals: 1, families: 1, heterozygotes: 1, homozygotes: 0, hemizygotes: 0, alleleCount: 1 }
    expect(await counts(allele(1, 100, 'A', 'G'))).toEqual({ ...whole, alleleNumber: 200, anBasis: 'called' })
    const nobody = await ask(allele(1, 200, 'A', 'T'))
    expect([nobody.exists, nobody.individuals]).toEqual([false, { lower: 0, upper: 0 }])
  })

  test('say nothing of AN where they have no row, unless another allele of the place has one', async () => {
    await ingest([toSites(AC, ['1 100 . A C . PASS AC=5;AN=200'])])
    const nobody = { individuals: 0, families: 0, heterozygotes: 0, homozygotes: 0, hemizygotes: 0, alleleCount: 0 }
    expect(await counts(allele(1, 100, 'A', 'T'))).toEqual({ ...nobody, alleleNumber: 200, anBasis: 'called' })
    expect(await counts(allele(1, 101, 'A', 'T'))).toEqual({ ...nobody, alleleNumber: 0, anBasis: 'unknown' })
  })

  test('with zygosities tell people, whether AC_Hom counts alleles or people', async () => {
    const lines = [
      '1 100 . A C . PASS AC=7;AN=200;AC_Het=3;AC_Hom=4;AC_Hemi=0',
      '1 200 . A C . PASS AC=7;AN=200;AC_Het=3;AC_Hom=2;AC_Hemi=0',
    ]
    await ingest([toSites([...AC, ...ZYGOSITIES], lines)])
    for (const pos of [100, 200]) {
      expect(await counts(allele(1, pos, 'A', 'C'))).toMatchObject({
        individuals: 5,
        heterozygotes: 3,
        homozygotes: 2,
        hemizygotes: 0,
        alleleCount: 7,
      })
    }
  })

  test('with nhomalt tell people; on X one copy or two are told apart only where men are', async () => {
    const meta = [...AC, '##INFO=<ID=nhomalt,Number=A,Type=Integer,Description="x">']
    const lines = ['1 100 . A C . PASS AC=7;AN=200;nhomalt=2', 'X 50000000 . A C . PASS AC=7;AN=150;nhomalt=2']
    const men = ['X 50000001 . A C . PASS AC=7;AN=150;nhomalt=2;AC_XY=1;nhomalt_XY=0']
    await ingest([toSites(meta, [...lines, ...men])])
    expect(await counts(allele(1, 100, 'A', 'C'))).toMatchObject({ individuals: 5, heterozygotes: 3, hemizygotes: 0 })
    expect(await counts(allele(23, 50_000_000, 'A', 'C'))).toEqual({
      partial: true,
      individuals: 5,
      homozygotes: 2,
      alleleCount: 7,
      alleleNumber: 150,
      anBasis: 'called',
    })
    const apart = { heterozygotes: 2, homozygotes: 2, hemizygotes: 1 }
    expect(await counts(allele(23, 50_000_001, 'A', 'C'))).toMatchObject(apart)
  })

  test('on MT count people only where the file does', async () => {
    const plasmic = ['AC_hom', 'AC_het'].map((id) => `##INFO=<ID=${id},Number=A,Type=Integer,Description="x">`)
    const lines = ['MT 100 . G A . PASS AC_hom=3;AC_het=1;AN=50', 'MT 200 . A G . PASS AC=4;AN=100']
    await ingest([toSites([...AC, ...plasmic], lines)])
    expect(await counts(allele(25, 100, 'G', 'A'))).toMatchObject({
      individuals: 4,
      homoplasmic: 3,
      heteroplasmic: 1,
      alleleNumber: 50,
      anBasis: 'called',
    })
    expect(await counts(allele(25, 200, 'A', 'G'))).toEqual({ partial: true, alleleNumber: 0, anBasis: 'unknown' })
  })

  test('of a range give the alleles, and bounds of people who may carry several', async () => {
    await ingest([
      toSites(AC, [
        '1 100 . A C . PASS AC=5;AN=200',
        '1 120 . A C . PASS AC=2;AN=200',
        '1 300 . A C . PASS AC=9;AN=200',
      ]),
    ])
    const range = { kind: 'range', assembly: 'GRCh38', contig: 1, start: 90, end: 200 } as const
    const release = await ask(range)
    expect(release.counts).toEqual({ partial: true, variants: 2 })
    expect(release.individuals).toEqual({ lower: 3, upper: 7 })
    expect(release.datasets[0]!.records.map(({ variant }) => variant.start)).toEqual([99, 119])
    const none = await ask({ ...range, start: 400, end: 500 })
    expect(none.counts).toEqual({ variants: 0, individuals: 0, families: 0 })
  })

  test('are found by range however many there are, and paged in order', async () => {
    const lines = Array.from({ length: 1_700 }, (_, index) => `1 ${1000 + index} . A C . PASS AC=1;AN=200`)
    const long = '1 1000 . A <DEL> . PASS END=9000;AC=3;AN=200'
    await ingest([toSites(AC, [...lines, long])])
    const asker = openAsker(fixture.directory)
    const range = { kind: 'range', assembly: 'GRCh38', contig: 1, start: 500, end: 5_000 } as const
    const { counts: found, individuals, datasets } = await asker.ask(range, { offset: 1_000, limit: 600 })
    asker.close()
    expect(found).toMatchObject({ variants: 1_701 })
    expect(individuals).toEqual({ lower: 2, upper: 1_703 })
    const starts = datasets[0]!.records.map(({ variant }) => variant.start)
    expect(starts).toEqual(Array.from({ length: 600 }, (_, index) => 1_998 + index))
  })

  test('of one place in two records keep bounds: who is in both is not known', async () => {
    const report = await ingest([toSites(AC, ['1 100 . A C . PASS AC=5;AN=200', '1 100 . AG CG . PASS AC=3;AN=200'])])
    expect(report).toMatchObject({ alleles: 1, duplicateAlleles: 1, allelesWithoutPeople: 1 })
    const release = await ask(allele(1, 100, 'A', 'C'))
    expect(release.counts).toEqual({ partial: true, alleleNumber: 200, anBasis: 'called' })
    expect(release.individuals).toEqual({ lower: 3, upper: 8 })
  })
})

describe('observations', () => {
  test('are cases: all zygosities, and no AN', async () => {
    const report = await ingest([
      toSites(['##NrCases=40', ...OBS], ['1 100 . A C . . Obs=7;Hom=2', '1 200 . A C . . Obs=1']),
    ])
    expect(report).toMatchObject({ source: 'observations', cases: 40, alleles: 2 })
    expect(await counts(allele(1, 100, 'A', 'C'))).toEqual({
      partial: true,
      individuals: 7,
      heterozygotes: 5,
      homozygotes: 2,
      hemizygotes: 0,
      alleleCount: 9,
      alleleNumber: 0,
      anBasis: 'unknown',
    })
    expect(readManifest(fixture.directory, 'sites')).toMatchObject({
      content: 'sites',
      sites: { source: 'observations', cases: 40 },
    })
  })

  test('without Hom and Hem in the header leave the zygosities and AC open', async () => {
    await ingest([toSites(OBS.slice(0, 1), ['1 100 . A C . . Obs=7'])])
    const open = { partial: true, individuals: 7, alleleNumber: 0, anBasis: 'unknown' }
    expect(await counts(allele(1, 100, 'A', 'C'))).toEqual(open)
  })
})

describe('beside datasets with people', () => {
  const vcf = toVcf(
    ['a', 'b'],
    ['1 100 . A C . PASS . GT 0/1 0/0', '1 200 . A C . PASS . GT 0/0 0/0', '1 300 . A C . PASS . GT 0/1 1/1'],
  )

  beforeEach(async () => {
    fixture.addDataset('people')
    await fixture.ingest('people', [vcf])
    await ingest([toSites(AC, ['1 100 . A C . PASS AC=4;AN=100', '1 200 . A C . PASS AC=4;AN=100'])])
  })

  test('nothing is added up that may be the same person', async () => {
    const both = await ask(allele(1, 100, 'A', 'C'))
    expect(both.counts).toEqual({ partial: true, alleleNumber: 100, anBasis: 'unknown' })
    expect(both.individuals).toEqual({ lower: 2, upper: 5 })
    const range = await ask({ kind: 'range', assembly: 'GRCh38', contig: 1, start: 0, end: 400 })
    expect(range.counts).toBeUndefined()
    expect(range.individuals).toEqual({ lower: 2, upper: 10 })
  })

  test('what only one of them has is told, and the denominator is open when both have one', async () => {
    const sites = await ask(allele(1, 200, 'A', 'C'))
    expect(sites.counts).toEqual({ partial: true, alleleCount: 4, alleleNumber: 100, anBasis: 'unknown' })
    expect(sites.individuals).toEqual({ lower: 2, upper: 4 })
    const people = await ask(allele(1, 300, 'A', 'C'))
    expect(people.counts).toMatchObject({
      individuals: 2,
      families: 2,
      homozygotes: 1,
      alleleCount: 3,
      alleleNumber: 4,
      anBasis: 'unknown',
    })
    expect(people.individuals).toEqual({ lower: 2, upper: 2 })
  })

  test('neither goes into a dataset of the other', async () => {
    await expect(fixture.ingest('sites', [vcf])).rejects.toThrow(/holds pre-counted alleles/)
    await expect(ingest([toSites(AC, [])], 'people')).rejects.toThrow(/holds genotypes/)
  })
})
