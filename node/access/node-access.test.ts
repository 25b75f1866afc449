import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createNode, type RunningNode } from '../create-node.js'
import { createNodeFixture, toVcf, type NodeFixture } from '../testing/node-fixture.js'
import { TEST_DATASET } from '../variants/test-store.js'
import { NODE } from './testing/access-fixture.js'
import { startTestIssuer, type TestIssuer } from './testing/test-issuer.js'

let fixture: NodeFixture
let broker: TestIssuer
let node: RunningNode
let url: string

beforeAll(async () => {
  fixture = createNodeFixture()
  const vcf = toVcf(['a', 'b'], ['1 100 . A C . PASS . GT 0/1 1/1'])
  for (const access of ['public', 'registered', 'controlled'] as const) {
    fixture.addDataset(access, { access })
    await fixture.ingest(access, [vcf])
  }
  broker = await startTestIssuer('broker', () => Math.floor(Date.now() / 1000))
  const access = {
    trust: 'passport',
    audience: NODE,
    brokers: [{ issuer: broker.issuer, jwksUri: broker.jwksUri }],
    visaIssuers: [],
    allowPrivate: true,
  } as const
  node = await createNode({ ...fixture.config, access }, { directory: fixture.directory })
  url = (await node.listen()).url
})
afterAll(async () => {
  await node.close()
  await fixture.remove()
  await broker.close()
})

const QUERY = 'referenceName=1&assemblyId=GRCh38&start=99&referenceBases=A&alternateBases=C&requestedGranularity=record'

interface Answer {
  readonly status: number
  readonly challenge: string
  readonly body: {
    readonly response?: { readonly resultSets?: readonly { readonly id: string }[] }
    readonly error?: { readonly errorCode: number }
    readonly htsget?: { readonly error: string }
  }
}

async function get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
  const response = await fetch(url + path, { headers })
  return {
    status: response.status,
    challenge: response.headers.get('www-authenticate') ?? '',
    body: (await response.json()) as Answer['body'],
  }
}
const ask = (headers: Record<string, string> = {}, more = '') => get(`/beacon/v2/g_variants?${QUERY}${more}`, headers)
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
const datasetsOf = ({ body }: Answer) => body.response?.resultSets?.map(({ id }) => id)

describe('a node with brokers', () => {
  test('answers whoever has a good Passport, and puts the name on record', async () => {
    const answer = await ask(bearer(await broker.toPassport([], NODE)))
    expect({ status: answer.status, datasets: datasetsOf(answer) }).toEqual({ status: 200, datasets: ['public'] })
    const audit = readFileSync(join(fixture.directory, 'audit/audit.ndjson'), 'utf8')
    expect(audit).toContain(`"principal":"${broker.issuer}|alice"`)
    expect(audit).not.toContain('eyJ')
  })

  test('refuses a bad one in the words of each protocol', async () => {
    const headers = bearer(await broker.toPassport([], 'https://syd.test'))
    const challenge = `Bearer realm="se.fyr.test", resource_metadata="${url}/.well-known/oauth-protected-resource", error="invalid_token", error_description="the token is not accepted: its aud is missing or wrong"`
    expect(await ask(headers)).toMatchObject({ status: 401, challenge, body: { error: { errorCode: 401 } } })
    expect(await get('/htsget/v1/reads/some-file', headers)).toMatchObject({
      status: 401,
      challenge,
      body: { htsget: { error: 'InvalidAuthentication' } },
    })
  })

  test('J17 refuses a token in the URL', async () => {
    // Both protocols know all their parameters, and stop at any other; `read-bearer-token` would stop there next.
    for (const path of [`/beacon/v2/g_variants?${QUERY}&`, '/beacon/v2/datasets?', '/htsget/v1/reads/some-file?']) {
      const answer = await get(`${path}access_token=secret`)
      expect(answer.status).toBe(400)
      expect(JSON.stringify(answer)).not.toContain('secret')
    }
  })

  test('J17 refuses two Authorization headers', async () => {
    const token = await broker.toPassport([], NODE)
    const line = `Authorization: Bearer ${token}\r\n`
    expect(await sendRaw(line)).toMatch(/^HTTP\/1\.1 200 /)
    const answer = await sendRaw(line + line)
    expect(answer).toMatch(/^HTTP\/1\.1 400 /)
    expect(answer).toContain('error="invalid_request"')
  })

  test('J18 reads a Passport of 60 kB and no larger one', async () => {
    const withFilling = (length: number) =>
      broker.toPassport([], NODE, { claims: { filling: 'x'.repeat(length) } }).then(bearer)
    expect((await ask(await withFilling(45_000))).status).toBe(200)
    expect(await ask(await withFilling(50_000))).toMatchObject({
      status: 401,
      challenge: expect.stringContaining('error="invalid_token"'),
    })
    const [headers] = [await withFilling(1_000_000)]
    const answer = await sendRaw(`Authorization: ${headers.authorization}\r\n`)
    expect(answer).toMatch(/^HTTP\/1\.1 431 /)
  })

  /** One request, sent as it is written. */
  async function sendRaw(lines: string): Promise<string> {
    const { hostname, port } = new URL(url)
    const socket = connect(Number(port), hostname)
    let received = ''
    socket.on('data', (chunk) => (received += String(chunk)))
    // The node hangs up on who sends too much.
    socket.on('error', () => undefined)
    socket.write(`GET /beacon/v2/g_variants?${QUERY} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${lines}\r\n`)
    await once(socket, 'close')
    return received
  }

  test('says whom it trusts (RFC 9728)', async () => {
    expect(await get('/.well-known/oauth-protected-resource')).toMatchObject({
      status: 200,
      body: {
        resource: NODE,
        authorization_servers: [broker.issuer],
        scopes_supported: ['openid', 'ga4gh_passport_v1'],
        bearer_methods_supported: ['header'],
      },
    })
  })

  test('refuses a signature, as long as it cannot check one', async () => {
    const answer = await ask({ 'signature-input': 'ngp=("@method")', signature: 'ngp=:AAAA:' })
    expect(answer).toMatchObject({ status: 401, challenge: 'Signature error="invalid_signature"' })
  })
})

describe('J21 no header opens what is closed', () => {
  test.each<Record<string, string>>([
    { 'x-test-mode': 'true' },
    { testmode: 'true' },
    { 'x-api-key': '' },
    { 'x-forwarded-user': 'admin' },
    { 'x-forwarded-client-cert': 'Subject="CN=hub"' },
    { 'x-ssl-client-verify': 'SUCCESS' },
    { cookie: 'token=undefined' },
  ])('%j', async (headers) => {
    expect(datasetsOf(await ask(headers))).toEqual(['public'])
    expect((await ask(headers, '&datasets=controlled')).status).toBeGreaterThanOrEqual(403)
  })

  test.each([
    ['', 200],
    ['Bearer', 400],
    ['Bearer undefined', 401],
    ['Bearer null', 401],
    ['undefined', 401],
  ])('nor does Authorization: %j', async (authorization, status) => {
    const answer = await ask(authorization === '' ? {} : { authorization })
    expect(answer.status).toBe(status)
  })
})

describe('J22 testMode sees synthetic data only', () => {
  const TOKENS: readonly (readonly [string, () => Promise<Record<string, string>>])[] = [
    ['without a token', () => Promise.resolve({})],
    ['with a good token', async () => bearer(await broker.toPassport([], NODE))],
    ['with a bad token', () => Promise.resolve(bearer('x'))],
  ]
  test.each(TOKENS)('%s', async (_, toHeaders) => {
    const headers = await toHeaders()
    const all = datasetsOf(await ask(headers, '&testMode=true&includeResultsetResponses=ALL'))
    expect(all).toEqual([TEST_DATASET])
    for (const id of ['public', 'registered', 'controlled']) {
      const answer = await ask(headers, `&testMode=true&datasets=${id}`)
      expect([answer.status, datasetsOf(answer)]).toEqual([404, undefined])
    }
    const datasets = await fetch(`${url}/beacon/v2/datasets?testMode=true`, { headers })
    const { response } = (await datasets.json()) as { response: { collections: readonly { id: string }[] } }
    expect(response.collections.map(({ id }) => id)).toEqual([TEST_DATASET])
  })
})
