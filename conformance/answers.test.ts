import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createFixtureNetwork } from './support/fixture-network.js'
import { getJson, postJson } from './support/http-client.js'
import { assertValidAnswer } from './support/valid-answer.js'

const BEACON = '/beacon/v2'
const MINUTE = 60_000

const vcf = {
  samples: ['a', 'b', 'c'],
  lines: [
    '17 43045712 . T C . PASS . GT 0/1 1/1 0/0',
    '17 43045800 . GAT G,GATAT . PASS . GT 0/1 1/2 ./.',
    'X 5000000 . A G . PASS . GT 0/1 1 0',
    'MT 3243 . A G . PASS . GT 0/1 1/1 0/0',
  ],
}

const QUESTIONS: readonly (readonly [string, object])[] = [
  ['a hit', { assemblyId: 'GRCh38', referenceName: '17', start: [43045711], referenceBases: 'T', alternateBases: 'C' }],
  [
    'a miss',
    { assemblyId: 'GRCh38', referenceName: '17', start: [43045711], referenceBases: 'T', alternateBases: 'G' },
  ],
  [
    'a deletion',
    { assemblyId: 'GRCh38', referenceName: '17', start: [43045799], referenceBases: 'GAT', alternateBases: 'G' },
  ],
  ['X', { assemblyId: 'GRCh38', referenceName: 'X', start: [4999999], referenceBases: 'A', alternateBases: 'G' }],
  [
    'MT',
    {
      assemblyId: 'GRCh38',
      referenceName: 'refseq:NC_012920.1',
      start: [3242],
      referenceBases: 'A',
      alternateBases: 'G',
    },
  ],
  ['a range', { assemblyId: 'GRCh38', referenceName: 'chr17', start: [43045000], end: [43046000] }],
  ['an empty range', { assemblyId: 'GRCh38', referenceName: 'chr1', start: [10], end: [20] }],
  [
    'another assembly',
    { assemblyId: 'GRCh37', referenceName: '17', start: [43045711], referenceBases: 'T', alternateBases: 'C' },
  ],
]

const network = createFixtureNetwork()
let node: string
let hub: string

beforeAll(async () => {
  const service = await network.startNode('norr', [
    { id: 'yes-or-no', granularity: 'boolean', vcf },
    { id: 'counts', granularity: 'count', vcf },
    { id: 'records', granularity: 'record', vcf },
    { id: 'closed', access: 'controlled', vcf },
    { id: 'empty' },
  ])
  const counting = await network.startNode('mitt', [{ id: 'counts', granularity: 'count', vcf }])
  const empty = await network.startNode('syd', [])
  node = service.url
  const regions = [
    ['norr', `${node}${BEACON}`],
    ['mitt', `${counting.url}${BEACON}`],
    ['syd', `${empty.url}${BEACON}`],
    ['gone', `http://127.0.0.1:9${BEACON}`],
  ] as const
  hub = (await network.startHub('hub', regions)).url
}, 2 * MINUTE)

afterAll(() => network.stop())

/** Every way a caller can ask for more or less. */
const FORMS = ['v2.1.1', 'v2.2.0'].flatMap((apiVersion) =>
  ['boolean', 'count', 'record'].flatMap((requestedGranularity) =>
    ['ALL', 'HIT', 'MISS', 'NONE'].map((includeResultsetResponses) => ({
      apiVersion,
      requestedGranularity,
      includeResultsetResponses,
    })),
  ),
)

describe.each(['node', 'hub'])('every answer of the %s is valid by our schemas and the official ones', (which) => {
  const base = () => (which === 'node' ? node : hub)

  test.each(['/', '/info', '/service-info', '/configuration', '/entry_types', '/map', '/filtering_terms'])(
    '%s',
    async (path) => {
      for (const { status, body } of [
        await getJson(`${base()}${BEACON}${path}`),
        await postJson(`${base()}${BEACON}${path}`, {}),
      ]) {
        expect(status).toBe(200)
        assertValidAnswer(path, body)
      }
    },
  )

  test.each(QUESTIONS)(
    '%s, at every granularity, with every kind of result sets, to callers of 2.1 and 2.2',
    async (_, g_variant) => {
      for (const { apiVersion, ...rest } of FORMS) {
        const { status, body } = await postJson(`${base()}${BEACON}/g_variants`, {
          meta: { apiVersion },
          query: { requestParameters: { g_variant }, ...rest },
        })
        expect(status).toBe(200)
        assertValidAnswer('/g_variants', body)
      }
    },
  )

  test.each(['GRCh38-17-43045712-T-C', 'GRCh38-17-43045800-GAT-G', 'GRCh38-1-5-A-C'])('the variant %s', async (id) => {
    for (const granularity of ['boolean', 'count', 'record']) {
      const { status, body } = await getJson(`${base()}${BEACON}/g_variants/${id}?requestedGranularity=${granularity}`)
      expect(status).toBe(200)
      assertValidAnswer('/g_variants', body)
    }
  })

  test.each([
    '/nope',
    '/g_variants',
    '/g_variants?referenceName=17',
    '/g_variants/GRCh38-17-5-A',
    '/g_variants?start=x',
  ])('the error of %s', async (path) => {
    const { status, body } = await getJson(`${base()}${BEACON}${path}`)
    expect(status).toBeGreaterThanOrEqual(400)
    expect(body).toHaveProperty('error.errorCode', status)
    assertValidAnswer(path.split('?')[0]!, body)
  })

  test('testMode, without any parameter', async () => {
    if (which === 'hub') return
    for (const requestedGranularity of ['boolean', 'count', 'record']) {
      const query = { testMode: true, requestedGranularity, pagination: { skip: 0, limit: 1 } }
      const { body } = await postJson(`${base()}${BEACON}/g_variants`, { meta: { apiVersion: 'v2.1.1' }, query })
      assertValidAnswer('/g_variants', body)
    }
  })
})

test.each(['/datasets', '/datasets/records', '/datasets/nobody-knows', '/datasets?skip=1&limit=2'])(
  'the node’s %s is valid at every granularity',
  async (path) => {
    for (const granularity of ['', 'boolean', 'count', 'record']) {
      const { body } = await postJson(
        `${node}${BEACON}${path}`,
        granularity === '' ? {} : { query: { requestedGranularity: granularity } },
      )
      assertValidAnswer('/datasets', body)
    }
  },
)

test('the hub’s registry of services is valid', async () => {
  for (const path of ['/services', '/service-info']) {
    const { status, body } = await getJson(`${hub}${path}`)
    expect(status).toBe(200)
    assertValidAnswer(path, body)
  }
})

test('MT and X in a network answer', async () => {
  const ask = async (g_variant: object) => {
    const { body } = await postJson(`${hub}${BEACON}/g_variants`, {
      meta: { apiVersion: 'v2.2.0' },
      query: { requestParameters: { g_variant }, requestedGranularity: 'count' },
    })
    return (body as { info: { total: object; complete: boolean; regions: object[] } }).info
  }
  const mt = await ask(QUESTIONS[4]![1])
  expect(mt).toMatchObject({
    complete: false,
    total: {
      exists: true,
      counts: { homoplasmic: 1, heteroplasmic: 1, alleleNumber: 3 },
      bounds: { individuals: { lower: 4, upper: null } },
    },
  })
  expect(mt.regions).toHaveLength(4)
})
