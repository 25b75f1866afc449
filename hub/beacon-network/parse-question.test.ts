import { afterEach, describe, expect, test } from '@jest/globals'
import { validate, type SchemaPath } from '../../schemas/index.js'
import { ALLELE, closeAll, createCaller, hub, norr, question } from '../testing/running-hub.js'

const { post } = createCaller(fetch)

afterEach(closeAll)

function expectValid(path: SchemaPath, value: unknown): void {
  expect(validate(path, value)).toEqual({ ok: true })
}

describe('questions that are refused', () => {
  test.each([
    ['nothing asked', question({}, {}), /which variant/],
    ['only an assembly', question({}, { assemblyId: 'GRCh38' }), /which variant/],
    ['an unknown assembly', question({}, { ...ALLELE, assemblyId: 'T2T' }), /GRCh37, GRCh38/],
    ['a bare chromosome without assembly', question({}, { ...ALLELE, assemblyId: undefined }), /assemblyId/],
    ['an accession of another assembly', question({}, { ...ALLELE, referenceName: 'NC_000017.10' }), /GRCh37/],
    ['an unknown chromosome', question({}, { ...ALLELE, referenceName: '77' }), /no chromosome/],
    ['start without referenceName', question({}, { ...ALLELE, referenceName: undefined }), /referenceName/],
    [
      'start without end and alternateBases',
      question({}, { assemblyId: 'GRCh38', referenceName: '17', start: [1] }),
      /alternateBases/,
    ],
    [
      'end before start',
      question({}, { assemblyId: 'GRCh38', referenceName: '17', start: [9], end: [9] }),
      /end must be above/,
    ],
    [
      'two starts and one end',
      question({}, { assemblyId: 'GRCh38', referenceName: '17', start: [1, 2], end: [9] }),
      /same number/,
    ],
    [
      'chosen datasets',
      question({ requestParameters: { g_variant: ALLELE, datasets: { datasetIds: ['a'] } } }),
      /ask the node/,
    ],
    ['an unknown parameter', question({}, { ...ALLELE, colour: 'blue' }), /unknown request parameter/],
    [
      'a forbidden key',
      JSON.parse('{"query":{"requestParameters":{"g_variant":{"__proto__":{"start":[1]}}}}}') as object,
      /forbidden key/,
    ],
  ])('%s', async (_what, body, message) => {
    const asked = await norr()
    const { url } = await hub([asked])
    const reply = await post(`${url}/beacon/v2/g_variants`, body)
    expect(reply.status).toBe(400)
    expectValid('beacon/errorResponse.json', reply.body)
    expect(reply.body.error.errorMessage).toMatch(message)
    const live = await post(`${url}/network/variants`, body)
    expect(live.status).toBe(400)
    expectValid('beacon/problem.json', live.body)
    expect(asked.requests).toHaveLength(0)
  })

  test('a question that has passed three hubs', async () => {
    const { url } = await hub([await norr()])
    expect((await post(`${url}/beacon/v2/g_variants`, question(), { 'fyr-hops': '2' })).status).toBe(200)
    expect((await post(`${url}/beacon/v2/g_variants`, question(), { 'fyr-hops': '3' })).status).toBe(400)
    expect((await post(`${url}/beacon/v2/g_variants`, question(), { 'fyr-hops': 'x' })).status).toBe(400)
  })
})
