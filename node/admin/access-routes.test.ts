// Over 300 lines: tables of each refusal, and the whole way of a decision, whose rows the formatter spreads over many lines.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { join } from 'node:path'
import { openAccessRules, type OpenAccessRules } from '../access/register/open-access-rules.js'
import { APPROVAL, BROKER, PI, PROJECT, REFUSAL, TAG } from '../access/testing/register-world.js'
import { createNodeFixture, type NodeFixture } from '../testing/node-fixture.js'
import { addAdministrator, listAdministrators, removeAdministrator } from './administrators.js'

let fixture: NodeFixture
let adminUrl: string
let publicUrl: string
let token: string
let rules: OpenAccessRules
let second: string
const filePath = () => join(fixture.directory, 'administrators.json')
const STAMP = { by: 'a test', at: '2026-01-01T00:00:00.000Z' }

beforeAll(async () => {
  fixture = createNodeFixture()
  fixture.addDataset('norr', { access: 'controlled' })
  const served = await fixture.serve()
  adminUrl = served.adminUrl
  publicUrl = served.url
  token = addAdministrator(fixture.directory, 'dana', STAMP)
  second = addAdministrator(fixture.directory, 'erik', STAMP)
  rules = openAccessRules(fixture.directory, { now: () => new Date() })
})
afterAll(async () => {
  rules.close()
  await fixture.remove()
})

interface Reply {
  readonly status: number
  readonly type: string | undefined
  readonly challenge: string | undefined
  readonly body: ReturnType<typeof JSON.parse>
}

/** Sends exactly what it is told. */
function send(
  method: string,
  path: string,
  body?: string,
  headers: Record<string, string | string[]> = {},
  url = adminUrl,
) {
  return new Promise<Reply>((resolve, reject) => {
    const call = httpRequest(`${url}${path}`, { method, headers }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => {
        const type = response.headers['content-type']
        const challenge = response.headers['www-authenticate']
        const text = Buffer.concat(chunks).toString()
        resolve({ status: response.statusCode!, type, challenge, body: text === '' ? undefined : JSON.parse(text) })
      })
    })
    call.on('error', reject)
    call.end(body)
  })
}

const authorized = (as = token) => ({ authorization: `Bearer ${as}`, 'content-type': 'application/json' })
const get = (path: string) => send('GET', `/admin/v1${path}`, undefined, { authorization: `Bearer ${token}` })
const post = (path: string, body: unknown, as = token) =>
  send('POST', `/admin/v1${path}`, JSON.stringify(body), authorized(as))

test('of a token the node keeps a digest, in a file for its owner alone', () => {
  expect(token).toMatch(/^[\w-]{43}$/)
  expect(second).not.toBe(token)
  expect(statSync(filePath()).mode & 0o777).toBe(0o600)
  const stored = readFileSync(filePath(), 'utf8')
  expect(stored).not.toContain(token)
  expect(stored).not.toContain(second)
  expect(listAdministrators(fixture.directory)).toEqual([
    { name: 'dana', added: STAMP },
    { name: 'erik', added: STAMP },
  ])
})

test.each(['', 'Dana', 'dana b', 'dаna', '-dana', 'a'.repeat(65), 'admin:dana', 'a\n'])(
  'no administrator is called %j',
  (name) => {
    expect(() => addAdministrator(fixture.directory, name, STAMP)).toThrow(/of small letters/)
  },
)

test('two administrators of one name there are not', () => {
  expect(() => addAdministrator(fixture.directory, 'dana', STAMP)).toThrow(/there is an administrator dana/)
  expect(() => removeAdministrator(fixture.directory, 'nobody')).toThrow(/there is no administrator nobody/)
})

describe('refused with 401', () => {
  test.each<[string, () => Record<string, string | string[]>]>([
    ['nothing', () => ({})],
    ['an empty header', () => ({ authorization: '' })],
    ['an empty token', () => ({ authorization: 'Bearer ' })],
    ['the scheme alone', () => ({ authorization: 'Bearer' })],
    ['another token', () => ({ authorization: `Bearer ${'A'.repeat(43)}` })],
    ['the beginning of the token', () => ({ authorization: `Bearer ${token.slice(0, 42)}` })],
    ['more than the token', () => ({ authorization: `Bearer ${token}A` })],
    ['the token in another scheme', () => ({ authorization: `Basic ${token}` })],
    ['the bare token', () => ({ authorization: token })],
    ['two tokens', () => ({ authorization: [`Bearer ${token}`, `Bearer ${token}`] })],
    ['two tokens in one', () => ({ authorization: `Bearer ${token}, Bearer ${token}` })],
    ['a cookie', () => ({ cookie: `admin-token=${token}; authorization=Bearer ${token}` })],
    ['words of the path', () => ({ authorization: 'Bearer undefined' })],
  ])('%s', async (_, headers) => {
    for (const [method, path] of [
      ['GET', '/admin/v1/projects'],
      ['GET', `/admin/v1/projects?access_token=${token}`],
      ['POST', '/admin/v1/projects'],
      ['GET', '/admin/v1/nothing'],
    ] as const) {
      const { status, type, challenge, body } = await send(method, path, undefined, headers())
      expect([status, type, challenge]).toEqual([
        401,
        'application/problem+json; charset=utf-8',
        'Bearer realm="fyr-node admin"',
      ])
      expect(JSON.stringify(body)).not.toContain(token.slice(0, 20))
    }
  })

  test('everything, when there is no administrator', async () => {
    const stored = readFileSync(filePath(), 'utf8')
    for (const content of [undefined, '{"administrators":[]}']) {
      if (content === undefined) rmSync(filePath())
      else writeFileSync(filePath(), content)
      for (const authorization of ['', 'Bearer', 'Bearer ', 'Bearer undefined', 'Bearer short', `Bearer ${token}`]) {
        expect((await send('GET', '/admin/v1/projects', undefined, { authorization })).status).toBe(401)
      }
      expect((await send('GET', '/admin/v1/projects')).status).toBe(401)
    }
    writeFileSync(filePath(), stored)
  })

  test('the digest in place of the token', async () => {
    const [digest] = /[0-9a-f]{64}/.exec(readFileSync(filePath(), 'utf8'))!
    expect((await send('GET', '/admin/v1/projects', undefined, { authorization: `Bearer ${digest}` })).status).toBe(401)
  })

  test('the token of somebody who was removed, and that which they had before they were added again', async () => {
    const ada = addAdministrator(fixture.directory, 'ada', STAMP)
    const asAda = () => send('GET', '/admin/v1/projects', undefined, { authorization: `Bearer ${ada}` })
    expect((await asAda()).status).toBe(200)
    removeAdministrator(fixture.directory, 'ada')
    expect((await asAda()).status).toBe(401)
    addAdministrator(fixture.directory, 'ada', STAMP)
    expect((await asAda()).status).toBe(401)
    removeAdministrator(fixture.directory, 'ada')
  })
})

test.each(['', '{', '{"administrators":[{"name":"dana"}]}', '[]'])(
  'with a file of administrators that is %j, nobody is let in',
  async (content) => {
    const stored = readFileSync(filePath(), 'utf8')
    writeFileSync(filePath(), content)
    expect(await get('/projects')).toMatchObject({ status: 500, body: { code: 'internal' } })
    writeFileSync(filePath(), stored)
  },
)

test('the public listener knows nothing of it', async () => {
  const { status, body } = await send('GET', '/admin/v1/projects', undefined, authorized(), publicUrl)
  expect(status).toBe(404)
  expect(JSON.stringify(body)).not.toContain('admin')
})

const NEW_PROJECT = {
  id: PROJECT,
  title: 'Blood',
  principalInvestigator: PI,
  ethicsNumber: '2025-01234-01',
  purposes: ['HRESCH'],
  from: '2020-01-01',
  to: '2090-12-31',
}

describe('refused', () => {
  test.each<[string, string, string, string | undefined, Record<string, string>, number, string, RegExp]>([
    [
      'a form',
      'POST',
      '/projects',
      'by=x',
      { 'content-type': 'application/x-www-form-urlencoded' },
      415,
      'unsupported_media_type',
      /json/,
    ],
    ['a text', 'POST', '/projects', '{}', { 'content-type': 'text/plain' }, 415, 'unsupported_media_type', /json/],
    ['no type', 'POST', '/projects', '{}', { 'content-type': '' }, 415, 'unsupported_media_type', /json/],
    [
      'a compressed body',
      'POST',
      '/projects',
      '{}',
      { 'content-encoding': 'gzip' },
      415,
      'unsupported_media_type',
      /uncompressed/,
    ],
    ['broken JSON', 'POST', '/projects', '{"by":', {}, 400, 'invalid_input', /not valid JSON/],
    ['a list', 'POST', '/projects', '[]', {}, 400, 'invalid', /must be a JSON object/],
    ['null', 'POST', '/projects', 'null', {}, 400, 'invalid', /must be a JSON object/],
    ['no body', 'POST', '/projects', undefined, {}, 400, 'invalid', /must be a JSON object|must have/],
    [
      'a name',
      'POST',
      '/projects',
      JSON.stringify({ ...NEW_PROJECT, by: 'erik' }),
      {},
      400,
      'invalid',
      /leave "by" out/,
    ],
    ['an empty name', 'POST', '/pauses', '{"by":"","scope":"network","reason":"x"}', {}, 400, 'invalid', /leave "by"/],
    ['a prototype', 'POST', '/projects', '{"__proto__":{"id":"y"}}', {}, 400, 'invalid', /must have|unknown key/],
    [
      'an unknown key',
      'POST',
      '/projects',
      JSON.stringify({ ...NEW_PROJECT, role: 'x' }),
      {},
      400,
      'invalid',
      /unknown key/,
    ],
    ['a wrong date', 'POST', '/projects', JSON.stringify({ ...NEW_PROJECT, to: 'x' }), {}, 400, 'invalid', /no date/],
    ['a wrong state', 'POST', '/applications/A-1/approve', '{}', {}, 404, 'not_found', /nothing at this/],
    ['no application', 'POST', '/applications/A-9/submit', '{}', {}, 404, 'not_found', /no such appl/],
    ['no reason', 'POST', '/grants/G-1/revoke', '{}', {}, 400, 'invalid', /needs "reason"/],
    ['no proposal', 'POST', '/proposals/P-9/confirm', '{}', {}, 404, 'not_found', /no such proposal/],
    ['no proposal to withdraw', 'POST', '/proposals/G-1/withdraw', '{}', {}, 404, 'not_found', /no such proposal/],
    ['no grant', 'POST', '/grants/G-1/revoke', '{"reason":"y"}', {}, 404, 'not_found', /no such grant/],
    ['no project', 'GET', '/projects/x', undefined, {}, 404, 'not_found', /no such project/],
    ['no address', 'GET', '/x', undefined, {}, 404, 'not_found', /nothing at this/],
    ['a broken address', 'GET', '/projects/%E0%A4%A', undefined, {}, 400, 'invalid_input', /cannot be read/],
    ['another method', 'DELETE', '/projects', undefined, {}, 405, 'method_not_allowed', /GET/],
    ['a preflight', 'OPTIONS', '/projects', undefined, {}, 405, 'method_not_allowed', /GET/],
    [
      'too much',
      'POST',
      '/projects',
      JSON.stringify({ id: 'x'.repeat(3_000_000) }),
      {},
      413,
      'payload_too_large',
      /large/,
    ],
  ])('%s', async (_, method, path, text, headers, status, code, detail) => {
    const answer = await send(method, `/admin/v1${path}`, text, { ...authorized(), ...headers })
    expect(answer).toMatchObject({
      status,
      type: 'application/problem+json; charset=utf-8',
      body: { type: 'about:blank', status, code, detail: expect.stringMatching(detail) },
    })
    expect((await get('/projects')).body).toEqual([])
  })
})

test('from an application over two deciders to a grant, a tag, and its end', async () => {
  const grants = () => rules.grantsOf([{ issuer: BROKER, id: 'u-2' }], PROJECT, new Date())
  expect((await post('/projects', NEW_PROJECT)).status).toBe(201)
  expect((await post('/projects', NEW_PROJECT)).status).toBe(409)
  const project = `/projects/${encodeURIComponent(PROJECT)}`
  expect(await post(`${project}/members`, { iss: BROKER, sub: 'u-2' })).toMatchObject({ status: 201 })
  const tag = { name: TAG, dac: 'D', purposes: ['HRESCH'], highestLevel: 'record', to: '2090-12-31' }
  expect((await post('/tags', tag)).status).toBe(200)
  const asked = { project: PROJECT, wants: [{ tag: TAG, level: 'record' }] }
  const { status, body: application } = await post('/applications', asked)
  expect([status, application.state]).toEqual([201, 'draft'])
  expect((await post(`/applications/${application.id}/submit`, {})).body.state).toBe('submitted')
  const propose = (decision: object, as = token) => post(`/applications/${application.id}/decisions`, { decision }, as)
  const { by: _, ...approval } = APPROVAL
  const { by: __, ...refusal } = REFUSAL
  for (const by of [['A'], ['A', 'B'], ['admin:dana', 'admin:erik']]) {
    const body = { code: 'invalid', detail: expect.stringMatching(/leave by out/) }
    expect(await propose({ ...approval, by })).toMatchObject({ status: 400, body })
  }
  expect((await propose({ ...refusal, reasons: [] })).status).toBe(400)
  const proposed = await propose({ ...approval, ethics: { to: '2080-12-31' } })
  expect(proposed).toMatchObject({
    status: 201,
    body: {
      id: 'P-1',
      application: 'A-1',
      proposed: { by: 'admin:dana' },
      warnings: [expect.stringMatching(/^nobody can be of audience national: node\.yaml has no access/)],
    },
  })
  expect(Object.keys(proposed.body as object)).toEqual(['id', 'application', 'decision', 'proposed', 'warnings'])
  expect(grants()).toEqual([])
  expect((await get('/proposals')).body).toMatchObject([{ id: 'P-1' }])
  expect((await propose(refusal, second)).status).toBe(409)
  // The one who proposed it cannot confirm it, whatever the request says.
  for (const body of [{}, { as: 'erik' }, { name: 'erik' }]) {
    expect(await post('/proposals/P-1/confirm', body)).toMatchObject({ status: 409, body: { code: 'conflict' } })
  }
  expect((await post('/proposals/P-1/confirm', { by: 'erik' })).status).toBe(400)
  expect(grants()).toEqual([])
  const approved = await post('/proposals/P-1/confirm', {}, second)
  expect(approved).toMatchObject({
    status: 201,
    body: { grants: ['G-1'], decision: { id: 'D-1', by: ['admin:dana', 'admin:erik'], added: { by: 'admin:erik' } } },
  })
  expect((await post('/proposals/P-1/confirm', {}, second)).status).toBe(409)
  expect((await propose(approval)).status).toBe(409)
  expect((await get('/proposals')).body).toEqual([])
  expect(grants()).toMatchObject([{ id: 'G-1', level: 'record', scope: { tag: TAG } }])

  const objects = { decision: 'D-1', datasets: ['norr'] }
  expect(await post(`/tags/${TAG}/objects`, objects)).toMatchObject({ status: 200, body: { added: 1 } })
  expect([...rules.tagged(TAG).datasets]).toEqual(['norr'])
  expect((await get(`/tags/${TAG}`)).body.objects).toMatchObject([{ kind: 'dataset', object: 'norr', decision: 'D-1' }])
  const removed = await post(`/tags/${TAG}/objects/remove`, { datasets: ['norr'] })
  expect(removed).toMatchObject({ status: 200, body: { removed: 1 } })
  expect(rules.tagged(TAG).datasets.size).toBe(0)

  expect((await post('/pauses', { scope: 'dataset', name: 'norr', reason: 'mix-up' })).status).toBe(201)
  expect(rules.pauseOf('norr', undefined)).toMatchObject({ reason: 'mix-up' })
  expect((await post('/pauses/resume', { scope: 'dataset', name: 'norr', reason: 'over' })).status).toBe(200)
  expect(rules.pauseOf('norr', undefined)).toBeUndefined()

  expect((await post('/grants/G-1/revoke', { reason: 'misused' })).body.revoked).toMatchObject({
    by: 'admin:dana',
  })
  expect(grants()).toEqual([])
  const shown = (await get(project)).body
  expect(shown.grants).toMatchObject([{ id: 'G-1', revoked: { reason: 'misused' } }])
  expect((await get(`/applications/${application.id}`)).body.decisions).toHaveLength(1)
  const records = readFileSync(join(fixture.directory, 'audit', 'cli.ndjson'), 'utf8')
  for (const secret of [token, second]) expect(records).not.toContain(secret)
  const entries = records
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { principal: string; details: { what: string } })
  const principals = entries.map(({ principal }) => principal)
  expect([principals[5], principals[6]]).toEqual(['admin:dana', 'admin:erik'])
  expect(new Set(principals.filter((_one, index) => index !== 6))).toEqual(new Set(['admin:dana']))
  expect(entries.map(({ details }) => details.what)).toEqual([
    'project.add',
    'member.add',
    'tag.define',
    'application.add',
    'application.move',
    'decision.propose',
    'decision.add',
    'tag.add',
    'tag.remove',
    'pause',
    'resume',
    'grant.revoke',
  ])
})

describe('a proposal', () => {
  const { by: _, ...approval } = APPROVAL
  const decision = { ...approval, ethics: { to: '2080-12-31' } }

  async function propose(): Promise<{ readonly application: string; readonly proposal: string }> {
    const { body } = await post('/applications', { project: PROJECT, wants: [{ tag: TAG, level: 'count' }] })
    const application = body.id as string
    await post(`/applications/${application}/submit`, {})
    const proposed = await post(`/applications/${application}/decisions`, { decision })
    return { application, proposal: proposed.body.id as string }
  }
  const grantsNow = async () => ((await get('/grants')).body as { revoked?: object }[]).filter((one) => !one.revoked)

  test.each<[string, (made: Awaited<ReturnType<typeof propose>>) => Promise<unknown>, RegExp]>([
    [
      'that was withdrawn',
      ({ proposal }) => post(`/proposals/${proposal}/withdraw`, { note: 'a slip' }, second),
      /was withdrawn/,
    ],
    [
      'on an application that came back and asks for more since',
      async ({ application }) => {
        await post(`/applications/${application}/return`, { note: 'why?' })
        await post(`/applications/${application}/wants`, { wants: [{ tag: TAG, level: 'record' }] })
        await post(`/applications/${application}/submit`, {})
      },
      /went on since/,
    ],
    ['on an application that expired', ({ application }) => post(`/applications/${application}/expire`, {}), /went on/],
    [
      'of somebody who is no administrator any more',
      async () => {
        removeAdministrator(fixture.directory, 'dana')
      },
      /who proposed P-\d+, may decide no more/,
    ],
  ])('%s cannot be confirmed', async (_name, change, detail) => {
    const made = await propose()
    await change(made)
    const answer = await post(`/proposals/${made.proposal}/confirm`, {}, second)
    if (!listAdministrators(fixture.directory).some(({ name }) => name === 'dana')) {
      token = addAdministrator(fixture.directory, 'dana', STAMP)
    }
    expect(answer).toMatchObject({ status: 409, body: { code: 'conflict', detail: expect.stringMatching(detail) } })
    expect(await grantsNow()).toEqual([])
  })

  test('that two administrators confirm at once is decided once', async () => {
    const third = addAdministrator(fixture.directory, 'fia', STAMP)
    const { proposal } = await propose()
    const answers = await Promise.all([second, third].map((as) => post(`/proposals/${proposal}/confirm`, {}, as)))
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409])
    expect(await grantsNow()).toHaveLength(1)
  })

  test('of a refusal is a refusal when it is confirmed', async () => {
    const { body } = await post('/applications', { project: PROJECT, wants: [{ tag: TAG, level: 'count' }] })
    await post(`/applications/${body.id}/submit`, {})
    const { by: __, ...refusal } = REFUSAL
    const proposed = await post(`/applications/${body.id}/decisions`, { decision: refusal }, second)
    const confirmed = await post(`/proposals/${proposed.body.id}/confirm`, {})
    expect(confirmed).toMatchObject({ status: 201, body: { grants: [], decision: { outcome: 'reject' } } })
    expect((await get(`/applications/${body.id}`)).body).toMatchObject({
      state: 'rejected',
      proposals: [{ ended: { as: 'confirmed', by: 'admin:dana' } }],
    })
  })
})
