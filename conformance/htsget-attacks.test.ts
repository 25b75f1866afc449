// Over 300 lines: the table of attacks, which is read as a whole.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { setTimeout as wait } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import {
  CAPABILITY,
  createAttacker,
  type Attacker,
  type Block,
  type Headers,
  type Received,
  type Sent,
} from './htsget/testing/attacker.js'
import { POSITIONS, startAttackedNode, startFileServer, type AttackedNode } from './htsget/testing/attacked-node.js'
import { mustRun } from './support/processes.js'
import { describeWithTools } from './support/tools.js'

const MINUTE = 60_000
const API = '/htsget/v1'
const COHORT = `${API}/variants/open/cohort`
const READS = `${API}/reads/open/reads`
const KEPT = `${API}/variants/kept/cohort`
const KEPT_READS = `${API}/reads/kept/reads`
const JSON_BODY = { 'content-type': 'application/json' }

let node: AttackedNode
let attacker: Attacker
/** Asks the other node. */
let elsewhere: Attacker

const outcome = ({ status, error }: Received) => [status, error]

function positionsIn(text: string): readonly string[] {
  const rows = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return rows.map((line) => line.split('\t').slice(0, 2).join(':'))
}

describeWithTools(['bgzip', 'samtools'], 'htsget: the attacks of the table', () => {
  /** With the times at which it was had. */
  let shortLived: Block
  let member: Headers

  beforeAll(async () => {
    node = await startAttackedNode()
    attacker = createAttacker(node.service.url)
    elsewhere = createAttacker(node.other.url)
    member = await node.memberHeaders()
    shortLived = await attacker.block(`${KEPT}?referenceName=1&start=600&end=1100`, await node.memberHeaders(3))
  }, MINUTE)
  afterAll(async () => {
    attacker?.close()
    elsewhere?.close()
    await node?.stop()
  })

  test('what nobody attacks is answered', async () => {
    expect(positionsIn(await attacker.text(`${COHORT}?referenceName=1`))).toEqual(POSITIONS.map((at) => `1:${at}`))
    expect(positionsIn(await attacker.text(`${KEPT}?referenceName=1&start=500&end=1500`, member))).toEqual([
      '1:1000',
      '1:1400',
    ])
    expect(outcome(await attacker.send(KEPT))).toEqual([401, 'InvalidAuthentication'])
  })

  describe('H1', () => {
    test.each<[string, string, number, string | undefined]>([
      ['..', '..', 404, 'NotFound'],
      ['.. upwards', '../../../etc/passwd', 404, 'NotFound'],
      ['.. within', 'open/../open/cohort', 404, 'NotFound'],
      ['%2e%2e%2f', '%2e%2e%2f%2e%2e%2fetc%2fpasswd', 404, 'NotFound'],
      ['%2e%2e/', '%2e%2e/%2e%2e/etc/passwd', 404, 'NotFound'],
      ['..%5c', '..%5c..%5cwindows', 404, 'NotFound'],
      ['\\', 'open\\cohort', 404, 'NotFound'],
      ['NUL', 'open/cohort%00', 404, 'NotFound'],
      ['NUL before an ending', 'open/cohort%00.bam', 404, 'NotFound'],
      ['absolute', '/etc/passwd', 404, 'NotFound'],
      ['absolute, encoded', '%2fetc%2fpasswd', 404, 'NotFound'],
      ['file:', 'file:%2f%2f%2fetc%2fpasswd', 404, 'NotFound'],
      ['file:, plain', 'file:///etc/passwd', 404, 'NotFound'],
      ['http:', 'http:%2f%2f169.254.169.254%2f', 404, 'NotFound'],
      ['http:, plain', 'http://169.254.169.254/', 404, 'NotFound'],
      ['double-encoded', '%252e%252e%252fetc%252fpasswd', 404, 'NotFound'],
      ['double-encoded, of a file', 'open%252fcohort', 404, 'NotFound'],
      ['200 characters', 'x'.repeat(200), 404, 'NotFound'],
      ['8,000 characters', 'x'.repeat(8_000), 404, 'NotFound'],
      ['bad UTF-8', '%ff%fe', 400, 'InvalidInput'],
      ['overlong UTF-8', '%c0%ae%c0%ae%c0%af', 400, 'InvalidInput'],
      ['half a code', '%E0%A4%A', 400, 'InvalidInput'],
      ['bytes beside ASCII', '\u00ff\u00fe', 400, undefined],
      ['line ends', 'open%0d%0a{"level":50}', 404, 'NotFound'],
      ['a name of JavaScript', '__proto__', 404, 'NotFound'],
      ['a pattern of SQL', 'open/%25', 404, 'NotFound'],
      ['other case', 'OPEN/cohort', 404, 'NotFound'],
    ])('an id of %s is looked up and not found', async (_name, id, status, error) => {
      const post = { method: 'POST', headers: JSON_BODY, body: '{}' }
      const targets = [`${API}/variants/${id}`, `${API}/reads/${id}`]
      const sent = targets.flatMap((target) => [attacker.send(target), attacker.send(target, post)])
      for (const answer of await Promise.all(sent)) expect(outcome(answer)).toEqual([status, error])
    })
  })

  describe('H2', () => {
    const edit = (change: (said: Record<string, unknown>) => object) => (token: string) => {
      const [key, payload, mac] = token.split('.')
      const said = JSON.parse(Buffer.from(payload!, 'base64url').toString()) as Record<string, unknown>
      return [key, Buffer.from(JSON.stringify(change(said))).toString('base64url'), mac].join('.')
    }
    const ofOther = async () => (await elsewhere.block(`${COHORT}?referenceName=1`)).token
    const swap = (text: string, at: number) => text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1)

    test.each<[string, (token: string) => string | Promise<string>]>([
      ['a changed field: the file', edit((said) => ({ ...said, id: 'kept/cohort' }))],
      ['a changed field: the regions', edit(({ reg: _, ...said }) => said)],
      ['a changed field: the end', edit((said) => ({ ...said, exp: 9_999_999_999 }))],
      ['a changed field: the node', edit((said) => ({ ...said, aud: 'se.fyr.other' }))],
      ['a changed field: one more', edit((said) => ({ ...said, more: 1 }))],
      ['fields in another order', edit((said) => Object.fromEntries(Object.entries(said).reverse()))],
      ['another kid', (token) => token.replace(/^[^.]+/, 'AAAAAAAA')],
      ['the kid of another server', async (token) => token.replace(/^[^.]+/, (await ofOther()).split('.')[0]!)],
      ['another server', ofOther],
      ['another server, under the kid of this one', async (token) => (await ofOther()).replace(/^[^.]+/, token.split('.')[0]!)], // prettier-ignore
      ['a base64 variant: padded', (token) => `${token}=`],
      ['a base64 variant: the other alphabet', (token) => token.replace(/[^.]+$/, (mac) => `+/${mac.slice(2)}`)],
      ['a base64 variant: other unused bits', (token) => `${token.slice(0, -1)}${nextUnused(token.at(-1)!)}`],
      ['a base64 variant: a blank', (token) => token.replace('.', '. ')],
      ['a truncated MAC', (token) => token.slice(0, -1)],
      ['a MAC of half the length', (token) => token.slice(0, -21)],
      ['no MAC', (token) => token.replace(/[^.]+$/, '')],
      ['a changed MAC', (token) => swap(token, token.length - 5)],
      ['a MAC of zeros', (token) => token.replace(/[^.]+$/, 'A'.repeat(43))],
      ['two of them', (token) => `${token}, ${token}`],
      ['nothing', () => ''],
    ])('%s opens nothing', async (_name, abuse) => {
      const { target, token } = await attacker.block(`${COHORT}?referenceName=1&start=900&end=1100`)
      const changed = await abuse(token)
      expect(changed).not.toBe(token)
      const refused = await attacker.send(target, { headers: { [CAPABILITY]: changed } })
      expect(outcome(refused)).toEqual([401, 'InvalidAuthentication'])
      expect(refused.headers['www-authenticate']).toBe('Fyr-Capability')
    })

    test('the capability of another ticket of the same caller opens nothing', async () => {
      const [one, two] = [
        await attacker.block(`${COHORT}?referenceName=1`),
        await attacker.block(`${READS}?referenceName=1`),
      ]
      expect(outcome(await attacker.send(one.target, { headers: two.headers }))).toEqual([403, 'PermissionDenied'])
      const header = one.target.replace(/body$/, 'header')
      expect(outcome(await attacker.send(header, { headers: one.headers }))).toEqual([403, 'PermissionDenied'])
    })

    test('expired: a capability ends with the Passport that it was asked for with', async () => {
      let last: Received
      const began = performance.now()
      for (;;) {
        last = await attacker.send(shortLived.target, { headers: shortLived.headers })
        if (last.status !== 200 || performance.now() - began > 10_000) break
        await wait(100)
      }
      expect(outcome(last)).toEqual([401, 'InvalidAuthentication'])
      expect(last.body.toString()).toContain('has expired')
    })
  })

  describe('H3', () => {
    test.each<[string, (size: number) => string, number, string | undefined, (whole: Buffer) => Buffer | undefined]>([
      ['from the end on', (size) => `bytes=${size}-`, 416, 'InvalidRange', () => undefined],
      ['far behind the end', () => 'bytes=999999999-9999999999', 416, 'InvalidRange', () => undefined],
      ['over the end', (size) => `bytes=${size - 1}-${size + 99}`, 206, undefined, (whole) => whole.subarray(-1)],
      ['all of it and more', () => 'bytes=0-99999999', 206, undefined, (whole) => whole],
      ['multi-range', () => 'bytes=0-1,3-4', 200, undefined, (whole) => whole],
      ['multi-range over the end', (size) => `bytes=0-1,${size}-${size + 99}`, 200, undefined, (whole) => whole],
      ['suffix', () => 'bytes=-4', 206, undefined, (whole) => whole.subarray(-4)],
      ['a suffix that is longer than all', () => 'bytes=-99999999', 206, undefined, (whole) => whole],
      ['a suffix of nothing', () => 'bytes=-0', 416, 'InvalidRange', () => undefined],
      ['negative', () => 'bytes=-1-4', 200, undefined, (whole) => whole],
      ['a number beyond numbers', () => `bytes=${'9'.repeat(400)}-`, 416, 'InvalidRange', () => undefined],
    ])('a Range of %s gives nothing beside the ticket’s bytes', async (_name, toRange, status, error, toExpected) => {
      const { target, headers } = await attacker.block(`${COHORT}?referenceName=1&start=900&end=1100`)
      const { body: whole } = await attacker.send(target, { headers })
      expect(positionsIn(gunzipSync(whole).toString())).toEqual(['1:1000'])
      const answer = await attacker.send(target, { headers: { ...headers, range: toRange(whole.length) } })
      expect(outcome(answer)).toEqual([status, error])
      const expected = toExpected(whole)
      if (expected) expect(answer.body.equals(expected)).toBe(true)
      else expect(answer.headers['content-range']).toBe(`bytes */${whole.length}`)
    })
  })

  describe('H4', () => {
    const at = (start: number, end: number, referenceName = '1') => ({ referenceName, start, end })
    test.each<[string, string, string | object, number, string]>([
      ['a start that is wider', KEPT, '?referenceName=1&start=499&end=1500', 403, 'PermissionDenied'],
      ['an end that is wider', KEPT, '?referenceName=1&start=500&end=1501', 403, 'PermissionDenied'],
      ['no start', KEPT, '?referenceName=1&end=1500', 403, 'PermissionDenied'],
      ['no end', KEPT, '?referenceName=1&start=500', 403, 'PermissionDenied'],
      ['the largest end', KEPT, '?referenceName=1&start=500&end=4294967295', 403, 'PermissionDenied'],
      ['an end that is too large', KEPT, '?referenceName=1&start=500&end=4294967796', 400, 'InvalidInput'],
      ['another referenceName', KEPT, '?referenceName=2&start=500&end=1500', 403, 'PermissionDenied'],
      ['another spelling of it', KEPT, '?referenceName=chr1&start=500&end=1500', 404, 'NotFound'],
      ['referenceName twice', KEPT, '?referenceName=1&referenceName=2&start=500&end=1500', 400, 'InvalidInput'],
      ['*', KEPT, '?referenceName=*', 400, 'InvalidInput'],
      ['* of reads', KEPT_READS, '?referenceName=*', 403, 'PermissionDenied'],
      ['no referenceName', KEPT, '', 403, 'PermissionDenied'],
      ['no referenceName, of reads', KEPT_READS, '', 403, 'PermissionDenied'],
      ['no referenceName, but bases', KEPT, '?start=500&end=1500', 400, 'InvalidInput'],
      ['a POST without regions', KEPT, {}, 403, 'PermissionDenied'],
      ['a POST with one forbidden region', KEPT, { regions: [at(600, 700), at(500, 1_501)] }, 403, 'PermissionDenied'],
      [
        'a POST with one region elsewhere',
        KEPT,
        { regions: [at(600, 700), at(600, 700, '2')] },
        403,
        'PermissionDenied',
      ],
      ['a POST with one region without an end', KEPT, { regions: [at(600, 700), { referenceName: '1', start: 600 }] }, 403, 'PermissionDenied'], // prettier-ignore
      ['a POST with one that is only *', KEPT_READS, { regions: [at(600, 700), { referenceName: '*' }] }, 403, 'PermissionDenied'], // prettier-ignore
    ])('%s is not given', async (_name, path, asked, status, error) => {
      const answer =
        typeof asked === 'string'
          ? await attacker.send(path + asked, { headers: member })
          : await attacker.send(path, {
              method: 'POST',
              headers: { ...member, ...JSON_BODY },
              body: JSON.stringify(asked),
            })
      expect(outcome(answer)).toEqual([status, error])
    })

    test('parameters on the address of a block widen nothing', async () => {
      const { target, headers } = await attacker.block(`${KEPT}?referenceName=1&start=900&end=1100`, member)
      const { body } = await attacker.send(target, { headers })
      const wider = await attacker.send(`${target}?referenceName=2&start=0&end=9999&format=VCFTEXT&class=header`, {
        headers,
      })
      expect([wider.status, wider.body.equals(body)]).toEqual([200, true])
      expect(positionsIn(gunzipSync(body).toString())).toEqual(['1:1000'])
    })
  })

  describe('H5', () => {
    test('the token of the API is refused where the blocks are, and a capability where the tickets are', async () => {
      const { target, headers, token } = await attacker.block(`${KEPT}?referenceName=1&start=900&end=1100`, member)
      for (const wrong of [member, { authorization: `Bearer ${token}` }, { authorization: token }]) {
        const answer = await attacker.send(target, { headers: wrong })
        expect(outcome(answer)).toEqual([401, 'InvalidAuthentication'])
        expect(answer.headers['www-authenticate']).toBe('Fyr-Capability')
      }
      expect(outcome(await attacker.send(`${target}?${CAPABILITY}=${token}`))).toEqual([401, 'InvalidAuthentication'])
      const kept = `${KEPT}?referenceName=1&start=900&end=1100`
      expect(outcome(await attacker.send(kept, { headers }))).toEqual([401, 'InvalidAuthentication'])
      const asBearer = { ...member, authorization: `Bearer ${token}` }
      expect(outcome(await attacker.send(kept, { headers: asBearer }))).toEqual([401, 'InvalidAuthentication'])
    })
  })

  describe('H6', () => {
    test('the column of somebody who withdrew is absent, and a ticket from before is void', async () => {
      const apart = `${API}/variants/open/apart?referenceName=1`
      const columns = (text: string) => /FORMAT\t(.*)\n/.exec(text)![1]!.split('\t')
      const before = await attacker.block(apart)
      const [cilla, david] = columns(await attacker.text(apart))
      const said = ['--kind', 'research_consent', '--effect', 'deny', '--source', 'form 1']
      await mustRun('node/main.js', 'consent', 'set', node.home, 'cilla', ...said)
      const text = await attacker.text(apart)
      expect(columns(text)).toEqual([david])
      expect(text).not.toContain(cilla)
      expect(text.match(/^1\t100\t.*$/m)![0].split('\t')).toHaveLength(10)
      expect(outcome(await attacker.send(before.target, { headers: before.headers }))).toEqual([404, 'NotFound'])
    })
  })

  describe('H7', () => {
    const origin = 'https://evil.example'
    test('an origin is reflected, without credentials, and a cookie is nothing', async () => {
      const { target, headers } = await attacker.block(`${COHORT}?referenceName=1`)
      const rows: readonly (readonly [string, Headers, number])[] = [
        [COHORT, {}, 200],
        [`${COHORT}x`, {}, 404],
        [KEPT, { cookie: `${CAPABILITY}=x; session=${member['authorization']}` }, 401],
        [target, headers, 200],
        [target, { cookie: `${CAPABILITY}=${headers[CAPABILITY]}` }, 401],
      ]
      for (const [path, own, status] of rows) {
        const answer = await attacker.send(path, { headers: { ...own, origin } })
        expect(answer.status).toBe(status)
        expect(answer.headers['access-control-allow-origin']).toBe(origin)
        expect(answer.headers['vary']).toBe('origin')
        expect(answer.headers).not.toHaveProperty('access-control-allow-credentials')
        expect(answer.headers).not.toHaveProperty('set-cookie')
        const without = await attacker.send(path, { headers: own })
        expect(without.headers).not.toHaveProperty('access-control-allow-origin')
      }
    })

    test('a preflight lets headers in, and no credentials', async () => {
      const wanted = { 'access-control-request-method': 'GET', 'access-control-request-headers': CAPABILITY }
      const { target } = await attacker.block(`${COHORT}?referenceName=1`)
      for (const path of [COHORT, KEPT, target]) {
        const answer = await attacker.send(path, { method: 'OPTIONS', headers: { origin, ...wanted } })
        expect(outcome(answer)).toEqual([204, undefined])
        expect(answer.headers['access-control-allow-origin']).toBe(origin)
        expect(answer.headers).not.toHaveProperty('access-control-allow-credentials')
      }
    })
  })

  describe('H8', () => {
    test.each([
      ['referenceName', 'referenceName=1'],
      ['referenceName, start and end', 'referenceName=1&start=1&end=2'],
      ['start alone', 'start=1'],
      ['fields', 'fields=QNAME'],
      ['tags', 'tags=NM'],
      ['no tags', 'tags='],
      ['notags', 'notags=MD'],
    ])('class=header with %s is refused', async (_name, query) => {
      for (const path of [COHORT, READS]) {
        expect(outcome(await attacker.send(`${path}?class=header&${query}`))).toEqual([400, 'InvalidInput'])
      }
    })

    test.each<[string, object]>([
      ['regions', { class: 'header', regions: [{ referenceName: '1' }] }],
      ['fields', { class: 'header', fields: ['QNAME'] }],
      ['another class', { class: 'body' }],
    ])('a POST for the header with %s is refused', async (_name, body) => {
      const sent = { method: 'POST', headers: JSON_BODY, body: JSON.stringify(body) }
      expect(outcome(await attacker.send(READS, sent))).toEqual([400, 'InvalidInput'])
    })
  })

  describe('H9', () => {
    const TICKET_ROWS: readonly (readonly [string, string, number, string | undefined, Sent?])[] = [
      ['a slash at the end', `${COHORT}/`, 404, 'NotFound'],
      ['two slashes before', `/${COHORT}`, 404, 'Beacon 404'],
      ['two slashes and a host before', `//evil.example${COHORT}`, 404, 'Beacon 404'],
      ['two slashes within the API', COHORT.replace('/v1', '//v1'), 404, 'Beacon 404'],
      ['two slashes within the id', COHORT.replace('open/', 'open//'), 404, 'NotFound'],
      ['a point', COHORT.replace('open/', './open/'), 404, 'NotFound'],
      ['no id', `${API}/variants`, 404, 'NotFound'],
      ['no id and a slash', `${API}/variants/`, 404, 'NotFound'],
      ['the API itself', API, 404, 'NotFound'],
      ['the API itself and a slash', `${API}/`, 404, 'NotFound'],
      ['no data', `${API}/data`, 404, 'NotFound'],
      ['HEAD', COHORT, 200, undefined, { method: 'HEAD' }],
      ['HEAD of nothing', `${COHORT}x`, 404, undefined, { method: 'HEAD' }],
      ['the form of a proxy', `http://evil.example${COHORT}`, 200, undefined],
      ['the form of a proxy, TLS', `https://evil.example:1${COHORT}`, 200, undefined],
      ['another host', COHORT, 200, undefined, { headers: { host: 'evil.example' } }],
      ['a host with a path', COHORT, 200, undefined, { headers: { host: 'evil.example/x' } }],
      ['a forwarded host', COHORT, 200, undefined, { headers: { 'x-forwarded-host': 'evil.example', forwarded: 'host=evil.example', 'x-forwarded-proto': 'https', 'x-original-url': '/evil' } }], // prettier-ignore
      ['a plain method', COHORT, 405, 'MethodNotAllowed', { method: 'PUT' }],
    ]
    test.each(TICKET_ROWS.map((row) => ({ row, name: row[0] })))(
      'of tickets, no answer is a redirect: $name',
      async ({ row }) => {
        const [, target, status, error, sent] = row
        const answer = await attacker.send(target, sent)
        expect(outcome(answer)).toEqual([status, error])
        if (sent?.method !== 'HEAD' && status === 200) {
          for (const { url } of attacker.urlsOf(answer)) expect(url).toMatch(/^data:|^http:\/\/127\.0\.0\.1:/)
        }
      },
    )

    const BLOCK_ROWS: readonly (readonly [string, (target: string) => string, number, string | undefined, Sent?])[] = [
      ['as it is', (target) => target, 200, undefined],
      ['a slash at the end', (target) => `${target}/`, 200, undefined],
      ['two slashes before', (target) => `/${target}`, 404, 'Beacon 404'],
      ['two slashes and a host before', (target) => `//evil.example${target}`, 404, 'Beacon 404'],
      ['two slashes within', (target) => target.replace('/data/', '/data//'), 404, 'NotFound'],
      ['two slashes before the part', (target) => target.replace(/\/body$/, '//body'), 404, 'NotFound'],
      ['no part', (target) => target.replace(/\/body$/, ''), 404, 'NotFound'],
      ['more parts', (target) => `${target}/body`, 404, 'NotFound'],
      ['..', (target) => `${target}/../body`, 404, 'NotFound'],
      ['an address as its ticket', () => `${API}/data/http:%2f%2fevil.example%2f/body`, 403, 'PermissionDenied'],
      ['an address as its part', (target) => target.replace(/body$/, '%2f%2fevil.example'), 403, 'PermissionDenied'],
      ['an address to go to', (target) => `${target}?url=http://evil.example/&redirect=//evil.example`, 200, undefined],
      ['HEAD', (target) => target, 200, undefined, { method: 'HEAD' }],
      ['HEAD of nothing', (target) => `${target}x`, 403, undefined, { method: 'HEAD' }],
      ['the form of a proxy', (target) => `http://evil.example${target}`, 200, undefined],
      ['another host', (target) => target, 200, undefined, { headers: { host: 'evil.example' } }],
      ['a forwarded host', (target) => target, 200, undefined, { headers: { 'x-forwarded-host': 'evil.example' } }],
      ['a plain method', (target) => target, 405, 'MethodNotAllowed', { method: 'POST' }],
    ]
    test.each(BLOCK_ROWS.map((row) => ({ row, name: row[0] })))(
      'of blocks, no answer is a redirect: $name',
      async ({ row }) => {
        const [, abuse, status, error, sent] = row
        for (const path of [`${COHORT}?referenceName=1`, READS]) {
          const { target, headers } = await attacker.block(path)
          const answer = await attacker.send(abuse(target), { ...sent, headers: { ...headers, ...sent?.headers } })
          expect(outcome(answer)).toEqual([status, error])
        }
      },
    )

    test.each([301, 302, 303, 307, 308])(
      'a store that answers %d is not followed to another, nor passed on',
      async (status) => {
        const other = await startFileServer()
        for (const [path, content] of node.storage.files) other.files.set(path, content)
        const far = await attacker.block(`${API}/reads/open/far?referenceName=1`)
        node.storage.redirect = { status, location: `${other.url}/far.bam` }
        try {
          // What is known of one of them is its header and index; of the other nothing was read yet.
          const block = await attacker.send(far.target, { headers: far.headers })
          const ticket = await attacker.send(`${API}/reads/open/away?referenceName=1`)
          for (const answer of [block, ticket]) {
            expect(outcome(answer)).toEqual([500, 'InternalServerError'])
            expect(answer.body.toString()).not.toContain(new URL(other.url).port)
          }
          expect(other.asked).toEqual([])
        } finally {
          node.storage.redirect = undefined
          other.close()
        }
      },
    )

    test('a store that redirects to another of its own addresses is followed, and the caller sees nothing of it', async () => {
      const far = await attacker.block(`${API}/reads/open/far?referenceName=1`)
      const { body } = await attacker.send(far.target, { headers: far.headers })
      node.storage.files.set('/moved.bam', node.storage.files.get('/far.bam')!)
      node.storage.redirect = { status: 302, location: '/moved.bam' }
      try {
        const answer = await attacker.send(far.target, { headers: far.headers })
        expect([answer.status, answer.body.equals(body)]).toEqual([200, true])
      } finally {
        node.storage.redirect = undefined
      }
    })
  })

  test('H9 of all that was ever answered here, nothing is a redirect', () => {
    const redirects = attacker.answers.filter(
      ({ received: { status, headers } }) =>
        (status >= 300 && status < 400) || ['location', 'refresh', 'content-location'].some((name) => name in headers),
    )
    expect(redirects.map(({ sent }) => sent)).toEqual([])
    expect(attacker.answers.length).toBeGreaterThan(300)
  })

  test('H10 no capability, nor a part of one, stands in the log, the audit log or the metrics', async () => {
    const text = await node.writings()
    // What is searched is what was written: requests stand in all three.
    expect(text).toMatch(/"route":"\/htsget\/v1\/data\/:ticket\/:part"/)
    expect(text).toMatch(/"event":"block.read"/)
    expect(text).toMatch(/fyr_http_requests_total\{route="\/htsget\/v1\/data/)
    expect(attacker.secrets.size).toBeGreaterThan(40)
    const parts = [...attacker.secrets].flatMap((token) => [token, ...token.split('.').slice(1)])
    expect(parts.filter((part) => text.includes(part))).toEqual([])
    expect(text).not.toContain(member['authorization']!.replace('Bearer ', ''))
    expect(text).not.toContain(member['authorization']!.split('.').at(-1))
  })
})

/** The character of base64url that differs from another in its two lowest bits, which a MAC of 32 bytes does not use. */
function nextUnused(character: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  return alphabet[alphabet.indexOf(character) ^ 1]!
}
