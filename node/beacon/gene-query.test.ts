import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createGeneNode, idsOf, type GeneNode } from '../testing/gene-node.js'

let node: GeneNode
beforeAll(async () => {
  node = await createGeneNode()
})
afterAll(() => node.remove())

test('without a gene table, genes and transcripts are no questions for this node, until there is one', async () => {
  for (const [parameters, message] of [
    [{ geneId: 'BRCA1' }, /no gene table of GRCh38/],
    [{ genomicAlleleShortForm: 'NM_007294.4:c.5558A>G' }, /needs a gene table of GRCh38/],
  ] as const) {
    const { status, body } = await node.ask(parameters)
    expect(status).toBe(400)
    expect(body.error).toMatchObject({ reason: 'unsupported-query', errorMessage: expect.stringMatching(message) })
  }
  await node.loadGenes()
  expect((await node.ask({ geneId: 'BRCA1' })).status).toBe(200)
})

describe('a gene query', () => {
  beforeAll(() => node.loadGenes())

  test.each<[string, object, readonly string[], number, number]>([
    [
      'of the alleles from its first to its last base',
      { geneId: 'BRCA1' },
      ['17-43045711-GT-AC', '17-43045712-T-C', '17-43125364-A-G'],
      3,
      2,
    ],
    [
      'by a synonym, in small letters',
      { geneId: 'rnf53' },
      ['17-43045711-GT-AC', '17-43045712-T-C', '17-43125364-A-G'],
      3,
      2,
    ],
    ['narrowed by type', { geneId: 'BRCA1', variantType: 'SNP' }, ['17-43045712-T-C', '17-43125364-A-G'], 3, 2],
    ['narrowed by length', { geneId: 'BRCA1', variantMinLength: 2 }, ['17-43045711-GT-AC'], 1, 1],
    ['narrowed by bases', { geneId: 'BRCA1', alternateBases: 'G' }, ['17-43125364-A-G'], 1, 1],
    [
      'of every place, with an allele that reaches from one into another once',
      { geneId: 'TWICE' },
      ['1-1001-A-C', '1-1500-DEL-5500', '1-6000-G-T', '2-150-ACGT-A'],
      3,
      2,
    ],
    ['of every place, narrowed', { geneId: 'TWICE', variantType: 'DEL' }, ['1-1500-DEL-5500', '2-150-ACGT-A'], 2, 2],
    [
      'of both genes that a synonym means',
      { geneId: 'EITHER' },
      ['1-950-A-C', '1-1000-A-C', '1-1001-A-C', '1-6000-G-T'],
      2,
      1,
    ],
    ['of a gene of both sex chromosomes, whose alleles are one', { geneId: 'PARGENE' }, ['X-1595500-A-G'], 2, 1],
  ])('%s', async (_, parameters, ids, individuals, families) => {
    const { status, body } = await node.ask(parameters)
    expect(status).toBe(200)
    expect(idsOf(body)).toEqual(ids)
    expect(body.responseSummary).toEqual({ exists: ids.length > 0, numTotalResults: ids.length })
    expect(body.info.node.counts).toEqual({ variants: ids.length, individuals, families })
  })

  test('says where it looked, and who says so', async () => {
    const { body } = await node.ask({ geneId: 'hgnc:1' })
    expect(body.info).toMatchObject({
      geneSource: 'gene table',
      geneTable: [{ file: 'made-up.gff3', version: 'NCBI RefSeq GCF_000001405.40-RS_2023_10' }],
      genePlaces: [{ symbol: 'BRCA1', referenceName: 'refseq:NC_000017.11', start: 43_044_294, end: 43_125_364 }],
    })
  })

  test('is asked of people too, and of the genes and alleles of one dataset', async () => {
    const { body } = await node.ask({ geneId: 'BRCA1' }, '/individuals')
    expect(body).toMatchObject({ responseSummary: { numTotalResults: 3 }, info: { geneSource: 'gene table' } })
    const form = { genomicAlleleShortForm: 'NM_007294.4:c.5558A>G' }
    expect((await node.ask(form, '/individuals')).body).toMatchObject({
      responseSummary: { numTotalResults: 2 },
      info: { shortForm: { transcript: 'NM_007294.4' } },
    })
    expect(idsOf((await node.ask({ geneId: 'BRCA1' }, '/datasets/d/g_variants')).body)).toHaveLength(3)
    expect((await node.ask({ geneId: 'NONE' }, '/individuals')).status).toBe(400)
  })

  test('is asked by GET too', async () => {
    const answer = await fetch(
      `${node.url}/beacon/v2/g_variants?geneid=BRCA1&assemblyId=hg38&requestedGranularity=count`,
    )
    expect(await answer.json()).toMatchObject({ responseSummary: { exists: true, numTotalResults: 3 } })
  })

  test.each<[string, object, RegExp, string | undefined]>([
    [
      'a gene that the table does not know',
      { geneId: 'BRCA9' },
      /has no such symbol, id or synonym/,
      'unsupported-query',
    ],
    [
      'a gene of an assembly without table',
      { geneId: 'BRCA1', assemblyId: 'GRCh37' },
      /no gene table of GRCh37/,
      'unsupported-query',
    ],
    ['a gene with a contig', { geneId: 'BRCA1', referenceName: '17' }, /leave referenceName out/, undefined],
    [
      'a gene with a place',
      { geneId: 'BRCA1', referenceName: '17', start: [5], end: [6] },
      /does not answer geneId/,
      'unsupported-query',
    ],
    ['an unknown type', { geneId: 'BRCA1', variantType: 'FROB' }, /variantType/, 'unsupported-query'],
  ])('%s is refused', async (_, parameters, message, reason) => {
    const { status, body } = await node.ask(parameters)
    expect(status).toBe(400)
    expect(body.error.errorMessage).toMatch(message)
    expect(body.error.reason).toBe(reason)
  })
})
