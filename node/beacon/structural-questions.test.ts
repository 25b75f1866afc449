import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createNodeFixture, toVcf, type NodeFixture } from '../testing/node-fixture.js'

const SAMPLES = ['a', 'b', 'c', 'd', 'e', 'f']
const LINES = [
  // Small ones, and those of a deletion that each caller placed a little differently.
  '1 1000 . AT A . PASS . GT 0/1 0/0 0/0 0/0 0/0 0/0',
  '1 100000 . N <DEL> . PASS END=110000 GT 0/1 0/0 0/0 0/0 0/0 0/0',
  '1 100900 . N <DEL> . PASS END=110900 GT 0/0 0/1 0/0 0/0 0/0 0/0',
  '1 101900 . N <DEL> . PASS END=110000 GT 0/0 0/0 1/1 0/0 0/0 0/0',
  '1 90000 . N <DEL> . PASS END=150000 GT 0/0 0/0 0/0 0/1 0/0 0/0',
  '1 100000 . N <CN0> . PASS END=110000 GT 0/0 0/0 0/0 0/0 0/1 0/0',
  '1 100000 . N <DUP:TANDEM> . PASS END=110000 GT 0/0 0/0 0/0 0/0 0/0 0/1',
  // Copy numbers 0 to 6, of which 2 is the usual one.
  '2 500000 . N <CNV> . PASS END=560000 CN 0 1 2 3 5 6',
  '2 700000 . N <CNV> . PASS END=710000 GT 0/1 0/0 0/0 0/0 0/0 0/0',
  '2 800000 . N <INS:ME:ALU> . PASS SVLEN=281 GT 0/1 0/0 0/0 0/0 0/0 0/0',
  '2 900000 . N <INV> . PASS END=990000 GT 0/1 0/0 0/0 0/0 0/0 0/0',
  // Both records of a fusion, its neighbour on the same contig, a mate in PAR of Y, and one that is unknown.
  '9 130854064 . G G]22:23290413] . PASS . GT 0/1 0/1 0/0 0/0 0/0 0/0',
  '22 23290413 . A A]9:130854064] . PASS . GT 0/1 0/1 0/0 0/0 0/0 0/0',
  '9 130900000 . G G[9:131000000[ . PASS . GT 0/0 0/0 0/1 0/0 0/0 0/0',
  '9 131000000 . A ]9:130900000]A . PASS . GT 0/0 0/0 0/1 0/0 0/0 0/0',
  '9 131100000 . G G[Y:1000000[ . PASS . GT 0/0 0/0 0/0 0/1 0/0 0/0',
  '9 131200000 . G G[chrUn_KI270742v1:5000[ . PASS . GT 0/0 0/0 0/0 0/0 0/1 0/0',
  // In the second region of Y, which is kept on X.
  'Y 57000000 . N <DEL> . PASS END=57010000 GT 0/1 0/0 0/0 0/0 0/0 0/0',
]

let fixture: NodeFixture
let url: string

beforeAll(async () => {
  fixture = createNodeFixture()
  fixture.addDataset('d')
  await fixture.ingest('d', [toVcf(SAMPLES, LINES)], SAMPLES.map((name) => `0 ${name} 0 0 1 0`).join('\n'))
  ;({ url } = await fixture.serve())
})
afterAll(() => fixture.remove())

interface Body {
  readonly response?: { readonly resultSets: readonly { readonly results: readonly { readonly id: string }[] }[] }
  readonly info?: {
    readonly structuralMatch?: object
    readonly node: { readonly counts: { readonly variants: number; readonly individuals: number } }
  }
  readonly error?: { readonly errorMessage: string }
  readonly meta: { readonly receivedRequestSummary: { readonly requestParameters?: object } }
}

async function get(question: string): Promise<{ readonly status: number; readonly body: Body }> {
  const response = await fetch(
    `${url}/beacon/v2/g_variants?assemblyId=GRCh38&requestedGranularity=record&limit=0&${question}`,
  )
  return { status: response.status, body: (await response.json()) as Body }
}

async function post(g_variant: object): Promise<{ readonly status: number; readonly body: Body }> {
  const query = {
    requestParameters: { g_variant: { assemblyId: 'GRCh38', ...g_variant } },
    requestedGranularity: 'record',
  }
  const response = await fetch(`${url}/beacon/v2/g_variants`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ meta: { apiVersion: 'v2.1.1' }, query }),
  })
  return { status: response.status, body: (await response.json()) as Body }
}

function idsOf({ response }: Body): readonly string[] {
  return response!.resultSets.flatMap(({ results }) => results.map(({ id }) => id.replace('GRCh38-', '')))
}

const [A, B, C, WIDE, CN0] = [
  '1-100000-DEL-110000',
  '1-100900-DEL-110900',
  '1-101900-DEL-110000',
  '1-90000-DEL-150000',
  '1-100000-CNV.ALLELE-110000-CN0',
]
const DELETION = { referenceName: '1', start: [100_000], end: [110_000], variantType: 'DEL' }

describe('one start, one end and a structural type', () => {
  test('are a range as long as no rule is named: whatever overlaps', async () => {
    const { body } = await post(DELETION)
    expect([...idsOf(body)].sort()).toEqual([A, B, C, WIDE, CN0].sort())
    expect(body.info).toMatchObject({ structuralMatch: { rule: 'overlap' }, node: { counts: { individuals: 5 } } })
  })

  test.each<[string, object, readonly string[], object]>([
    ['the rule of the network', {}, [A, B, C, CN0], { rule: 'default', minimumOverlap: 0.8, window: 1_000 }],
    [
      'the same by its name',
      { rule: 'default' },
      [A, B, C, CN0],
      { rule: 'default', minimumOverlap: 0.8, window: 1_000 },
    ],
    ['ends within 1 kb', { rule: 'breakpoints' }, [A, B, CN0], { rule: 'breakpoints', window: 1_000 }],
    ['ends within 100 bases', { rule: 'breakpoints', window: 100 }, [A, CN0], { rule: 'breakpoints', window: 100 }],
    [
      'nine tenths in common',
      { rule: 'reciprocal-overlap', minimumOverlap: 0.9 },
      [A, B, CN0],
      { rule: 'reciprocal-overlap', minimumOverlap: 0.9 },
    ],
    [
      'a sixth in common',
      { rule: 'reciprocal-overlap', minimumOverlap: 0.16 },
      [A, B, C, WIDE, CN0],
      { rule: 'reciprocal-overlap', minimumOverlap: 0.16 },
    ],
    ['any overlap', { rule: 'overlap' }, [A, B, C, WIDE, CN0], { rule: 'overlap' }],
  ])('with %s are matched by it, and the answer names it', async (_, structuralMatch, expected, named) => {
    const { body } = await post({ ...DELETION, structuralMatch })
    expect([...idsOf(body)].sort()).toEqual([...expected].sort())
    expect(body.info!.structuralMatch).toEqual(named)
    // Each of the carriers has one of the alleles: the union.
    expect(body.info!.node.counts).toMatchObject({ variants: expected.length, individuals: expected.length })
    expect(body.meta.receivedRequestSummary.requestParameters).toMatchObject({ g_variant: { structuralMatch } })
  })

  test('mean the same in a query string', async () => {
    const { body } = await get(
      'referenceName=1&start=100000&end=110000&variantType=DEL&structuralMatch=breakpoints&window=100',
    )
    expect([...idsOf(body)].sort()).toEqual([CN0, A])
  })

  test('on Y find what is kept on X', async () => {
    const question = {
      referenceName: 'Y',
      start: [57_000_100],
      end: [57_009_000],
      variantType: 'DEL',
      structuralMatch: {},
    }
    expect(idsOf((await post(question)).body)).toEqual(['X-155813480-DEL-155823480'])
  })

  test.each<[string, object, RegExp]>([
    ['without a type', { variantType: undefined }, /needs a variantType/],
    ['of SNVs', { variantType: 'SNV' }, /needs a variantType that structural alleles have/],
    ['with two starts and two ends', { start: [1, 2], end: [3, 4] }, /bracket query is exact/],
    [
      'without an end',
      { end: undefined, alternateBases: 'A', variantType: undefined },
      /structuralMatch goes with a range/,
    ],
    ['with bases', { alternateBases: 'A' }, /leave out the bases/],
    [
      'by an unknown rule',
      { structuralMatch: { rule: 'near' } },
      /rule must be .*default.*reciprocal-overlap.*breakpoints.*overlap/,
    ],
    ['with more in common than there is', { structuralMatch: { minimumOverlap: 1.1 } }, /minimumOverlap/],
    ['with nothing in common', { structuralMatch: { minimumOverlap: 0 } }, /minimumOverlap/],
    ['with too wide a window', { structuralMatch: { window: 1_000_001 } }, /window/],
    ['with a word that is none', { structuralMatch: { overlap: 1 } }, /overlap/],
    [
      'with a window that its rule has not',
      { structuralMatch: { rule: 'overlap', window: 5 } },
      /rule overlap has no window/,
    ],
    [
      'with an overlap that its rule has not',
      { structuralMatch: { rule: 'breakpoints', minimumOverlap: 0.5 } },
      /breakpoints has no minimumOverlap/,
    ],
  ])('%s are refused', async (_, wrong, message) => {
    const { status, body } = await post({ ...DELETION, structuralMatch: {}, ...wrong })
    expect({ status, message: body.error?.errorMessage }).toEqual({
      status: 400,
      message: expect.stringMatching(message),
    })
  })
})

describe('variantType', () => {
  const [DUP, ALU, INV] = ['1-100000-DUP.TANDEM-110000', '2-800000-INS.ME.ALU-800000-LEN281', '2-900000-INV-990000']
  const cn = (copies: number) => `2-500000-CNV-560000-CN${copies}`
  const CNV = '2-700000-CNV-710000'
  const LOSSES = ['1-1000-AT-A', A, B, C, WIDE, CN0, cn(0), cn(1)]
  const GAINS = [DUP, cn(3), cn(5), cn(6)]
  test.each<[string, readonly string[]]>([
    ['DEL', LOSSES],
    ['del', LOSSES],
    ['EFO:0030067', LOSSES],
    ['efo:0030067', LOSSES],
    ['SO:0001743', LOSSES],
    ['SO:0000159', LOSSES],
    ['EFO:0030068', [cn(1)]],
    ['EFO:0020073', [cn(0)]],
    ['EFO:0030069', [cn(0)]],
    ['DUP', GAINS],
    ['EFO:0030070', GAINS],
    ['efo:0030070', GAINS],
    ['SO:0001742', GAINS],
    ['EFO:0030071', [cn(3)]],
    ['EFO:0030072', [cn(5), cn(6)]],
    ['EFO:0030073', [cn(5), cn(6)]],
    ['DUP:TANDEM', [DUP]],
    ['SO:1000173', [DUP]],
    ['CNV', [...LOSSES.slice(1), ...GAINS, CNV]],
    ['SO:0001019', [...LOSSES.slice(1), ...GAINS, CNV]],
    ['INS', [ALU]],
    ['SO:0000667', [ALU]],
    ['INS:ME', [ALU]],
    ['INV', [INV]],
  ])('%s finds its alleles and those of the types below it', async (variantType, expected) => {
    const found = await Promise.all(
      ['1', '2'].map(async (referenceName) =>
        idsOf((await get(`referenceName=${referenceName}&start=0&end=200000000&variantType=${variantType}`)).body),
      ),
    )
    expect(found.flat().sort()).toEqual([...expected].sort())
  })

  test('narrows a bracket, which stays exact', async () => {
    const bracket = (start: string, end: string) =>
      get(`referenceName=2&start=${start}&end=${end}&variantType=efo:0030070`).then(({ body }) => idsOf(body))
    expect(await bracket('500000,500001', '560000,560001')).toEqual([cn(3), cn(5), cn(6)])
    expect(await bracket('500001,500500', '560000,560001')).toEqual([])
    expect(await bracket('500000,500001', '559000,560000')).toEqual([])
    // Positions beyond what the index of long alleles can hold are behind every allele.
    expect(await bracket('500000,500001', '1,999999999999999')).toEqual([cn(3), cn(5), cn(6)])
    expect(await bracket('500000,500001', '4294967296,999999999999999')).toEqual([])
  })

  test.each(['EFO:0009999', 'deletion', 'SO:0000001', '<DEL>'])(
    '%s is refused with what is allowed',
    async (variantType) => {
      const { status, body } = await post({ ...DELETION, variantType })
      expect(status).toBe(400)
      expect(body.error!.errorMessage).toMatch(/SNP.*DEL.*EFO:0030067.*DUP.*EFO:0030070/)
    },
  )
})

describe('mateName', () => {
  const idsFor = async (question: string) =>
    idsOf((await get(question)).body).map((id) => id.split('-').slice(0, 3).join('-'))
  const FUSION = '9-130854064-BND'
  test.each<[string, string, readonly string[]]>([
    ['without coordinates', 'referenceName=9&mateName=22', [FUSION]],
    ['by the RefSeq id', 'referenceName=refseq:NC_000009.12&mateName=refseq:NC_000022.11', [FUSION]],
    ['as chr22', 'referenceName=chr9&mateName=chr22', [FUSION]],
    ['from the other end', 'referenceName=22&mateName=9', ['22-23290413-BND']],
    ['within a range', 'referenceName=9&start=130000000&end=130900000&mateName=22&variantType=BND', [FUSION]],
    ['outside a range', 'referenceName=9&start=130900000&end=131900000&mateName=22', []],
    ['within a bracket', 'referenceName=9&start=130854063,130854064&end=130854064,130854065&mateName=22', [FUSION]],
    ['on the same sequence', 'referenceName=9&mateName=9', ['9-130900000-BND', '9-131000000-BND']],
    ['in the region that X and Y share, as X', 'referenceName=9&mateName=X', ['9-131100000-BND']],
    ['in the region that X and Y share, as Y', 'referenceName=9&mateName=Y', ['9-131100000-BND']],
    ['where nothing is', 'referenceName=9&mateName=5', []],
    ['wherever the breakend itself is', 'mateName=22', [FUSION]],
    ['wherever it is, on several', 'mateName=9', ['9-130900000-BND', '9-131000000-BND', '22-23290413-BND']],
    ['wherever it is, as Y', 'mateName=Y&variantType=BND', ['9-131100000-BND']],
    ['wherever it is, where nothing is', 'mateName=chr5', []],
  ])('%s: %s', async (_, question, expected) => {
    expect(await idsFor(question)).toEqual(expected)
  })

  test('counts both records of a pair as two variants, and their people once', async () => {
    const { body } = await get('referenceName=9&mateName=9')
    expect(body.info!.node.counts).toMatchObject({ variants: 2, individuals: 1 })
  })

  test.each<[string, RegExp]>([
    ['referenceName=9&mateName=NC_000022.10', /mateName belongs to GRCh37/],
    ['referenceName=9&mateName=chr99', /mateName is no chromosome of GRCh38/],
    ['referenceName=9&mateName=22&variantType=DEL', /only breakends have a mate/],
    ['mateName=22&variantType=DEL', /only breakends have a mate/],
    ['mateName=22&start=5', /needs referenceName/],
    ['mateName=22&structuralMatch=default', /structuralMatch/],
    ['referenceName=9&start=5&referenceBases=A&alternateBases=C&mateName=22', /mateName goes with a range/],
  ])('%s is refused', async (question, message) => {
    const { status, body } = await get(question)
    expect({ status, message: body.error?.errorMessage }).toEqual({
      status: 400,
      message: expect.stringMatching(message),
    })
  })
})

test('every record is found again by its id, which a URL holds as it is', async () => {
  const contigs = ['1', '2', '9', '22', 'X']
  const bodies = await Promise.all(contigs.map((name) => get(`referenceName=${name}&start=0&end=50000000`)))
  const ids = bodies.flatMap(({ body }) => idsOf(body)).map((id) => `GRCh38-${id}`)
  expect(ids.length).toBeGreaterThan(15)
  for (const id of ids) {
    expect(encodeURIComponent(id)).toBe(id)
    const answer = await fetch(`${url}/beacon/v2/g_variants/${id}?requestedGranularity=record`)
    expect(idsOf((await answer.json()) as Body).map((found) => `GRCh38-${found}`)).toEqual([id])
  }
})
