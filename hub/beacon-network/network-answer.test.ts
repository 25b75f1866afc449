import { afterEach, describe, expect, test } from '@jest/globals'
import { quickestOf } from '../../schemas/testing/quickest.js'
import { validate, type SchemaPath } from '../../schemas/index.js'
import { hang, html, json, nodeAnswer, SOME_COUNTS, stoppedRegion } from '../testing/fake-region.js'
import { closeAll, createCaller, GET_ALLELE, hub, norr, question, region, syd } from '../testing/running-hub.js'

const { call, post } = createCaller(fetch)

afterEach(closeAll)

function expectValid(path: SchemaPath, value: unknown): void {
  expect(validate(path, value)).toEqual({ ok: true })
}

describe('a question to the network', () => {
  test('adds up what the regions released, misses included', async () => {
    const { url } = await hub([await norr(), await syd()])
    const { status, body } = await post(`${url}/beacon/v2/g_variants`, question())
    expect(status).toBe(200)
    expectValid('network/networkAnswer.json', body)
    expectValid('beacon/countResponse.json', body)
    expectValid('beacon/resultSetsResponse.json', body)
    expect(body.meta).toMatchObject({ beaconId: 'se.fyr.hub', apiVersion: 'v2.2.0', returnedGranularity: 'count' })
    expect(body.responseSummary).toEqual({ exists: true, numTotalResults: 1, countPrecision: 'exact' })
    expect(body.info).toMatchObject({
      assemblyId: 'GRCh38',
      regionsAsked: 2,
      regionsAnswered: 2,
      complete: true,
      total: {
        exists: true,
        counts: { individuals: 4, alleleCount: 5, alleleNumber: 400, anBasis: 'assumed' },
        alleleFrequency: 5 / 400,
      },
    })
    expect(body.response).toMatchObject({
      resultSets: [
        { beaconId: 'se.fyr.norr', id: 'genomes', exists: true, resultsCount: 1, results: [] },
        { beaconId: 'se.fyr.syd', id: 'genomes', exists: false, resultsCount: 0, results: [] },
      ],
    })
  })

  test('one region stopped, one hanging and one sending HTML: the answer is there in time and says so for each', async () => {
    const deadlineMs = 500
    const regions = [
      await norr(),
      await stoppedRegion('se.fyr.mitt'),
      await region('se.fyr.syd', hang),
      await region('se.fyr.vast', html),
    ]
    const { url } = await hub(regions, { deadlineMs })
    const { result, elapsedMs } = await quickestOf(3, () => post(`${url}/beacon/v2/g_variants`, question()))
    const { status, body } = result
    expect(elapsedMs).toBeLessThanOrEqual(deadlineMs + 100)
    expect(status).toBe(200)
    expectValid('network/networkAnswer.json', body)
    expect(body.info.regions.map(({ name, status: its }) => [name, its])).toEqual([
      ['mitt', 'unreachable'],
      ['norr', 'answered'],
      ['syd', 'timed-out'],
      ['vast', 'invalid'],
    ])
    expect(body.info).toMatchObject({
      complete: false,
      regionsAnswered: 1,
      total: { bounds: { individuals: { lower: 4, upper: null } } },
    })
    expect(body.responseSummary).toEqual({ exists: true, numTotalResults: 1, countPrecision: 'imprecise' })
  })

  test('is 200 and boolean when no region answers, or there is none', async () => {
    for (const regions of [[], [await stoppedRegion('se.fyr.mitt')]]) {
      const { url } = await hub(regions)
      const { status, body } = await post(`${url}/beacon/v2/g_variants`, question())
      expect(status).toBe(200)
      expectValid('network/networkAnswer.json', body)
      expect(body.meta.returnedGranularity).toBe('boolean')
      expect(body.responseSummary).toEqual({ exists: false })
    }
  })

  test('includeResultsetResponses chooses the result sets', async () => {
    const { url } = await hub([await norr(), await syd()])
    const shown = async (query: object) => {
      const { body } = await post(`${url}/beacon/v2/g_variants`, question(query))
      return body.response && 'resultSets' in body.response
        ? body.response.resultSets.map(({ beaconId }) => beaconId)
        : undefined
    }
    expect(await shown({ includeResultsetResponses: 'ALL' })).toEqual(['se.fyr.norr', 'se.fyr.syd'])
    expect(await shown({ includeResultsetResponses: 'HIT' })).toEqual(['se.fyr.norr'])
    expect(await shown({ includeResultsetResponses: 'MISS' })).toEqual(['se.fyr.syd'])
    expect(await shown({ includeResultsetResponses: 'NONE' })).toBeUndefined()
    expect(await shown({ includeResultsetResponses: undefined })).toEqual(['se.fyr.norr'])
  })

  test('a boolean question gets no number anywhere, and result sets only from 2.2 on', async () => {
    const { url } = await hub([await norr(), await syd()])
    const asked = question({ requestedGranularity: 'boolean' })
    const modern = await post(`${url}/beacon/v2/g_variants`, asked)
    const old = await post(`${url}/beacon/v2/g_variants`, { ...asked, meta: { apiVersion: 'v2.1.1' } })
    for (const { body } of [modern, old]) {
      expectValid('network/networkAnswer.json', body)
      expect(body.responseSummary).toEqual({ exists: true })
      expect(JSON.stringify(body)).not.toMatch(/counts|resultsCount|numTotalResults|alleleFrequency/)
    }
    expect(modern.body.response).toBeDefined()
    expect(old.body.response).toBeUndefined()
  })

  test('a question for records is answered with counts, and no record gets through', async () => {
    const leaky = await region(
      'se.fyr.norr',
      json(nodeAnswer('se.fyr.norr', { counts: SOME_COUNTS, results: [{ variantInternalId: 'leak' }] })),
    )
    const { url, adminUrl } = await hub([leaky])
    const { text, body } = await post(`${url}/beacon/v2/g_variants`, question({ requestedGranularity: 'record' }))
    expect(body.meta.returnedGranularity).toBe('count')
    expect(text).not.toContain('leak')
    expect(JSON.parse(leaky.requests[0]!.body)).toMatchObject({
      query: { requestedGranularity: 'count', includeResultsetResponses: 'ALL' },
    })
    const { text: metrics } = await call(`${adminUrl}/metrics`)
    expect(metrics).toContain('fyr_hub_dropped_records_total{region="se.fyr.norr"} 1')
  })

  test('a region that says only yes or no lowers the granularity but not the counts of the others', async () => {
    const yes = await region('se.fyr.syd', json(nodeAnswer('se.fyr.syd', { granularity: 'boolean', exists: true })))
    const { url } = await hub([await norr(), yes])
    const { body } = await post(`${url}/beacon/v2/g_variants`, question())
    expectValid('network/networkAnswer.json', body)
    expect(body.responseSummary).toEqual({ exists: true })
    expect(body.info.total).toMatchObject({
      counts: { individuals: 4 },
      bounds: { individuals: { lower: 5, upper: null } },
    })
    expect(body.info.note).toContain('No counts were released by syd')
  })

  test('a Beacon of another make takes part with exists and its count', async () => {
    const foreign = await region(
      'org.example.beacon',
      json({ meta: { beaconId: 'org.example.beacon' }, responseSummary: { exists: true, numTotalResults: 7 } }),
    )
    const { url } = await hub([foreign])
    const { body } = await post(`${url}/beacon/v2/g_variants`, question())
    expectValid('network/networkAnswer.json', body)
    expect(body.responseSummary).toMatchObject({ exists: true, numTotalResults: 7 })
    expect(body.response).toMatchObject({
      resultSets: [{ id: 'org.example.beacon', beaconId: 'org.example.beacon', resultsCount: 7 }],
    })
    expect(body.info.total.bounds.individuals).toEqual({ lower: 1, upper: null })
  })

  test('a readable variant id goes to the regions as parameters, not in a URL', async () => {
    const asked = await norr()
    const { url } = await hub([asked])
    const { status, body } = await call(`${url}/beacon/v2/g_variants/GRCh38-17-43045712-T-C`)
    expect(status).toBe(200)
    expectValid('network/networkAnswer.json', body)
    expect(body.info.assemblyId).toBe('GRCh38')
    expect(asked.requests[0]!.path).toBe('/beacon/v2/g_variants')
    expect(JSON.parse(asked.requests[0]!.body)).toMatchObject({
      query: {
        requestParameters: {
          g_variant: { assemblyId: 'GRCh38', referenceName: 'refseq:NC_000017.11', start: [43045711] },
        },
      },
    })
    const hashed = `GRCh38-2-10-sha256.${'0'.repeat(32)}-C`
    await call(`${url}/beacon/v2/g_variants/${hashed}`)
    expect(asked.requests[1]!.path).toBe(`/beacon/v2/g_variants/${hashed}`)
  })

  test.each([
    ['a structural id', 'GRCh38-17-43047000-DEL-43057000'],
    ['an id of a copy number', 'GRCh38-17-43047000-CNV-43057000-CN3'],
    ['an id that is none of ours', 'rs123'],
    ['an id that must be encoded', 'a/b?c=d'],
  ])('%s can only be compared, and goes as it is', async (_what, id) => {
    const asked = await norr()
    const { url } = await hub([asked])
    expect((await call(`${url}/beacon/v2/g_variants/${encodeURIComponent(id)}`)).status).toBe(200)
    expect(asked.requests.map(({ path }) => path)).toEqual([`/beacon/v2/g_variants/${encodeURIComponent(id)}`])
  })

  test.each([
    ['a slip in the assembly', 'GRCh3-17-43045712-T-C'],
    ['a slip in the bases', 'GRCh38-17-43045712-T-Z'],
    ['small letters', 'GRCh38-17-43045712-t-c'],
    ['equal bases', 'GRCh38-17-43045712-T-T'],
    ['no such chromosome', 'GRCh38-77-43045712-T-C'],
    ['beyond the chromosome', 'GRCh38-17-143045712-T-C'],
    ['a structural id beyond the chromosome', 'GRCh38-17-143047000-DEL-143057000'],
    ['too long', `GRCh38-17-43045712-T-${'C'.repeat(500)}`],
  ])('an id with %s is refused, and nobody is asked', async (_what, id) => {
    const asked = await norr()
    const { url } = await hub([asked])
    const { status, body } = await call(`${url}/beacon/v2/g_variants/${id}`)
    expect(status).toBe(400)
    expectValid('beacon/errorResponse.json', body)
    expect(asked.requests).toHaveLength(0)
  })

  test.each([
    ['GRCh38-17-43045799-NGAT-N', { start: [43045799], referenceBases: 'GAT', alternateBases: '' }],
    ['GRCh38-17-43045799-N-NGAT', { start: [43045799], referenceBases: '', alternateBases: 'GAT' }],
    ['GRCh38-17-1-GATN-N', { start: [0], referenceBases: 'GAT', alternateBases: '' }],
    ['hg38-17-43045799-AGAT-A', { start: [43045798], referenceBases: 'AGAT', alternateBases: 'A' }],
  ])('the anchor of %s is no wildcard', async (id, gVariant) => {
    const asked = await norr()
    const { url } = await hub([asked])
    expect((await call(`${url}/beacon/v2/g_variants/${id}`)).status).toBe(200)
    expect(JSON.parse(asked.requests[0]!.body)).toMatchObject({
      query: { requestParameters: { g_variant: { assemblyId: 'GRCh38', ...gVariant } } },
    })
  })

  test('a region that drops a kept connection is asked again, and counts once', async () => {
    const answer = json(nodeAnswer('se.fyr.norr', { counts: SOME_COUNTS }))
    const dropping = await region('se.fyr.norr', (request, response) => {
      if (dropping.requests.length === 2) request.socket.destroy()
      else answer(request, response)
    })
    const { url } = await hub([dropping])
    for (let n = 0; n < 2; n++) {
      const { body } = await call(url + GET_ALLELE)
      expect(body.info).toMatchObject({ regionsAsked: 1, regionsAnswered: 1, complete: true })
      expect(body.info.total.counts).toEqual(SOME_COUNTS)
      expect(body.responseSummary).toMatchObject({ exists: true, numTotalResults: 1 })
    }
    expect(dropping.requests).toHaveLength(3)
  })

  test('GET asks the same as POST, and the region sees the canonical assembly', async () => {
    const asked = await norr()
    const { url } = await hub([asked])
    const viaGet = await call(url + GET_ALLELE)
    expectValid('network/networkAnswer.json', viaGet.body)
    await post(`${url}/beacon/v2/g_variants`, question())
    expect(JSON.parse(asked.requests[1]!.body)).toEqual(JSON.parse(asked.requests[0]!.body))
  })

  test('the trace goes on and the authorization does not', async () => {
    const asked = await norr()
    const { url } = await hub([asked])
    const traceparent = `00-${'b'.repeat(32)}-${'c'.repeat(16)}-01`
    await post(`${url}/beacon/v2/g_variants`, question(), {
      traceparent,
      authorization: 'Bearer secret',
      'fyr-hops': '1',
    })
    const { headers } = asked.requests[0]!
    expect(headers['traceparent']).toMatch(new RegExp(`^00-${'b'.repeat(32)}-(?!${'c'.repeat(16)})[0-9a-f]{16}-01$`))
    expect(headers['fyr-hops']).toBe('2')
    expect(headers.authorization).toBeUndefined()
  })

  describe('in testMode', () => {
    const answered = (id: string) => {
      const answer = nodeAnswer(id, { counts: SOME_COUNTS })
      return json({ ...answer, meta: { ...answer.meta, testMode: true } })
    }

    test.each([
      ['an allele', question({ testMode: true })],
      ['nothing', { query: { testMode: true } }],
    ])('%s may be asked; it goes through and is echoed', async (_what, asking) => {
      const asked = await region('se.fyr.norr', answered('se.fyr.norr'))
      const { url } = await hub([asked])
      const { status, body } = await post(`${url}/beacon/v2/g_variants`, asking)
      expect(status).toBe(200)
      expect(body.meta.testMode).toBe(true)
      expect(body.info).toMatchObject({ complete: true, total: { exists: true } })
      expect(JSON.parse(asked.requests[0]!.body)).toMatchObject({ query: { testMode: true } })
    })

    test('a region that does not say that it answers in testMode is left out', async () => {
      const { url } = await hub([await norr()])
      const { body } = await post(`${url}/beacon/v2/g_variants`, question({ testMode: true }))
      expect(body.info).toMatchObject({ regionsAnswered: 0, regions: [{ status: 'not-applicable' }] })
      expect(body.responseSummary).toEqual({ exists: false })
    })

    test('a region that answers with test data unasked is invalid', async () => {
      const { url } = await hub([await region('se.fyr.norr', answered('se.fyr.norr'))])
      const { body } = await post(`${url}/beacon/v2/g_variants`, question())
      expect(body.info.regions).toMatchObject([{ status: 'invalid', reason: expect.stringContaining('test data') }])
    })
  })
})
