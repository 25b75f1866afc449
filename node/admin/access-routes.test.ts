import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { join } from 'node:path'
import { openAccessRules, type OpenAccessRules } from '../access/register/open-access-rules.js'
import { APPROVAL, BROKER, PI, PROJECT, REFUSAL, TAG } from '../access/testing/register-world.js'
import { createNodeFixture, type NodeFixture } from '../testing/node-fixture.js'
import { makeAdminToken } from './admin-token.js'

let fixture: NodeFixture
let adminUrl: string
let publicUrl: string
let token: string
let rules: OpenAccessRules
const tokenPath = () => join(fixture.directory, 'admin-token')

beforeAll(async () => {
  fixture = createNodeFixture()
  fixture.addDataset('norr', { access: 'controlled' })
  const served = await fixture.serve()
  adminUrl = served.adminUrl
  publicUrl = served.url
  token = readFileSync(tokenPath(), 'utf8').trim()
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

const authorized = () => ({ authorization: `Bearer ${token}`, 'content-type': 'application/json' })
const get = (path: string) => send('GET', `/admin/v1${path}`, undefined, { authorization: `Bearer ${token}` })
const post = (path: string, body: unknown) => send('POST', `/admin/v1${path}`, JSON.stringify(body), authorized())

test('the token is made at the first start, for its owner alone', () => {
  expect(token).toMatch(/^[\w-]{43}$/)
  expect(statSync(tokenPath()).mode & 0o777).toBe(0o600)
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

  test('everything, when there is no token, or an empty one, or the rest of one', async () => {
    for (const content of [undefined, '', '\n', 'short']) {
      if (content === undefined) rmSync(tokenPath())
      else writeFileSync(tokenPath(), content)
      for (const authorization of ['', 'Bearer', 'Bearer ', 'Bearer undefined', 'Bearer short', `Bearer ${token}`]) {
        expect((await send('GET', '/admin/v1/projects', undefined, { authorization })).status).toBe(401)
      }
      expect((await send('GET', '/admin/v1/projects')).status).toBe(401)
    }
    writeFileSync(tokenPath(), token)
  })

  test('the old token, as soon as there is a new one', async () => {
    expect(makeAdminToken(fixture.directory)).toBe(false)
    expect(makeAdminToken(fixture.directory, true)).toBe(true)
    expect((await get('/projects')).status).toBe(401)
    token = readFileSync(tokenPath(), 'utf8').trim()
    expect((await get('/projects')).status).toBe(200)
  })
})

test('the public listener knows nothing of it', async () => {
  const { status, body } = await send('GET', '/admin/v1/projects', undefined, authorized(), publicUrl)
  expect(status).toBe(404)
  expect(JSON.stringify(body)).not.toContain('admin')
})

const NEW_PROJECT = {
  by: 'admin',
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
    ['no body', 'POST', '/projects', undefined, {}, 400, 'invalid', /must be a JSON object|needs "by"/],
    ['nobody', 'POST', '/projects', '{}', {}, 400, 'invalid', /needs "by"/],
    ['an empty name', 'POST', '/projects', JSON.stringify({ ...NEW_PROJECT, by: '' }), {}, 400, 'invalid', /by: it/],
    [
      'a prototype',
      'POST',
      '/projects',
      '{"by":"x","__proto__":{"id":"y"}}',
      {},
      400,
      'invalid',
      /must have|unknown key/,
    ],
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
    ['a wrong state', 'POST', '/applications/A-1/approve', '{"by":"x"}', {}, 404, 'not_found', /nothing at this/],
    ['no application', 'POST', '/applications/A-9/submit', '{"by":"x"}', {}, 404, 'not_found', /no such appl/],
    ['no reason', 'POST', '/grants/G-1/revoke', '{"by":"x"}', {}, 400, 'invalid', /needs "reason"/],
    ['no grant', 'POST', '/grants/G-1/revoke', '{"by":"x","reason":"y"}', {}, 404, 'not_found', /no such grant/],
    ['no project', 'GET', '/projects/x', undefined, {}, 404, 'not_found', /no such project/],
    ['no address', 'GET', '/x', undefined, {}, 404, 'not_found', /nothing at this/],
    ['a broken address', 'GET', '/projects/%E0%A4%A', undefined, {}, 400, 'invalid_input', /cannot be read/],
    ['another method', 'DELETE', '/projects', undefined, {}, 405, 'method_not_allowed', /GET/],
    ['a preflight', 'OPTIONS', '/projects', undefined, {}, 405, 'method_not_allowed', /GET/],
    [
      'too much',
      'POST',
      '/projects',
      JSON.stringify({ by: 'x'.repeat(3_000_000) }),
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
  expect(await post(`${project}/members`, { by: 'admin', iss: BROKER, sub: 'u-2' })).toMatchObject({ status: 201 })
  const tag = { by: 'admin', name: TAG, dac: 'D', purposes: ['HRESCH'], highestLevel: 'record', to: '2090-12-31' }
  expect((await post('/tags', tag)).status).toBe(200)
  const asked = { by: 'admin', project: PROJECT, wants: [{ tag: TAG, level: 'record' }] }
  const { status, body: application } = await post('/applications', asked)
  expect([status, application.state]).toEqual([201, 'draft'])
  expect((await post(`/applications/${application.id}/submit`, { by: 'admin' })).body.state).toBe('submitted')
  const decide = (decision: object) => post(`/applications/${application.id}/decisions`, { by: 'registrar', decision })
  for (const by of [['A'], ['A', 'a'], ['A', 'u-2']]) {
    expect(await decide({ ...APPROVAL, by })).toMatchObject({ status: 400, body: { code: 'invalid' } })
  }
  expect((await decide({ ...REFUSAL, reasons: [] })).status).toBe(400)
  expect(grants()).toEqual([])
  const approved = await decide({ ...APPROVAL, ethics: { to: '2080-12-31' } })
  expect(approved).toMatchObject({
    status: 201,
    body: { grants: ['G-1'], decision: { id: 'D-1', added: { by: 'registrar' } } },
  })
  expect((await decide(APPROVAL)).status).toBe(409)
  expect(grants()).toMatchObject([{ id: 'G-1', level: 'record', scope: { tag: TAG } }])

  const objects = { by: 'admin', decision: 'D-1', datasets: ['norr'] }
  expect(await post(`/tags/${TAG}/objects`, objects)).toMatchObject({ status: 200, body: { added: 1 } })
  expect([...rules.tagged(TAG).datasets]).toEqual(['norr'])
  expect((await get(`/tags/${TAG}`)).body.objects).toMatchObject([{ kind: 'dataset', object: 'norr', decision: 'D-1' }])
  const removed = await post(`/tags/${TAG}/objects/remove`, { by: 'admin', datasets: ['norr'] })
  expect(removed).toMatchObject({ status: 200, body: { removed: 1 } })
  expect(rules.tagged(TAG).datasets.size).toBe(0)

  expect((await post('/pauses', { by: 'admin', scope: 'dataset', name: 'norr', reason: 'mix-up' })).status).toBe(201)
  expect(rules.pauseOf('norr', undefined)).toMatchObject({ reason: 'mix-up' })
  expect((await post('/pauses/resume', { by: 'a', scope: 'dataset', name: 'norr', reason: 'over' })).status).toBe(200)
  expect(rules.pauseOf('norr', undefined)).toBeUndefined()

  expect((await post('/grants/G-1/revoke', { by: 'admin', reason: 'misused' })).body.revoked).toMatchObject({
    by: 'admin',
  })
  expect(grants()).toEqual([])
  const shown = (await get(project)).body
  expect(shown.grants).toMatchObject([{ id: 'G-1', revoked: { reason: 'misused' } }])
  expect((await get(`/applications/${application.id}`)).body.decisions).toHaveLength(1)
  const records = readFileSync(join(fixture.directory, 'audit', 'cli.ndjson'), 'utf8')
  expect(records).not.toContain(token)
  expect(
    records
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { details: { what: string } }).details.what),
  ).toEqual([
    'project.add',
    'member.add',
    'tag.define',
    'application.add',
    'application.move',
    'decision.add',
    'tag.add',
    'tag.remove',
    'pause',
    'resume',
    'grant.revoke',
  ])
})
