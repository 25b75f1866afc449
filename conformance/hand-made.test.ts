// Over 300 lines: one set of genomes made by hand, and beside it every number that follows from it.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { toVcf } from './support/fixture-network.js'
import { getJson, postJson } from './support/http-client.js'
import { mustRunAll, startService, type Service } from './support/processes.js'

/** Karl and Maja are the parents of Ulf; Sara is a woman of another family; Kim's sex is not known. */
const PED = 'F1 karl 0 0 1 0\nF1 maja 0 0 2 0\nF1 ulf karl maja 1 0\nF2 sara 0 0 2 0\n0 kim 0 0 0 0\n'
const LONG = 'ACGT'.repeat(400)
const FAMILY = {
  samples: ['karl', 'maja', 'ulf', 'sara', 'kim'],
  lines: [
    '1 1000000 . A C . PASS . GT:GQ 0/1:99 1/1:99 1|1:99 ./1:99 0/1:10',
    '1 1100000 . A C . LowQual . GT 0/1 1/1 1/1 0/1 0/1',
    '1 1200000 . A C . PASS . DP 30 30 30 30 30',
    `1 1300000 . T TG${LONG.slice(0, 120)} . PASS . GT 0/1 0/0 0/0 ./. 0/0`,
    `1 1400000 . T${LONG} T . PASS . GT 0/0 1/1 0/0 ./. 0/0`,
    // A deletion and a longer one share a start, and a sequence allele stands on the same base.
    '2 1000000 . N <DEL> . PASS END=1010000;SVLEN=-10000 GT 0/1 0/0 0/1 1/1 0/0',
    '2 1000000 . N <DEL> . PASS END=1020000 GT 0/0 0/1 0/0 0/0 0/0',
    '2 1000000 . A T . PASS . GT 0/1 0/0 0/0 0/0 0/0',
    '2 2000000 . G A,<DEL> . PASS END=2000500 GT 1/2 0/2 0/1 0/0 ./.',
    '2 3000000 . A C,* . PASS . GT 1/2 2/2 0/2 0/1 0/0',
    '3 1000000 . N <CNV> . PASS END=1050000 CN:GQ 3:99 2:99 1:99 .:99 3:19',
    '4 1000000 . G G]17:198982] . PASS SVTYPE=BND GT 0/1 0/0 0/0 0/0 0/0',
    '17 198982 . A A]4:1000000] . PASS SVTYPE=BND GT 0/1 0/0 0/0 0/0 0/0',
    '17 43045712 . T C . PASS . GT 0/1 0/0 0/0 0/0 0/0',
    'X 2000000 . G A . PASS . GT 0/1 0/0 1/1 0/1 0/1',
    'X 40000000 . N <CNV> . PASS END=40050000 GT:CN ./.:1 ./.:2 ./.:2 ./.:3 ./.:2',
    'X 50000000 . A G . PASS . GT 1/1 0/1 0/1 0/0 1/1',
    'Y 1000000 . N <DEL> . PASS END=1001000 GT 0/1 ./. 0/1 ./. ./.',
    'Y 2000000 . G A . PASS . GT 0/1 ./. ./. 1/1 ./.',
    'Y 2000100 . T C . PASS . GT 0/1 ./. 0/1 ./. ./.',
    'Y 12000000 . C T . PASS . GT 1 1 1/1 . 0',
    // The last base of PAR 1 anchors a deletion of the first one behind it.
    'Y 2781479 . CT C . PASS . GT 1 . 0 . .',
    'Y 57000000 . A T . PASS . GT 0/1 0/0 0/0 0/0 0/0',
    'MT 3243 . A G . PASS . GT:AF 0/0:0 0/1:0.30 1/1:0.60 1/1:0.99 ./.:.',
    'MT 8993 . T G,C . PASS . GT:AD 1/1:5,95,0 1/1:6,94,0 1/2:0,50,50 2/2:0,0,100 1:0,100,0',
    'MT 9000 . A G,T . PASS . GT:AF:AD 2/2:0.01,0.99:1,1,98 1/1:0.93,0.07:0,93,7 1/1:.:10,90,0 1/1:.:. 0/0:0,0:9,0,0',
  ],
}

/** Pia's panel covers BRCA1 and a stretch of chromosome 13; one record lies outside. */
const BED = 'chr13\t32315000\t32400000\nchr17\t43044294\t43125364\n'
const PANEL = {
  samples: ['panel-7'],
  lines: [
    '13 32315000 . A AT . PASS . GT 0/1',
    '17 43045712 . T C . PASS . GT 0/1',
    '17 43200000 . A G . PASS . GT 1/1',
  ],
}

/** Of Ulf's tumour. */
const TUMOUR = {
  samples: ['tumour-1'],
  lines: [
    '1 1000000 . A C . PASS . GT 0/1',
    '17 7674220 . C T . PASS . GT:AF 0/1:0.12',
    '17 7674300 . C T . weak . GT 0/1',
    '17 7680000 . G A,T . PASS . GT:AF:AD 1/2:0.25,0.061:60,30,10',
    '17 7680001 . G A . PASS . GT:AD 0/1:57,43',
    '17 7680002 . G A . PASS . GT:AF:AD 0/1:1.5:75,25',
    '17 7680003 . G A . PASS . GT:AF 0/1:nan',
    '17 7680004 . G A . PASS . GT 0/1',
    '17 7680005 . G A . PASS . GT:AF 0/1:0.35',
    '17 7680005 . GC AC . PASS . GT:AF 0/1:0.1',
  ],
}

/** Svante has a file of structural calls and nothing else. */
const STRUCTURAL = { samples: ['svante'], lines: ['2 1000000 . N <DEL> . PASS END=1010000 GT 0/1'] }

/** Gus's file tells where he was called. */
const BLOCKS = {
  samples: ['gus'],
  lines: [
    '5 1000 . A <NON_REF> . PASS END=2000 GT:GQ 0/0:50',
    '5 2001 . A <NON_REF> . PASS END=3000 GT:GQ 0/0:19',
    '5 3001 . T C,<NON_REF> . PASS . GT:GQ 0/1:99',
  ],
}
/** Gun's file tells where she was not: elsewhere she has the reference. */
const NO_CALL = {
  samples: ['gun'],
  lines: ['5 3001 . T C . PASS . GT 1/1', '5 4000 . G . . PASS . GT ./.', '5 4001 . G . . PASS . GT 0/0'],
}

interface Answer {
  readonly responseSummary: { readonly exists: boolean; readonly numTotalResults: number }
  readonly response: {
    readonly resultSets: readonly {
      readonly id: string
      readonly exists: boolean
      readonly results: readonly { readonly variantInternalId: string; readonly caseLevelData?: readonly object[] }[]
      readonly info: { readonly counts: object }
    }[]
  }
}

/** Individuals, families, heterozygotes, homozygotes, hemizygotes, AC, AN. */
type Row = readonly [number, number, number, number, number, number, number]

function toCounts([individuals, families, het, hom, hemi, alleleCount, alleleNumber]: Row, anBasis: string): object {
  const zygosities = { heterozygotes: het, homozygotes: hom, hemizygotes: hemi }
  return { individuals, families, ...zygosities, alleleCount, alleleNumber, anBasis }
}

function nobody(alleleNumber: number, anBasis: string): object {
  return toCounts([0, 0, 0, 0, 0, 0, alleleNumber], anBasis)
}

const directory = mkdtempSync(join(tmpdir(), 'fyr-hand-made-'))
const home = join(directory, 'node')
let service: Service
const reports = new Map<string, Record<string, unknown>>()

type Ingest = readonly [dataset: string, name: string, vcf: typeof FAMILY, ...options: string[]]

function toCommand([dataset, name, vcf, ...options]: Ingest): readonly string[] {
  return ['ingest', home, '--dataset', dataset, ...options, '--json', write(`${name}.vcf`, toVcf(vcf))]
}

function write(name: string, text: string): string {
  const path = join(directory, name)
  writeFileSync(path, text)
  return path
}

beforeAll(async () => {
  const panel = [
    '--assay',
    'panel',
    '--callable',
    write('panel.bed', BED),
    '--sample-map',
    write('pia', 'panel-7\tpia'),
  ]
  const tumour = ['--origin', 'somatic', '--sample-map', write('tumour', 'tumour-1\tulf\n')]
  const options = ['--assembly', 'GRCh38', '--granularity', 'record', '--access', 'public', '--basis', 'made up']
  const ingests: readonly Ingest[] = [
    ['hand', 'family', FAMILY, '--ped', write('family.ped', PED)],
    ['hand', 'panel', PANEL, ...panel],
    ['hand', 'tumour', TUMOUR, ...tumour],
    ['hand', 'structural', STRUCTURAL],
    ['panels', 'panel-alone', PANEL, ...panel],
    ['gvcf', 'gvcf', BLOCKS, '--absent', 'unknown'],
    ['blocks', 'blocks', BLOCKS, '--absent', 'unknown'],
    ['blocks', 'no-call', NO_CALL],
    ['tumours', 'tumour-alone', TUMOUR, ...tumour],
  ]
  const datasets = new Set(ingests.map(([dataset]) => dataset))
  const printed = await mustRunAll('node/main.js', [
    ['init', home, '--id', 'se.fyr.norr', '--name', 'Region Norr'],
    ...[...datasets].map((id) => {
      return ['dataset', 'add', home, id, '--name', id, ...options, ...(id === 'tumours' ? ['--case-level'] : [])]
    }),
    ...ingests.map(toCommand),
  ])
  for (const [index, report] of printed.slice(-ingests.length).entries()) {
    reports.set(ingests[index]![1], JSON.parse(report) as Record<string, unknown>)
  }
  service = await startService('node/main.js', 'serve', home, '--port', '0')
}, 120_000)

afterAll(async () => {
  await service.stop()
  rmSync(directory, { recursive: true, force: true })
})

/** The client checks every answer against our schemas and the official ones. */
async function ask(g_variant: object, granularity = 'count'): Promise<Answer> {
  const parameters = { g_variant: { assemblyId: 'GRCh38', ...g_variant } }
  const query = { requestParameters: parameters, requestedGranularity: granularity, includeResultsetResponses: 'ALL' }
  const { status, body } = await postJson(`${service.url}/beacon/v2/g_variants`, {
    meta: { apiVersion: 'v2.2.0' },
    query,
  })
  expect(status).toBe(200)
  return body as Answer
}

/** @param spelled as people spell it, 1-based: `17-43045712-T-C` */
function askAllele(spelled: string): Promise<Answer> {
  const [referenceName, pos, referenceBases, alternateBases] = spelled.split('-')
  return ask({ referenceName, start: [Number(pos) - 1], referenceBases, alternateBases })
}

async function askId(id: string): Promise<Answer> {
  const parameters = 'requestedGranularity=count&includeResultsetResponses=ALL'
  const { status, body } = await getJson(`${service.url}/beacon/v2/g_variants/${encodeURIComponent(id)}?${parameters}`)
  expect({ id, status }).toEqual({ id, status: 200 })
  return body as Answer
}

function ofDataset({ response }: Answer, id: string) {
  return response.resultSets.find((set) => set.id === id)!
}

describe('a sequence allele', () => {
  test.each<[string, string, string, object]>([
    // Kim's GQ is 10: a no-call. Sara's half call is one allele called. Ulf's tumour adds no allele.
    ['autosome', '1-1000000-A-C', 'hand', { ...toCounts([4, 2, 2, 2, 0, 6, 7], 'called'), somaticIndividuals: 1 }],
    ['record that fails FILTER', '1-1100000-A-C', 'hand', nobody(0, 'called')],
    ['record without GT', '1-1200000-A-C', 'hand', nobody(0, 'called')],
    ['POS shared with two deletions', '2-1000000-A-T', 'hand', toCounts([1, 1, 1, 0, 0, 1, 10], 'called')],
    // Karl 1/2, Ulf 0/1; Kim is not called.
    ['beside a symbolic one', '2-2000000-G-A', 'hand', toCounts([2, 1, 2, 0, 0, 2, 8], 'called')],
    // Karl 1/2 and Sara 0/1 carry C once; those with * are called and do not.
    ['beside *', '2-3000000-A-C', 'hand', toCounts([2, 2, 2, 0, 0, 2, 10], 'called')],
    // Karl of the family, Pia of the panel; five genomes and one panel are called.
    ['in the panel', '17-43045712-T-C', 'hand', toCounts([2, 2, 2, 0, 0, 2, 12], 'called')],
    ['another one there', '17-43045712-T-G', 'hand', nobody(12, 'called')],
    // Five genomes are assumed, one panel is called: the weaker basis stands.
    ['without a record, inside the panel', '17-43050000-A-G', 'hand', nobody(12, 'assumed')],
    ['without a record, outside the panel', '17-43200000-A-G', 'hand', nobody(10, 'assumed')],
    ['without a record, inside a panel alone', '17-43050000-A-G', 'panels', nobody(2, 'called')],
    ['dropped because it lies outside a panel', '17-43200000-A-G', 'panels', nobody(0, 'called')],
    // An insertion behind the base 32,315,000, the last one before the region, which begins at 32,315,001.
    ['insertion at the border of a panel', '13-32315000-A-AT', 'panels', toCounts([1, 1, 1, 0, 0, 1, 2], 'called')],
    ['replaced base at the border of a panel', '13-32315000-A-T', 'panels', nobody(0, 'called')],
    ['first base of a panel', '13-32315001-A-T', 'panels', nobody(2, 'called')],
    ['last base of a panel', '13-32400000-A-T', 'panels', nobody(2, 'called')],
    ['first base behind a panel', '13-32400001-A-T', 'panels', nobody(0, 'called')],
  ])('%s: %s in %s', async (_, allele, dataset, counts) => {
    expect(ofDataset(await askAllele(allele), dataset).info.counts).toEqual(counts)
  })
})

describe('a long sequence allele', () => {
  test.each<[string, number, object]>([
    // Both begin and end with T: trimmed from the right, it stands before the base at POS.
    ['inserted', 1_299_999, toCounts([1, 1, 1, 0, 0, 1, 8], 'called')],
    ['deleted', 1_400_500, toCounts([1, 1, 0, 1, 0, 2, 8], 'called')],
  ])('%s is found by its place and by the hash in its id', async (_, start, counts) => {
    const answer = await ask({ referenceName: '1', start: [start], end: [start + 1] }, 'record')
    const [record, another] = ofDataset(answer, 'hand').results
    expect(another).toBeUndefined()
    expect(record!.variantInternalId).toMatch(/sha256\.[0-9a-f]{32}/)
    expect(ofDataset(await askId(record!.variantInternalId), 'hand').info.counts).toEqual(counts)
  })
})

describe('on X and Y', () => {
  test.each<[string, string, object]>([
    // Karl 1/1 has one copy; Ulf's 0/1 is a no-call; Kim is taken as written.
    ['outside PAR', 'X-50000000-A-G', toCounts([3, 2, 1, 1, 1, 4, 7], 'called')],
    // Two men, two women; Kim's copies are not known.
    ['X without a record', 'X-60000000-A-G', nobody(6, 'unknown')],
    ['Y without a record', 'Y-13000000-A-G', nobody(2, 'unknown')],
    // Karl and Ulf carry it, Kim has one copy without it; Maja's call is not counted.
    ['Y', 'Y-12000000-C-T', toCounts([2, 1, 0, 0, 2, 2, 3], 'called')],
    // Of X: Karl 0/1, Ulf 1/1, Sara 0/1, Kim 0/1; of Y: Sara 1/1. One locus, two copies each.
    ['PAR of X, united with its record on Y', 'X-2000000-G-A', toCounts([4, 3, 2, 2, 0, 6, 10], 'called')],
    ['the same, asked as Y', 'Y-2000000-G-A', toCounts([4, 3, 2, 2, 0, 6, 10], 'called')],
    ['PAR 1 of Y, asked as X', 'X-2000100-T-C', toCounts([2, 1, 2, 0, 0, 2, 4], 'called')],
    ['PAR 1 of Y, asked as Y', 'Y-2000100-T-C', toCounts([2, 1, 2, 0, 0, 2, 4], 'called')],
    // PAR 2 begins at X 155,701,383 and Y 56,887,903: 98,813,480 bases apart.
    ['PAR 2 of Y, asked as X', 'X-155813480-A-T', toCounts([1, 1, 1, 0, 0, 1, 10], 'called')],
    ['PAR 2 of Y, asked as Y', 'Y-57000000-A-T', toCounts([1, 1, 1, 0, 0, 1, 10], 'called')],
    ['PAR without a record', 'Y-2000200-T-C', nobody(10, 'assumed')],
    // Karl carries it, Ulf does not; the others have no call.
    ['first base behind PAR 1 of Y', 'Y-2781479-CT-C', toCounts([1, 1, 0, 0, 1, 1, 2], 'called')],
  ])('%s: %s', async (_, allele, counts) => {
    expect(ofDataset(await askAllele(allele), 'hand').info.counts).toEqual(counts)
  })

  test('a range of Y reaches what is kept on X', async () => {
    const answer = await ask({ referenceName: 'Y', start: [1_999_990], end: [2_000_200] })
    // 2,000,000 G>A: Karl, Ulf, Sara, Kim; 2,000,100 T>C: Karl, Ulf.
    expect(ofDataset(answer, 'hand').info.counts).toEqual({ variants: 2, individuals: 4, families: 3 })
  })
})

describe('on MT', () => {
  test.each<[string, [number, number, number, number, number, number]]>([
    // Individuals, families, homoplasmic, heteroplasmic, AC, AN.
    // Maja by GT, Ulf by AF 0.60; Sara is homoplasmic; Kim is not called.
    ['MT-3243-A-G', [3, 2, 1, 2, 3, 4]],
    // By AD: Karl 0.95 homoplasmic, Maja 0.94 not, Ulf 1/2; Kim's one letter is homoplasmic.
    ['MT-8993-T-G', [4, 2, 2, 2, 4, 5]],
    ['MT-8993-T-C', [2, 2, 1, 1, 2, 5]],
    // By the AF of this ALT: Maja 0.93. Ulf has no AF, but AD 0.90. Of Sara nothing but GT is known.
    ['MT-9000-A-G', [3, 2, 1, 2, 3, 5]],
    ['MT-9000-A-T', [1, 1, 1, 0, 1, 5]],
  ])('%s', async (allele, [individuals, families, homoplasmic, heteroplasmic, alleleCount, alleleNumber]) => {
    const counts = { individuals, families, homoplasmic, heteroplasmic, alleleCount, alleleNumber, anBasis: 'called' }
    expect(ofDataset(await askAllele(allele), 'hand').info.counts).toEqual(counts)
  })
})

describe('a structural allele', () => {
  test.each<[string, string, object]>([
    // Five of the family and Svante, but not Pia, whose panel tells of no structural alleles.
    ['one of two with one start', 'GRCh38-2-1000000-DEL-1010000', toCounts([4, 3, 3, 1, 0, 5, 12], 'called')],
    // Svante's file has no record of it, but tells of structural alleles.
    ['the other', 'GRCh38-2-1000000-DEL-1020000', toCounts([1, 1, 1, 0, 0, 1, 12], 'assumed')],
    ['a third, which nobody has', 'GRCh38-2-1000000-DEL-1030000', nobody(12, 'assumed')],
    ['another name of the assembly', 'hg38-2-1000000-DEL-1030000', nobody(12, 'assumed')],
    ['beside a sequence allele', 'GRCh38-2-2000000-DEL-2000500', toCounts([2, 1, 2, 0, 0, 2, 10], 'assumed')],
    // Karl has three copies; Kim's quality is 19 and Sara's number is missing: no-calls. Svante is assumed.
    ['three copies', 'GRCh38-3-1000000-CNV-1050000-CN3', toCounts([1, 1, 1, 0, 0, 1, 8], 'assumed')],
    ['one copy', 'GRCh38-3-1000000-CNV-1050000-CN1', toCounts([1, 1, 1, 0, 0, 1, 8], 'assumed')],
    // Two copies of X are one too many in a man; Kim's two are not. Svante's sex is not known.
    ['two copies of X', 'GRCh38-X-40000000-CNV-40050000-CN2', toCounts([1, 1, 0, 0, 1, 1, 8], 'unknown')],
    ['three copies of X', 'GRCh38-X-40000000-CNV-40050000-CN3', toCounts([1, 1, 1, 0, 0, 1, 8], 'unknown')],
    // Karl and Ulf are called, Svante is assumed.
    ['PAR of Y, asked as Y', 'GRCh38-Y-1000000-DEL-1001000', toCounts([2, 1, 2, 0, 0, 2, 6], 'assumed')],
    ['PAR of Y, asked as X', 'GRCh38-X-1000000-DEL-1001000', toCounts([2, 1, 2, 0, 0, 2, 6], 'assumed')],
  ])('%s: %s', async (_, id, counts) => {
    expect(ofDataset(await askId(id), 'hand').info.counts).toEqual(counts)
  })

  test('is reached by a range that only the longer of two touches', async () => {
    const answer = await ask({ referenceName: '2', start: [1_015_000], end: [1_015_001] }, 'record')
    const set = ofDataset(answer, 'hand')
    expect(set.results.map(({ variantInternalId }) => variantInternalId)).toEqual(['GRCh38-2-1000000-DEL-1020000'])
  })

  test('of two joined ends is found by each of them, and by its id', async () => {
    const ids: string[] = []
    for (const [referenceName, start] of [['4', 999_999] as const, ['17', 198_981] as const]) {
      const answer = await ask({ referenceName, start: [start], end: [start + 1] }, 'record')
      const set = ofDataset(answer, 'hand')
      expect(set.info.counts).toEqual({ variants: 1, individuals: 1, families: 1 })
      ids.push(set.results[0]!.variantInternalId)
    }
    expect(ids[0]).toMatch(/^GRCh38-4-1000000-BND-1000000-sha256\.[0-9a-f]{32}$/)
    expect(ids[1]).toMatch(/^GRCh38-17-198982-BND-198982-sha256\.[0-9a-f]{32}$/)
    for (const id of ids) {
      const { counts } = ofDataset(await askId(id), 'hand').info
      expect(counts).toEqual(toCounts([1, 1, 1, 0, 0, 1, 12], 'assumed'))
    }
  })

  test('is no part of the denominator of a sequence allele', async () => {
    // Svante is not among the five people of whom sequence alleles are told, nor Pia outside her panel.
    const { counts } = ofDataset(await askAllele('6-1000000-A-C'), 'hand').info
    expect(counts).toEqual(nobody(10, 'assumed'))
  })
})

describe('a tumour', () => {
  test('has an allele that nobody inherited: it exists, and no person carries it', async () => {
    const answer = await askAllele('17-7674220-C-T')
    expect(answer.responseSummary.exists).toBe(true)
    const expected = { ...nobody(10, 'assumed'), somaticIndividuals: 1 }
    expect(ofDataset(answer, 'hand')).toMatchObject({ exists: true, resultsCount: 1, info: { counts: expected } })
  })

  test('alone gives no denominator', async () => {
    const answer = await askAllele('17-7674220-C-T')
    const expected = { ...nobody(0, 'called'), somaticIndividuals: 1 }
    expect(ofDataset(answer, 'tumours').info.counts).toEqual(expected)
  })

  test('whose call fails FILTER has nothing', async () => {
    const answer = await askAllele('17-7674300-C-T')
    expect(answer.responseSummary).toEqual({ exists: false, numTotalResults: 0 })
  })

  test.each<[string, string, number | undefined]>([
    ['its file states', '17-7674220-C-T', 0.12],
    ['its file states for the first ALT', '17-7680000-G-A', 0.25],
    ['its file states for the second ALT, to the nearest 1/200', '17-7680000-G-T', 0.06],
    ['its depths say: 43 of 100', '17-7680001-G-A', 0.43],
    ['its depths say, where what the file states is none', '17-7680002-G-A', 0.25],
    ['is not known, because it is no number', '17-7680003-G-A', undefined],
    ['is not known, because nothing is said', '17-7680004-G-A', undefined],
    ['is the highest of two records', '17-7680005-G-A', 0.35],
  ])('has an allele in the share of reads that %s', async (_, spelled, alleleFraction) => {
    const [referenceName, pos, referenceBases, alternateBases] = spelled.split('-')
    const asked = { referenceName, start: [Number(pos) - 1], referenceBases, alternateBases }
    const answer = await ask(asked, 'record')
    const [record] = ofDataset(answer, 'tumours').results
    expect(record!.caseLevelData).toEqual([
      {
        biosampleId: 'unknown',
        individualId: expect.stringMatching(/^P-/),
        alleleOrigin: { id: 'SO:0001777', label: 'somatic variant' },
        ...(alleleFraction === undefined ? {} : { alleleFraction }),
      },
    ])
    // Where people are not named, one person's fraction is not told.
    expect(JSON.stringify(ofDataset(answer, 'hand'))).not.toContain('alleleFraction')
  })

  test('is told apart in a range', async () => {
    const answer = await ask({ referenceName: '17', start: [7_674_000], end: [7_675_000] })
    const counts = { variants: 1, individuals: 0, families: 0, somaticIndividuals: 1 }
    expect(ofDataset(answer, 'hand').info.counts).toEqual(counts)
  })
})

describe('a block of reference calls', () => {
  test.each<[string, string, object, object]>([
    // Gus alone: called by the first block, not by the second, whose quality is 19, and unknown behind the last.
    // Beside him Gun: assumed, but not called at 4,000.
    ['inside, by its first base', '5-1000-A-C', nobody(2, 'called'), nobody(4, 'assumed')],
    ['inside, by its last base', '5-2000-A-C', nobody(2, 'called'), nobody(4, 'assumed')],
    ['of low quality', '5-2001-A-C', nobody(0, 'called'), nobody(2, 'assumed')],
    [
      'beside an allele',
      '5-3001-T-C',
      toCounts([1, 1, 1, 0, 0, 1, 2], 'called'),
      toCounts([2, 2, 1, 1, 0, 3, 4], 'called'),
    ],
    ['behind the last', '5-3500-T-C', nobody(0, 'called'), nobody(2, 'assumed')],
    ['of one base without a call', '5-4000-G-C', nobody(0, 'called'), nobody(0, 'called')],
  ])('%s: %s', async (_, allele, alone, counts) => {
    const answer = await askAllele(allele)
    expect(ofDataset(answer, 'gvcf').info.counts).toEqual(alone)
    expect(ofDataset(answer, 'blocks').info.counts).toEqual(counts)
  })
})

describe('the report', () => {
  test.each<[string, object]>([
    [
      'family',
      {
        records: 26,
        filteredRecords: 1,
        recordsWithoutGenotypes: 1,
        individuals: 5,
        individualsOfUnknownSex: 1,
        skipped: { 'spanning-deletion': 1 },
        // The PAR record of X and the one of Y; Sara is 0/1 in one and 1/1 in the other.
        duplicateAlleles: 1,
        contradictoryDuplicates: 1,
        contradictions: { maleHeterozygousXY: 1, femaleOnY: 1, polyploid: 0 },
        structuralAlleles: 8,
      },
    ],
    ['panel', { records: 3, alleles: 2, skipped: { 'outside-callable-regions': 1 } }],
    ['tumour', { records: 10, filteredRecords: 1, individuals: 1, duplicateAlleles: 1 }],
    ['structural', { records: 1, structuralAlleles: 1, sequenceAlleles: 0 }],
    ['blocks', { records: 3, referenceRecords: 2, alleles: 1 }],
    ['no-call', { records: 3, referenceRecords: 2, alleles: 1 }],
  ])('of %s says what was read', (name, expected) => {
    expect(reports.get(name)).toMatchObject(expected)
  })
})
