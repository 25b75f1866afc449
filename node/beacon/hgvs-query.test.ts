import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createGeneNode, idsOf, type GeneNode } from '../testing/gene-node.js'

let node: GeneNode
beforeAll(async () => {
  node = await createGeneNode()
})
afterAll(() => node.remove())

describe('an HGVS query', () => {
  beforeAll(() => node.loadGenes())
  const plain = {
    referenceName: '17',
    assemblyId: 'GRCh38',
    start: [43_045_711],
    referenceBases: 'T',
    alternateBases: 'C',
  }

  test.each(['NM_007294.4:c.5558A>G', 'NC_000017.11:g.43045712T>C', 'chr17:g.43045712T>C', 'NM_007294.4:n.5671A>G'])(
    '%s counts what the allele itself counts',
    async (genomicAlleleShortForm) => {
      const [{ body }, expected] = [await node.ask({ genomicAlleleShortForm }), await node.ask(plain)]
      expect(body.info.node).toEqual(expected.body.info.node)
      expect(body.info.node.counts).toMatchObject({ individuals: 2, alleleCount: 3, alleleNumber: 6 })
      expect(body.response).toEqual(expected.body.response)
      expect(body.info['shortForm']).toMatchObject({
        meaning: 'one allele',
        checkedAgainstReference: false,
        variantInternalIds: ['GRCh38-17-43045712-T-C'],
      })
    },
  )

  test.each<[string, string, number]>([
    // CAT GTT T: the other strand of AAACAT, from its end.
    ['NM_990001.1:c.12A>T', 'MT-103-T-A', 1],
    ['NC_012920.1:m.103T>A', 'MT-103-T-A', 1],
    ['NM_990001.1:c.6_6+1insT', 'MT-113-C-CA', 2],
    ['NM_990001.1:c.6dup', 'MT-113-C-CA', 2],
    ['NC_012920.1:m.114dup', 'MT-113-C-CA', 2],
    ['NC_012920.1:m.116dup', 'MT-113-C-CA', 2],
  ])('%s is %s', async (genomicAlleleShortForm, id, individuals) => {
    const { body } = await node.ask({ genomicAlleleShortForm, assemblyId: 'GRCh38' })
    expect(body).toMatchObject({
      info: { node: { counts: { individuals } }, shortForm: { checkedAgainstReference: true } },
    })
    expect(idsOf(body)).toEqual([id])
  })

  test('of an amino acid counts everybody with one of the alleles that make it', async () => {
    // The stop is TGA on the other strand; in mitochondria that is tryptophan, and TGT is cysteine.
    const { status, body } = await node.ask({ genomicAlleleShortForm: 'NP_990001.1:p.Trp4Cys' })
    expect(status).toBe(200)
    expect(body.info['shortForm']).toMatchObject({
      meaning: 'every allele within the codon that makes this change',
      transcript: 'NM_990001.1',
      variantInternalIds: ['GRCh38-MT-103-T-A', 'GRCh38-MT-103-T-G'],
    })
    expect(idsOf(body)).toEqual(['MT-103-T-A'])
    expect(body.info.node.counts).toEqual({ variants: 1, individuals: 1, families: 1 })
  })

  test('of a version that is not there uses the only one, and says so', async () => {
    for (const accession of ['NM_007294', 'NM_007294.3']) {
      const { body } = await node.ask({ genomicAlleleShortForm: `${accession}:c.5558A>G` })
      expect(body.info['shortForm']).toMatchObject({
        transcript: 'NM_007294.4',
        note: expect.stringContaining('NM_007294.4 alone'),
      })
    }
    const { body } = await node.ask({ genomicAlleleShortForm: 'NM_007294.4:c.5558A>G' })
    expect(body.info['shortForm']).not.toHaveProperty('note')
  })

  test('by GET has its own spelling', async () => {
    const answer = await fetch(`${node.url}/beacon/v2/g_variants?allele=${encodeURIComponent('NM_007294.4:c.5558A>G')}`)
    expect(await answer.json()).toMatchObject({ responseSummary: { exists: true } })
  })

  test.each<[object, RegExp, string | undefined]>([
    [
      { genomicAlleleShortForm: 'NM_990003:c.5A>G' },
      /other versions of NM_990003: 3, 4; name one/,
      'unsupported-query',
    ],
    [{ genomicAlleleShortForm: 'NM_990003.5:c.5A>G' }, /3, 4; name one/, 'unsupported-query'],
    [{ genomicAlleleShortForm: 'NM_000059.4:c.5A>G' }, /has no NM_000059\.4/, 'unsupported-query'],
    [{ genomicAlleleShortForm: 'NM_007294.4:c.5558del' }, /needs the sequence of GRCh38/, 'unsupported-query'],
    [{ genomicAlleleShortForm: 'NP_009225.1:p.Tyr1853Cys' }, /needs the sequence of GRCh38/, 'unsupported-query'],
    [{ genomicAlleleShortForm: 'NM_990001.1:c.6A>G' }, /is T, not A/, undefined],
    [{ genomicAlleleShortForm: 'NM_990001.1:c.13A>G' }, /beyond the end/, undefined],
    [{ genomicAlleleShortForm: 'frobnicate' }, /no form of HGVS/, 'unsupported-query'],
    [{ genomicAlleleShortForm: 'NM_007294.4:c.5558A>G', start: [5] }, /leave start out/, undefined],
    [{ genomicAlleleShortForm: 'NC_000017.10:g.5A>G', assemblyId: 'GRCh38' }, /belongs to GRCh37/, undefined],
  ])('%j is refused', async (parameters, message, reason) => {
    const { status, body } = await node.ask(parameters)
    expect(status).toBe(400)
    expect(body.error.errorMessage).toMatch(message)
    expect(body.error.reason).toBe(reason)
  })
})
