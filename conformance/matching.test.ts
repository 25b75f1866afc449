import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createFixtureNetwork } from './support/fixture-network.js'
import { postJson } from './support/http-client.js'
import { mustRun, startService, type Service } from './support/processes.js'

const MINUTE = 60_000
const GENE = 'NC_000001.11\tx\tgene\t100\t200\t.\t+\t.\tID=gene-ABC1;Name=ABC1;gene=ABC1\n'
const CSQ = '##INFO=<ID=CSQ,Number=.,Type=String,Description="VEP. Format: Allele|Consequence|IMPACT|SYMBOL|Gene">'
const END = '##INFO=<ID=END,Number=1,Type=Integer,Description="End">'
/** One allele within the gene's place, one that only its annotation puts there, and two deletions of 10 kb that nearly are one. */
const LINES = [
  '1 150 . A C . PASS CSQ=C|missense_variant|MODERATE|ABC1|ENSG1 GT 0/1',
  '1 9000 . A C . PASS CSQ=C|missense_variant|MODERATE|ABC1|ENSG1 GT 0/1',
  '1 50000 . A <DEL> . PASS END=60000 GT 0/1',
  '1 50200 . A <DEL> . PASS END=60100 GT 0/1',
  '1 59000 . A <DEL> . PASS END=90000 GT 0/1',
]

interface Answer {
  readonly info: {
    readonly regions: readonly { readonly name: string; readonly counts: { readonly variants: number } }[]
    readonly structuralMatch?: object
    readonly geneSource?: string
    readonly note: string
  }
  readonly response: { readonly resultSets: readonly { readonly beaconId: string; readonly info: object }[] }
}

const network = createFixtureNetwork()
const services: Service[] = []
let hub: Service

async function ask(gVariant: object): Promise<Answer> {
  const query = {
    requestParameters: { g_variant: { assemblyId: 'GRCh38', ...gVariant } },
    includeResultsetResponses: 'ALL',
  }
  const { status, body } = await postJson(`${hub.url}/beacon/v2/g_variants`, { meta: { apiVersion: 'v2.2.0' }, query })
  expect(status).toBe(200)
  return body as Answer
}

beforeAll(async () => {
  const vcf = join(network.directory, 'a.vcf')
  const columns = '#CHROM POS ID REF ALT QUAL FILTER INFO FORMAT a'
  const rows = [columns, ...LINES].map((line) => line.replaceAll(' ', '\t'))
  writeFileSync(vcf, ['##fileformat=VCFv4.2', CSQ, END, ...rows, ''].join('\n'))
  const genes = join(network.directory, 'genes.gff3')
  writeFileSync(genes, GENE)
  const regions: [string, string][] = []
  for (const name of ['norr', 'syd']) {
    const home = await network.makeNode(name, [{ id: 'd' }])
    await mustRun('node/main.js', 'ingest', home, '--dataset', 'd', vcf)
    if (name === 'norr') await mustRun('node/main.js', 'genes', 'add', home, '--assembly', 'GRCh38', genes)
    const service = await startService('node/main.js', 'serve', home, '--port', '0')
    services.push(service)
    regions.push([name, `${service.url}/beacon/v2`])
  }
  hub = await network.startHub('hub', regions)
}, MINUTE)

afterAll(async () => {
  for (const service of services) await service.stop()
  await network.stop()
}, MINUTE)

describe('a question that leaves open by which rule alleles are found', () => {
  test('about a gene: each region says where it looked it up, and the answer that they differ', async () => {
    const { info, response } = await ask({ geneId: 'ABC1' })
    expect(info.regions).toMatchObject([
      { name: 'norr', geneSource: 'gene table', counts: { variants: 1 } },
      { name: 'syd', geneSource: 'annotation', counts: { variants: 2 } },
    ])
    expect(response.resultSets).toMatchObject([
      { beaconId: 'se.fyr.norr', info: { geneSource: 'gene table' } },
      { beaconId: 'se.fyr.syd', info: { geneSource: 'annotation' } },
    ])
    expect(info.geneSource).toBeUndefined()
    expect(info.note).toContain(
      'The regions did not match by one rule, so their numbers are of different things: ' +
        'the places of a gene table (norr); the genes of annotations (syd).',
    )
    // What the node says beside the rule stays there.
    expect(JSON.stringify(info)).not.toMatch(/genes\.gff3|genePlaces/)
  })

  const deletion = { referenceName: '1', start: [50_000], end: [60_000], variantType: 'DEL' }

  test.each([
    ['whatever overlaps', {}, { rule: 'overlap' }, 3, 'any overlap'],
    [
      'nearly the same',
      { structuralMatch: {} },
      { rule: 'default', minimumOverlap: 0.8, window: 1_000 },
      2,
      '80 % in common or both ends within 1000 bases',
    ],
    [
      'by its ends',
      { structuralMatch: { rule: 'breakpoints', window: 50 } },
      { rule: 'breakpoints', window: 50 },
      1,
      'both ends within 50 bases',
    ],
  ])(
    'about a deletion, %s: the rule stands in each part and in the whole',
    async (_what, more, rule, variants, words) => {
      const { info, response } = await ask({ ...deletion, ...more })
      expect(info.structuralMatch).toEqual(rule)
      for (const region of info.regions) expect(region).toMatchObject({ structuralMatch: rule, counts: { variants } })
      expect(response.resultSets).toHaveLength(2)
      for (const set of response.resultSets) expect(set.info).toMatchObject({ structuralMatch: rule })
      expect(info.note).toContain(`Matched by: ${words}.`)
    },
  )

  test('about one allele there is no rule to name', async () => {
    const { info } = await ask({ referenceName: '1', start: [149], referenceBases: 'A', alternateBases: 'C' })
    expect(info.note).not.toContain('atch')
    expect(JSON.stringify(info)).not.toMatch(/structuralMatch|geneSource|shortForm/)
  })
})
