import { afterEach, describe, expect, test } from '@jest/globals'
import { createHub } from './create-hub.js'
import { hubConfig, json, nodeAnswer, SOME_COUNTS, stoppedRegion } from './testing/fake-region.js'
import { closeAll, createCaller, GET_ALLELE, hub, norr, question, region } from './testing/running-hub.js'

const { call, post } = createCaller(fetch)

afterEach(closeAll)

describe('operation', () => {
  test('logs and metrics hold routes and regions, and nothing that was asked', async () => {
    const lines: string[] = []
    const asked = await region('se.fyr.norr', json(nodeAnswer('se.fyr.norr', { counts: SOME_COUNTS })))
    const { url, adminUrl } = await hub(
      [asked, await stoppedRegion('se.fyr.syd')],
      {},
      { logLevel: 'trace', logDestination: { write: (line) => void lines.push(line) } },
    )
    await post(`${url}/beacon/v2/g_variants`, question({ filters: [{ id: 'HP:0000006' }] }), {
      'x-request-id': '17-43045712-A-C',
    })
    await call(url + GET_ALLELE)
    await call(`${url}/beacon/v2/g_variants/GRCh38-17-43045712-T-C`)
    await call(`${url}/nowhere/GRCh38-17-43045712-T-C`)
    const metrics = await call(`${adminUrl}/metrics`)
    const written = lines.join('') + metrics.text
    expect(written).toContain('"route":"/beacon/v2/g_variants/:id"')
    expect(metrics.text).toContain('fyr_hub_region_outcomes_total{region="se.fyr.syd",status="unreachable"} 3')
    expect(metrics.text).toContain(
      'fyr_http_requests_total{route="/beacon/v2/g_variants",method="POST",status="200"} 1',
    )
    expect(metrics.text).toContain('route="unmatched"')
    expect(written).not.toMatch(/4304571|HP:0000006/)
    for (const line of lines) expect(JSON.parse(line)).toMatchObject({ service: 'se.fyr.hub' })
  })

  test('records and texts that a region should not have sent are in no log, no metric and no answer', async () => {
    const lines: string[] = []
    const secret = { variantInternalId: 'SECRET', variation: { location: 'SECRET' } }
    const sent = nodeAnswer('se.fyr.norr', { counts: SOME_COUNTS, results: [secret, secret] })
    const chatty = await region('se.fyr.norr', json({ ...sent, info: { ...sent.info, notes: ['SECRET'] }, SECRET: 1 }))
    const failing = await region('se.fyr.syd', json({ error: { errorCode: 500, errorMessage: 'SECRET' } }, 500))
    const broken = await region('se.fyr.mitt', (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'x-secret': 'SECRET' }).end('{"SECRET"')
    })
    const { url, adminUrl } = await hub(
      [chatty, failing, broken],
      {},
      { logLevel: 'trace', logDestination: { write: (line) => void lines.push(line) } },
    )
    const answer = await post(`${url}/beacon/v2/g_variants`, question())
    const live = await post(`${url}/network/variants`, question())
    const metrics = await call(`${adminUrl}/metrics`)
    expect(answer.body.info.total.counts).toMatchObject({ individuals: 4 })
    expect(metrics.text).toContain('fyr_hub_dropped_records_total{region="se.fyr.norr"} 4')
    expect(answer.text + live.text + metrics.text + lines.join('')).not.toContain('SECRET')
  })

  test('health is on both listeners, metrics only on the admin listener', async () => {
    const { url, adminUrl } = await hub([])
    for (const base of [url, adminUrl]) {
      expect((await call(`${base}/health`)).text).toBe('{"live":true,"ready":true}')
      expect((await call(`${base}/health/live`)).status).toBe(200)
      expect((await call(`${base}/health/ready`)).status).toBe(200)
    }
    expect((await call(`${url}/metrics`)).status).toBe(404)
  })

  test('closing lets the question in flight end, and is not ready meanwhile', async () => {
    let answer: () => void
    const slow = await region('se.fyr.norr', (request, response) => {
      answer = () => json(nodeAnswer('se.fyr.norr', { counts: SOME_COUNTS }))(request, response)
    })
    const { url, adminUrl, close } = await hub([slow])
    const asked = post(`${url}/beacon/v2/g_variants`, question())
    while (slow.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    const closed = close()
    expect((await call(`${adminUrl}/health/ready`)).status).toBe(503)
    expect((await call(`${adminUrl}/health/live`)).status).toBe(200)
    answer!()
    expect((await asked).body.info.regionsAnswered).toBe(1)
    await closed
    await expect(call(`${url}/health`)).rejects.toThrow()
  })

  test('regions that hub.yaml may not hold are a bug of the caller', async () => {
    const twice = hubConfig([(await norr()).config, (await norr()).config])
    await expect(createHub(twice)).rejects.toThrow(TypeError)
  })
})
