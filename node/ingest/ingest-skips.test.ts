import { afterEach, describe, expect, test } from '@jest/globals'
import { createNodeFixture, toVcf, type NodeFixture } from '../testing/node-fixture.js'

let fixture: NodeFixture
afterEach(() => fixture.remove())

describe('an ingest', () => {
  test('what cannot be stored is skipped by reason', async () => {
    fixture = createNodeFixture()
    fixture.addDataset('d')
    const report = await fixture.ingest('d', [
      toVcf(
        ['a'],
        [
          '1 5 . A . . PASS . GT 0/0',
          '1 6 . A *,C . PASS . GT 1/2',
          '1 7 . A <DEL> . PASS . GT 0/1',
          '1 8 . A A[2:100[ . PASS . GT 0/1',
          '1 9 . N C . PASS . GT 0/1',
          'chrUn_KI270302v1 9 . A C . PASS . GT 0/1',
          'NC_000017.11 7674220 . C T . PASS . GT 0/1',
          'refseq:NC_000017.11 7674221 . C T . PASS . GT 0/1',
        ],
      ),
    ])
    expect(report).toMatchObject({
      records: 8,
      alleles: 4,
      referenceRecords: 1,
      structuralAlleles: 1,
      skipped: {
        'spanning-deletion': 1,
        'structural-without-end': 1,
        'ambiguous-bases': 1,
        'contig-not-in-assembly': 1,
      },
    })
  })

  test('hg19’s old mitochondrion is refused, the rest of its file is not', async () => {
    fixture = createNodeFixture()
    fixture.addDataset('d', { assembly: 'GRCh37' })
    const vcf = toVcf(['a'], ['chrM 100 . A C . PASS . GT 0/1', 'chr1 100 . A C . PASS . GT 0/1'])
    const report = await fixture.ingest('d', [vcf.replace('\n', '\n##contig=<ID=chrM,length=16571>\n')])
    expect(report).toMatchObject({ alleles: 1, skipped: { 'mitochondrion-not-rCRS': 1 } })
  })
})
