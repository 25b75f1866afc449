import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getJson } from './support/http-client.js'
import { mustRunAll, startService, type Service } from './support/processes.js'

const CSQ =
  'Allele|Consequence|IMPACT|SYMBOL|Gene|Feature|HGVSc|HGVSp|HGVSg|Existing_variation|HGNC_ID|Amino_acids|Protein_position'
const HEADER = [
  '##fileformat=VCFv4.2',
  `##INFO=<ID=CSQ,Number=.,Type=String,Description="Consequence annotations from Ensembl VEP. Format: ${CSQ}">`,
  ...['CLNSIG', 'CLNDN', 'CLNDISDB', 'ALLELEID', 'CLNHGVS', 'RS'].map(
    (key) => `##INFO=<ID=${key},Number=.,Type=String,Description="of ClinVar">`,
  ),
]
const ANN_HEADER = [
  '##fileformat=VCFv4.2',
  `##INFO=<ID=ANN,Number=.,Type=String,Description="Functional annotations: 'Allele | Annotation | Annotation_Impact | Gene_Name'">`,
]

const BRAF = 'MODERATE|BRAF|ENSG00000157764'
const V600E = [
  `T|missense_variant|${BRAF}|ENST00000288602|ENST00000288602.6:c.1799T>A|ENSP00000288602.6:p.Val600Glu|7:g.140753336A>T|rs113488022&COSV56056643|HGNC:1097|V/E|600`,
  `T|missense_variant|${BRAF}|ENST00000646891|ENST00000646891.2:c.1799T>A|ENSP00000493543.1:p.Val600Glu|7:g.140753336A>T|rs113488022|HGNC:1097|V/E|600`,
  `T|downstream_gene_variant|MODIFIER|NEIGHBOUR|ENSG00000000009||||7:g.140753336A>T||||`,
].join(',')
const CLINVAR =
  'CLNSIG=Pathogenic/Likely_pathogenic;CLNDN=Melanoma|Cardiofaciocutaneous_syndrome_1|not_provided;CLNDISDB=Human_Phenotype_Ontology:HP:0002861,MONDO:MONDO:0005105,MedGen:C0025202|OMIM:115150,Orphanet:1340|MedGen:C3661900;ALLELEID=29000;RS=113488022;CLNHGVS=NC_000007.14:g.140753336A>T'
const LINES = [
  `7 140753336 13961 A T . PASS CSQ=${V600E};${CLINVAR} GT 0/1 1/1 0/0`,
  // Two ALTs: a frameshift of one, a start loss of the other; the first base is left out by VEP. ClinVar's values are nobody's.
  'X 50000001 rs5 CA C,CT . PASS CSQ=-|frameshift_variant|HIGH|GENE-1.2|ENSG00000000001|T1|T1:c.2del|P1:p.Met1AspfsTer7|||||,T|start_lost&odd_variant|HIGH|gene-1.2|ENSG00000000001|T1|T1:c.2A>T|P1:p.Met1%3F|||||;CLNSIG=Benign GT 0/1 0/2 0/0',
  '1 1000000 . G C . PASS CSQ=C|intergenic_variant|MODIFIER|||||||||| GT 0/1 0/0 0/0',
  '1 1000010 . G C . PASS CSQ=C|synonymous_variant|LOW|SILENT|673|T2|T2:c.6G>C|||rs7||L|2/90 GT 0/0 0/1 0/0',
  '1 1000020 . G <DEL> . PASS END=1005000;CSQ=deletion|transcript_ablation|HIGH|SILENT|673|T2||||||| GT 0/0 0/0 0/1',
  '1 1000030 . G A . PASS . GT 0/0 0/0 0/1',
  '1 1000040 . G A . PASS CSQ=A|missense_variant|MODERATE|SILENT|673|T2|T2:c.9G>A|P2:p.Val600Glu||||| GT 0/0 0/0 0/0',
]
const ANN_LINES = [
  '7 140753336 . A T . PASS ANN=T|missense_variant&splice_region_variant|MODERATE|BRAF|BRAF|transcript|NM_004333.4|protein_coding|15/18|c.1799T>A|p.Val600Glu|1860/2946|1799/2301|600/766|| GT 0/1',
  '1 2000000 . C G . PASS ANN=G|intergenic_region|MODIFIER|SILENT-BRAF|SILENT-BRAF|intergenic_region|SILENT-BRAF|||n.2000000C>G|||||| GT 1/1',
]

function toText(header: readonly string[], samples: readonly string[], lines: readonly string[]): string {
  const columns = `#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\t${samples.join('\t')}`
  return [...header, columns, ...lines.map((line) => line.split(' ').join('\t')), ''].join('\n')
}

interface RecordAnswer {
  readonly responseSummary: { readonly exists: boolean; readonly numTotalResults: number }
  readonly info: { readonly node: { readonly bounds: object; readonly counts: object }; readonly geneSource?: string }
  readonly response: {
    readonly resultSets: readonly {
      readonly id: string
      readonly info: object
      readonly results: readonly GenomicRecord[]
    }[]
  }
}
interface GenomicRecord {
  readonly id: string
  readonly identifiers?: object
  readonly molecularAttributes?: object
  readonly variantLevelData?: object
  readonly info?: object
}

const directory = mkdtempSync(join(tmpdir(), 'fyr-annotations-'))
const nodeDirectory = join(directory, 'node')
let node: Service

async function ask(query: string): Promise<RecordAnswer> {
  const parameters = `requestedGranularity=record&includeResultsetResponses=ALL&${query}`
  const { status, body } = await getJson(`${node.url}/beacon/v2/g_variants?${parameters}`)
  expect(status).toBe(200)
  return body as RecordAnswer
}

beforeAll(async () => {
  const add = [
    '--name',
    'x',
    '--assembly',
    'GRCh38',
    '--granularity',
    'record',
    '--access',
    'public',
    '--basis',
    'made up',
  ]
  const files = {
    vep: toText(HEADER, ['a', 'b', 'c'], LINES),
    ann: toText(ANN_HEADER, ['d'], ANN_LINES),
    plain: toText(['##fileformat=VCFv4.2'], ['e'], ['7 140753336 . A T . PASS . GT 0/1']),
  }
  const ingest = (dataset: string, name: keyof typeof files) => {
    const file = join(directory, `${name}.vcf`)
    writeFileSync(file, files[name])
    return ['ingest', nodeDirectory, '--dataset', dataset, '--json', file]
  }
  const printed = await mustRunAll('node/main.js', [
    ['init', nodeDirectory, '--id', 'se.fyr.annotated', '--name', 'Annotated'],
    ...['annotated', 'bare'].map((dataset) => ['dataset', 'add', nodeDirectory, dataset, ...add]),
    ingest('annotated', 'vep'),
    ingest('annotated', 'ann'),
    ingest('bare', 'plain'),
  ])
  const unassigned = printed
    .slice(-3)
    .map((report) => (JSON.parse(report) as { unassignedAnnotations: number }).unassignedAnnotations)
  expect(unassigned).toEqual([1, 0, 0])
  node = await startService('node/main.js', 'serve', nodeDirectory, '--port', '0')
})
afterAll(async () => {
  await node.stop()
  rmSync(directory, { recursive: true })
})

const BRAF_ID = 'GRCh38-7-140753336-A-T'

describe('a node with annotated files', () => {
  test('tells all that is known of BRAF V600E, united over two ingests', async () => {
    const { response, info } = await ask('geneId=braf&datasets=annotated')
    expect(info).toMatchObject({ geneSource: 'annotation' })
    expect(response.resultSets).toHaveLength(1)
    expect(response.resultSets[0]!.results).toHaveLength(1)
    const [record] = response.resultSets[0]!.results
    expect(record).toMatchObject({
      id: BRAF_ID,
      identifiers: {
        genomicHGVSId: 'NC_000007.14:g.140753336A>T',
        transcriptHGVSIds: ['ENST00000288602.6:c.1799T>A', 'ENST00000646891.2:c.1799T>A', 'NM_004333.4:c.1799T>A'],
        proteinHGVSIds: ['ENSP00000288602.6:p.Val600Glu', 'ENSP00000493543.1:p.Val600Glu', 'NM_004333.4:p.Val600Glu'],
        clinvarVariantId: 'clinvar:13961',
        variantAlternativeIds: [{ id: 'dbSNP:rs113488022' }, { id: 'ClinVar:13961' }, { id: 'ClinVarAllele:29000' }],
      },
      molecularAttributes: {
        // Not the gene that the allele only lies beside.
        geneIds: ['BRAF', 'ENSG00000157764', 'HGNC:1097'],
        aminoacidChanges: ['V600E'],
        molecularEffects: [
          { id: 'SO:0001632', label: 'downstream_gene_variant' },
          { id: 'SO:0001583', label: 'missense_variant' },
          { id: 'SO:0001630', label: 'splice_region_variant' },
        ],
      },
    })
    const { clinicalInterpretations } = record!.variantLevelData as {
      clinicalInterpretations: { conditionId: string }[]
    }
    const sorted = [...clinicalInterpretations].sort((a, b) => (a.conditionId < b.conditionId ? -1 : 1))
    expect(sorted).toMatchObject([
      { conditionId: 'MONDO:0005105', effect: { id: 'MONDO:0005105', label: 'Melanoma' } },
      { conditionId: 'MedGen:C3661900', effect: { label: 'not provided' } },
      { conditionId: 'OMIM:115150', effect: { label: 'Cardiofaciocutaneous syndrome 1' } },
    ])
    for (const each of sorted) expect(each).toMatchObject({ clinicalRelevance: 'likely pathogenic' })
  })

  test('gives the same record to a question about the allele itself', async () => {
    const [gene, allele] = await Promise.all([
      ask('geneId=BRAF&datasets=annotated'),
      ask('referenceName=7&start=140753335&referenceBases=A&alternateBases=T&datasets=annotated'),
    ])
    expect(allele.response.resultSets[0]!.results).toEqual(gene.response.resultSets[0]!.results)
  })

  test('counts people of the annotated dataset, and leaves the upper bound open for the one that is not', async () => {
    const { info, response } = await ask('geneId=HGNC:1097')
    expect(info.node).toMatchObject({
      counts: { variants: 1, individuals: 3 },
      bounds: { individuals: { lower: 3, upper: null } },
    })
    expect(response.resultSets.map(({ id, info: own }) => ({ id, ...own }))).toMatchObject([
      { id: 'annotated', annotation: 'complete', counts: { individuals: 3 } },
      { id: 'bare', annotation: 'partial', counts: { individuals: 0 } },
    ])
    const alone = await ask('geneId=HGNC:1097&datasets=annotated')
    expect(alone.info.node.bounds).toEqual({ individuals: { lower: 3, upper: 3 } })
  })

  test.each<readonly [string, readonly string[]]>([
    ['aminoacidChange=V600E', [BRAF_ID]],
    ['aminoacidChange=p.V600E&geneId=BRAF', [BRAF_ID]],
    ['aminoacidChange=p.Val600Glu&geneId=BRAF', [BRAF_ID]],
    // Nobody has that allele of the other gene.
    ['aminoacidChange=V600E&geneId=SILENT', []],
    ['aminoacidChange=V600E&referenceName=7&start=140000000&end=141000000', [BRAF_ID]],
    ['aminoacidChange=V600E&referenceName=1&start=0&end=141000000', []],
    ['aminoacidChange=V600E&referenceName=7&start=1,140753336&end=140753336,140753337', [BRAF_ID]],
    ['geneid=ensg00000157764&alternateBases=T', [BRAF_ID]],
    ['geneId=BRAF&alternateBases=G', []],
    ['geneId=BRAF&variantType=SNP', [BRAF_ID]],
    ['geneId=BRAF&variantType=DEL', []],
    ['geneId=NEIGHBOUR', []],
    ['geneId=SILENT-BRAF', []],
    ['geneId=NCBIGene:673', ['GRCh38-1-1000010-G-C', 'GRCh38-1-1000020-DEL-1005000']],
    ['geneId=SILENT&variantMinLength=2', ['GRCh38-1-1000020-DEL-1005000']],
    ['geneId=SILENT&variantType=DEL', ['GRCh38-1-1000020-DEL-1005000']],
    ['geneId=silent&variantMaxLength=1', ['GRCh38-1-1000010-G-C']],
    ['aminoacidChange=L2=', ['GRCh38-1-1000010-G-C']],
    ['aminoacidChange=M1Dfs*7', ['GRCh38-X-50000001-CA-C']],
    ['aminoacidChange=p.Met1%3F', ['GRCh38-X-50000002-A-T']],
    ['geneId=Gene-1.2', ['GRCh38-X-50000001-CA-C', 'GRCh38-X-50000002-A-T']],
    ['allele=P1:p.Met1%3F', ['GRCh38-X-50000002-A-T']],
    ['genomicAlleleShortForm=ENST00000288602.6:c.1799T>A', [BRAF_ID]],
    ['genomicAlleleShortForm=NM_004333.4:c.1799T>A', [BRAF_ID]],
    ['genomicAlleleShortForm=7:g.140753336A>T', [BRAF_ID]],
    ['genomicAlleleShortForm=NC_000007.14:g.140753336A>T&assemblyId=hg38', [BRAF_ID]],
    ['genomicAlleleShortForm=NM_004333.5:c.1799T>A', []],
  ])('%s finds %j', async (query, ids) => {
    const { responseSummary, response } = await ask(`${query}&datasets=annotated`)
    expect(response.resultSets[0]!.results.map(({ id }) => id)).toEqual(ids)
    expect(responseSummary).toMatchObject({ exists: ids.length > 0, numTotalResults: ids.length })
  })

  test('makes up no ontology id, and gives no ClinVar class to one of several ALTs', async () => {
    const { response } = await ask('genomicAlleleShortForm=T1:c.2A>T&datasets=annotated')
    const [record] = response.resultSets[0]!.results
    expect(record).toMatchObject({
      molecularAttributes: { molecularEffects: [{ id: 'SO:0002012', label: 'start_lost' }] },
      identifiers: { variantAlternativeIds: [{ id: 'dbSNP:rs5' }] },
      info: { effectsWithoutOntologyTerm: ['odd_variant'] },
    })
    expect(record).not.toHaveProperty('variantLevelData')
  })

  test.each([
    ['geneId=two%20genes', /geneId must be/],
    ['aminoacidChange=nonsense', /aminoacidChange must be/],
    ['aminoacidChange=NP_1.1:p.V600E', /aminoacidChange must be/],
    ['genomicAlleleShortForm=V600E', /must be an HGVS id/],
    ['genomicAlleleShortForm=NM_1.1:c.1A>G&geneId=BRAF', /leave geneId out/],
    ['genomicAlleleShortForm=NC_000007.13:g.1A>G&assemblyId=GRCh38', /belongs to GRCh37/],
    ['geneId=BRAF&assemblyId=GRCh99', /assemblyId must be one of/],
    ['geneId=BRAF&referenceName=7&start=5&alternateBases=T', /narrow a range/],
    ['geneId=BRAF&referenceName=7', /leave referenceName out/],
    ['geneId=BRAF&variantType=odd', /variantType/],
  ])('%s is a question that is refused', async (query, message) => {
    const { status, body } = await getJson(`${node.url}/beacon/v2/g_variants?${query}`)
    expect(status).toBe(400)
    expect((body as { error: { errorMessage: string } }).error.errorMessage).toMatch(message)
  })

  test('in testMode finds the synthetic V600E, and nothing of its data', async () => {
    const { response } = await ask('aminoacidChange=V600E&geneId=BRAF&testMode=true')
    expect(response.resultSets.map(({ id, results }) => [id, results.length])).toEqual([['test-mode', 1]])
  })
})
