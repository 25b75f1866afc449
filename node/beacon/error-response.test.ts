import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { ALLELE, createNodeClient, expectValid, toRequest, type NodeClient } from '../testing/node-client.js'

let client: NodeClient
beforeAll(async () => {
  client = await createNodeClient()
})
afterAll(() => client.fixture.remove())

describe('errors are Beacon errors', () => {
  const variant = '/g_variants?referenceName=1&assemblyId=GRCh38'
  test.each<[string, string, string | object | undefined, number, RegExp]>([
    ['GET', '/nope', undefined, 404, /nothing at this address/],
    ['GET', '/g_variants/%E0%A4%A', undefined, 400, /cannot be read/],
    ['GET', '/schemas/nope.json', undefined, 404, /no such schema/],
    ['DELETE', '/g_variants', undefined, 405, /GET or POST/],
    ['PUT', '/info', undefined, 405, /GET or POST/],
    ['POST', '/g_variants', '{"query":', 400, /not valid JSON/],
    ['POST', '/g_variants', '[]', 400, /must be object/],
    ['POST', '/g_variants', `{"a":"${'x'.repeat(200_000)}"}`, 413, /too large/],
    ['GET', '/g_variants', undefined, 400, /needs referenceName and start/],
    ['POST', '/g_variants', {}, 400, /needs referenceName and start/],
    ['GET', `${variant}&start=1`, undefined, 400, /needs alternateBases/],
    ['GET', `${variant}&start=-1&end=5`, undefined, 400, /start must be one or two whole numbers/],
    ['GET', `${variant}&start=5&end=5`, undefined, 400, /end must be greater than start/],
    ['GET', `${variant}&start=5,9&end=20`, undefined, 400, /need the same number of values/],
    ['GET', `${variant}&start=9,5&end=20,30`, undefined, 400, /the second must be greater/],
    ['GET', `${variant}&start=5,9&alternateBases=A`, undefined, 400, /two values of start need two values of end/],
    ['GET', `${variant}&start=5&alternateBases=A&variantType=SNP`, undefined, 400, /variantType goes with a range/],
    ['GET', `${variant}&start=5&end=9&variantType=EFO:0009999`, undefined, 400, /does not answer this variantType/],
    ['GET', `${variant}&start=5&end=9&variantMinLength=5&variantMaxLength=4`, undefined, 400, /must not be above/],
    ['GET', `${variant}&start=5&end=9000000000`, undefined, 400, /end must be at most 248956422/],
    ['GET', `${variant}&start=250000000&end=250000001`, undefined, 400, /start must be below/],
    ['GET', `${variant}&start=5&referenceBases=A&alternateBases=A`, undefined, 400, /are the same/],
    [
      'GET',
      `${variant}&start=5&referenceBases=R&alternateBases=A`,
      undefined,
      400,
      /letters other than A, C, G, T and N/,
    ],
    ['GET', `${variant}&start=5&alternateBases=x`, undefined, 400, /alternateBases must match pattern/],
    ['GET', '/g_variants?referenceName=1&start=5&end=6', undefined, 400, /needs assemblyId/],
    ['GET', '/g_variants?referenceName=99&assemblyId=GRCh38&start=5&end=6', undefined, 400, /no chromosome of GRCh38/],
    [
      'GET',
      '/g_variants?referenceName=1&assemblyId=NCBI36&start=5&end=6',
      undefined,
      400,
      /must be one of GRCh37, GRCh38/,
    ],
    [
      'GET',
      '/g_variants?referenceName=NC_000001.10&assemblyId=GRCh38&start=5&end=6',
      undefined,
      400,
      /belongs to GRCh37/,
    ],
    ['GET', `${variant}&start=5&end=6&frobnicate=1`, undefined, 400, /unknown query parameter "frobnicate"/],
    [
      'GET',
      `${variant}&start=5&end=6&requestedGranularity=all`,
      undefined,
      400,
      /must be one of boolean, count, record/,
    ],
    ['GET', `${variant}&start=5&end=6&filters=HP:0000006`, undefined, 400, /HP:0000006" is unknown/],
    ['GET', `${variant}&start=5&end=6&datasets=nope`, undefined, 404, /no such dataset/],
    ['GET', `${variant}&start=5&end=6&datasets=closed`, undefined, 404, /no such dataset/],
    ['GET', '/g_variants/17-5-A-C', undefined, 400, /no variant id/],
    ['POST', '/g_variants', toRequest({ ...ALLELE, frobnicate: 1 }), 400, /unknown request parameter "frobnicate"/],
    ['POST', '/g_variants', toRequest({ ...ALLELE, start: ['x'] }), 400, /start\.0 must be integer/],
    [
      'POST',
      '/g_variants?start=5',
      toRequest(ALLELE),
      400,
      /start differs between the query string and the request body/,
    ],
  ])('%s %s %j', async (method, path, body, status, message) => {
    const answer = await client.send(method, `/beacon/v2${path}`, body)
    expect(answer.status).toBe(status)
    expectValid('beacon/errorResponse.json', answer.body)
    expect(answer.body['error']).toMatchObject({ errorCode: status, errorMessage: expect.stringMatching(message) })
    expect(String(answer.headers['content-type'])).toMatch(/^application\/json/)
  })

  test('outside the API too', async () => {
    expectValid('beacon/errorResponse.json', (await client.send('GET', '/')).body)
  })

  test('a body that is no JSON or is compressed', async () => {
    expect((await client.send('POST', '/beacon/v2/g_variants', 'a=b', { 'content-type': 'text/plain' })).status).toBe(
      415,
    )
    expect((await client.send('POST', '/beacon/v2/g_variants', '{}', { 'content-encoding': 'gzip' })).status).toBe(415)
  })

  test('a token that cannot be checked is refused, not ignored', async () => {
    const answer = await client.send('POST', '/beacon/v2/g_variants', toRequest(ALLELE), { authorization: 'Bearer x' })
    expect(answer.status).toBe(401)
    expect(answer.headers['www-authenticate']).toBe('Bearer')
  })
})
