import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { SchemaPath } from '../../schemas/index.js'
import { createNodeClient, expectValid, type NodeClient } from '../testing/node-client.js'

let client: NodeClient
beforeAll(async () => {
  client = await createNodeClient()
})
afterAll(() => client.fixture.remove())

describe('informational endpoints', () => {
  test.each<[string, SchemaPath]>([
    ['/', 'beacon/infoResponse.json'],
    ['/info', 'beacon/infoResponse.json'],
    ['/service-info', 'beacon/serviceInfo.json'],
    ['/info?requestedSchema=ga4gh-service-info-v1.0', 'beacon/serviceInfo.json'],
    ['/configuration', 'beacon/configurationResponse.json'],
    ['/entry_types', 'beacon/entryTypesResponse.json'],
    ['/map', 'beacon/mapResponse.json'],
    ['/filtering_terms', 'beacon/filteringTermsResponse.json'],
    ['/filtering_terms?limit=0', 'beacon/filteringTermsResponse.json'],
    ['/datasets', 'beacon/collectionsResponse.json'],
    ['/datasets/old', 'beacon/collectionsResponse.json'],
    ['/datasets/nobody-knows', 'beacon/collectionsResponse.json'],
  ])('%s, by GET and by POST', async (path, schema) => {
    for (const answer of [
      await client.get(path),
      await client.post(path, {}),
      await client.send('POST', `/beacon/v2${path}`),
    ]) {
      expect(answer.status).toBe(200)
      expectValid(schema, answer.body)
    }
  })

  test('every URL of the map and every schema it leads to is served', async () => {
    const { body } = await client.get('/map')
    const { endpointSets } = body['response'] as {
      endpointSets: Record<string, { rootUrl: string; singleEntryUrl: string }>
    }
    const ids: Record<string, string> = { genomicVariant: 'GRCh38-1-100-A-C', dataset: 'old' }
    for (const [type, { rootUrl, singleEntryUrl }] of Object.entries(endpointSets)) {
      for (const address of [rootUrl, singleEntryUrl.replace('{id}', ids[type]!)]) {
        expect(address.startsWith(`${client.url}/beacon/v2/`)).toBe(true)
        const answer = await client.send('POST', address.slice(client.url.length), {
          meta: { apiVersion: 'v2.1.1' },
          query: { testMode: true },
        })
        expect(answer.status).toBe(200)
      }
    }
    const { entryTypes } = (await client.get('/entry_types')).body['response'] as {
      entryTypes: Record<string, { defaultSchema: { referenceToSchemaDefinition: string } }>
    }
    for (const { defaultSchema } of Object.values(entryTypes)) {
      const answer = await client.send('GET', defaultSchema.referenceToSchemaDefinition.slice(client.url.length))
      expect(answer.body).toMatchObject({ type: 'object' })
    }
  })

  test('/datasets tells who answers for the data, why they may be public, and which calls count', async () => {
    const { body } = await client.get('/datasets/public-record')
    expect(body).toMatchObject({
      responseSummary: { exists: true, numTotalResults: 1 },
      response: {
        collections: [
          {
            id: 'public-record',
            info: {
              assemblyId: 'GRCh38',
              access: 'public',
              granularity: 'record',
              identifiers: 'pseudonymous',
              caseLevelData: false,
              basis: 'made up for a test',
              controller: 'Region Test',
              contact: 'data@test.invalid',
              normalised: false,
              callPolicy: { filter: ['PASS', '.'], minimumGenotypeQuality: 20 },
            },
          },
        ],
      },
    })
  })
})
