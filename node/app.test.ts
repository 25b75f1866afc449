import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { createNodeClient, type NodeClient } from './testing/node-client.js'
import { toVcf } from './testing/node-fixture.js'

let client: NodeClient
beforeAll(async () => {
  client = await createNodeClient()
})
afterAll(() => client.fixture.remove())

describe('operability', () => {
  test('health and metrics; no label or audit line holds what was asked', async () => {
    await client.get('/g_variants?referenceName=1&assemblyId=GRCh38&start=12345&end=67890')
    for (const path of ['/health', '/health/live', '/health/ready'])
      expect((await client.send('GET', path)).status).toBe(200)
    const metrics = await (await fetch(`${client.adminUrl}/metrics`)).text()
    expect(metrics).toContain('route="/beacon/v2/g_variants",method="GET",status="200"')
    const audit = readFileSync(join(client.fixture.directory, 'audit/audit.ndjson'), 'utf8')
    expect(audit).toContain('"question":"range"')
    for (const text of [metrics, audit]) expect(text).not.toMatch(/12345|67890/)
  })

  test('answers cannot load or frame anything in a browser', async () => {
    const { headers } = await client.get('/info')
    expect(headers).toMatchObject({
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
    })
    expect(headers).not.toHaveProperty('x-powered-by')
  })

  test.each([
    ['GET', '/health', 200],
    ['HEAD', '/beacon/v2/info', 200],
    ['GET', '/beacon/v2/schemas/beacon/requestBody.json', 200],
    ['GET', '/nope', 404],
    ['GET', '/beacon/v2/%E0%A4%A', 404],
    ['GET', '/beacon/v2/datasets/%E0%A4%A', 400],
    ['DELETE', '/beacon/v2/info', 405],
    ['POST', '/beacon/v2/g_variants', 400],
  ])('%s %s is JSON with the security headers and a request id', async (method, path, status) => {
    const answer = await client.send(method, path)
    expect(answer.status).toBe(status)
    expect(answer.headers).toMatchObject({
      'content-security-policy': expect.any(String),
      'strict-transport-security': expect.stringContaining('max-age='),
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'SAMEORIGIN',
      'referrer-policy': 'no-referrer',
      'content-type': 'application/json; charset=utf-8',
      'content-length': expect.stringMatching(/^\d+$/),
      'x-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
    })
  })

  test('a node that stops answers the request it is reading, and says that the connection ends', async () => {
    const { node, url } = await client.fixture.serve()
    const { hostname, port } = new URL(url)
    const socket = connect(Number(port), hostname)
    let received = ''
    socket.on('data', (chunk) => (received += String(chunk)))
    const head =
      'POST /beacon/v2/info HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n'
    socket.write(`${head}{`)
    await new Promise((resolve) => setTimeout(resolve, 100))
    const closed = node.close()
    socket.write('}')
    await Promise.all([closed, once(socket, 'close')])
    expect(received).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
  })

  test('metrics are not on the public listener', async () => {
    expect((await client.send('GET', '/metrics')).status).toBe(404)
  })

  test('a request id is kept when it is a UUID and made otherwise, because it is logged', async () => {
    expect(
      (await client.send('GET', '/health', undefined, { 'x-request-id': '5d2c1c0e-7d0b-4f43-9a52-0a1f4fd2b1aa' }))
        .headers['x-request-id'],
    ).toBe('5d2c1c0e-7d0b-4f43-9a52-0a1f4fd2b1aa')
    expect(
      (await client.send('GET', '/health', undefined, { 'x-request-id': '17-43045712-T-C' })).headers['x-request-id'],
    ).toMatch(/^[0-9a-f-]{36}$/)
  })

  test('a dataset published while the node runs is served', async () => {
    client.fixture.addDataset('late', { granularity: 'count' })
    await client.fixture.ingest('late', [toVcf(['z'], ['2 100 . A C . PASS . GT 0/1'])])
    const path =
      '/g_variants?referenceName=2&assemblyId=GRCh38&start=99&referenceBases=A&alternateBases=C&datasets=late'
    let answer = await client.get(path)
    for (let attempt = 0; attempt < 50 && answer.status !== 200; attempt++) {
      await new Promise((resolve) => setTimeout(resolve, 100))
      answer = await client.get(path)
    }
    expect(answer.body['responseSummary']).toEqual({ exists: true })
  })
})
