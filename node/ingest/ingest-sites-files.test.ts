import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { readdirSync } from 'node:fs'
import { segmentsDirectory } from '../variants/dataset-manifest.js'
import type { VariantQuery } from '../variants/variant-query.js'
import { openAsker } from '../testing/asker.js'
import { createNodeFixture, toVcf, type NodeFixture } from '../testing/node-fixture.js'
import { AC, ingestSitesTexts, OBS, toSites } from '../testing/sites-files.js'

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

describe('a newer export', () => {
  test('takes the place of the old one', async () => {
    await ingest([toSites(AC, ['1 100 . A C . PASS AC=5;AN=200', '1 200 . A C . PASS AC=5;AN=200'])])
    const report = await ingest([toSites(AC, ['1 100 . A C . PASS AC=6;AN=220'])])
    expect(report.replacedAlleles).toBe(2)
    expect(await counts(allele(1, 100, 'A', 'C'))).toMatchObject({ alleleCount: 6, alleleNumber: 220 })
    expect((await ask(allele(1, 200, 'A', 'C'))).exists).toBe(false)
    expect(readdirSync(segmentsDirectory(fixture.directory, 'sites'))).toHaveLength(1)
  })

  test('that cannot be read leaves the old one', async () => {
    await ingest([toSites(AC, ['1 100 . A C . PASS AC=5;AN=200'])])
    await expect(
      ingest([toSites(AC, ['1 100 . A C . PASS AC=6;AN=220', '1 200 . A C . PASS AN=220'])]),
    ).rejects.toThrow()
    expect(await counts(allele(1, 100, 'A', 'C'))).toMatchObject({ alleleCount: 5 })
    expect(readdirSync(segmentsDirectory(fixture.directory, 'sites'))).toHaveLength(1)
  })
})

describe('what cannot be counted is refused with its line', () => {
  const header = 3 + AC.length
  test.each([
    ['AC above AN', AC, '1 100 . A C . PASS AC=5;AN=4', /AC 5 is more than AN 4/],
    ['no AC', AC, '1 100 . A C . PASS AN=4', /has no AC/],
    ['AC that is missing', AC, '1 100 . A C . PASS AC=.;AN=4', /has no AC/],
    ['AC for fewer ALTs', AC, '1 100 . A C,G . PASS AC=1;AN=4', /AC has 1 values, and there are 2 wanted/],
    ['AC that is no number', AC, '1 100 . A C . PASS AC=-1;AN=4', /AC "-1" is no count/],
    ['AC twice', AC, '1 100 . A C . PASS AC=1;AC=2;AN=4', /has AC twice/],
    [
      'zygosities that do not add up',
      AC,
      '1 100 . A C . PASS AC=5;AN=9;AC_Het=1;AC_Hom=1;AC_Hemi=0',
      /do not add up to AC 5/,
    ],
    ['more homozygotes than alleles', AC, '1 100 . A C . PASS AC=5;AN=9;nhomalt=3', /nhomalt 3 needs more/],
    ['a contig of another assembly', AC, '1 248956423 . A C . PASS AC=1;AN=4', /lies outside/],
    ['a FORMAT column', AC, '1 100 . A C . PASS AC=1;AN=4 GT', /9 columns but the header has 8/],
    ['too few columns', AC, '1 100 . A C . PASS', /7 columns but the header has 8/],
  ])('%s', async (_what, meta, line, reason) => {
    await expect(ingest([toSites(meta, [line])])).rejects.toThrow(reason)
    await expect(ingest([toSites(meta, [line])])).rejects.toThrow(new RegExp(`vcf:${header}: `))
  })

  test('observations above the cases', async () => {
    const text = toSites(['##NrCases=3', ...OBS], ['1 100 . A C . . Obs=4'])
    await expect(ingest([text])).rejects.toThrow(/Obs 4 is more than ##NrCases 3/)
    await expect(ingest([toSites(OBS, ['1 100 . A C . . Obs=1;Hom=2'])])).rejects.toThrow(/more than Obs 1/)
  })

  test('a file that counts nothing, both ways, or has samples', async () => {
    await expect(ingest([toSites([], [])])).rejects.toThrow(/declares neither INFO AC/)
    await expect(ingest([toSites([...AC, ...OBS], [])])).rejects.toThrow(/declares both/)
    await expect(ingest([toVcf(['a'], ['1 100 . A C . PASS . GT 0/1'])])).rejects.toThrow(/has samples/)
  })

  test('an allele in two files, and files that count in two ways', async () => {
    const one = toSites(AC, ['1 100 . A C . PASS AC=5;AN=200'])
    await expect(ingest([one, one])).rejects.toThrow(/GRCh38-1-100-A-C stands in two files/)
    await expect(ingest([one, toSites(OBS, [])])).rejects.toThrow(/does not count as/)
    const report = await ingest([one, toSites(AC, ['2 100 . A C . PASS AC=5;AN=200'])])
    expect(report.alleles).toBe(2)
  })
})

test('records that fail FILTER, and what no dataset keeps, are skipped and reported', async () => {
  const lines = [
    '1 100 . A C . q10 AC=5;AN=200',
    '1 200 . A * . PASS AC=5;AN=200',
    '1 300 . A . . PASS AN=200',
    'GL1 5 . A C . PASS AC=1;AN=2',
  ]
  const report = await ingest([toSites(AC, lines)])
  expect(report).toMatchObject({
    records: 4,
    alleles: 0,
    filteredRecords: 1,
    referenceRecords: 1,
    skipped: { 'spanning-deletion': 1, 'contig-not-in-assembly': 1 },
  })
})
