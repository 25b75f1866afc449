import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { gunzipSync } from 'node:zlib'
import { COHORT_SITES, createCohortFixture, positionsIn } from './testing/cohort-fixture.js'
import type { HtsgetFixture } from './testing/htsget-fixture.js'
import { createMemoryVcf } from './testing/memory-vcf.js'
import { keyHeader, READER } from './testing/rights-fixture.js'
import { fetchTicket, fetchTicketData, send, toDocument } from './testing/ticket-client.js'

let fixture: HtsgetFixture
beforeAll(async () => {
  fixture = await createCohortFixture()
})
afterAll(() => fixture.close())

describe('refusals', () => {
  test.each<[string, string, string, number, string]>([
    // What cannot be read.
    ['GET', '/variants/pseudo/cohort?format=BAM', '', 400, 'UnsupportedFormat'],
    ['GET', '/variants/pseudo/cohort?format=BCF', '', 400, 'UnsupportedFormat'],
    ['GET', '/reads/pseudo/cohort?format=VCF', '', 400, 'UnsupportedFormat'],
    ['GET', '/variants/pseudo/cohort?class=body', '', 400, 'InvalidInput'],
    ['GET', '/variants/pseudo/cohort?class=header&referenceName=chr1', '', 400, 'InvalidInput'],
    ['GET', '/variants/pseudo/cohort?class=header&tags=', '', 400, 'InvalidInput'],
    ['GET', '/variants/pseudo/cohort?start=1&end=2', '', 400, 'InvalidInput'],
    ['GET', '/variants/pseudo/cohort?referenceName=', '', 400, 'InvalidInput'],
    ['GET', '/variants/pseudo/cohort?referenceName=*', '', 400, 'InvalidInput'],
    ['GET', '/reads/pseudo/cohort?referenceName=*&start=1', '', 400, 'InvalidInput'],
    ['GET', '/variants/pseudo/cohort?referenceName=chr1&start=-1', '', 400, 'InvalidInput'],
    ['GET', '/variants/pseudo/cohort?referenceName=chr1&start=1.5', '', 400, 'InvalidInput'],
    ['GET', '/variants/pseudo/cohort?referenceName=chr1&start=', '', 400, 'InvalidInput'],
    ['GET', '/variants/pseudo/cohort?referenceName=chr1&start=0x1', '', 400, 'InvalidInput'],
    ['GET', '/variants/pseudo/cohort?referenceName=chr1&end=4294967296', '', 400, 'InvalidInput'],
    ['GET', '/variants/pseudo/cohort?referenceName=chr1&start=20&end=10', '', 400, 'InvalidRange'],
    ['GET', '/variants/pseudo/cohort?referenceName=chr1&referenceName=chr2', '', 400, 'InvalidInput'],
    ['GET', '/reads/pseudo/cohort?fields=QNAME,NOPE', '', 400, 'InvalidInput'],
    ['GET', '/reads/pseudo/cohort?fields=', '', 400, 'InvalidInput'],
    ['GET', '/reads/pseudo/cohort?tags=NM,MD&notags=MD', '', 400, 'InvalidInput'],
    ['GET', '/reads/pseudo/cohort?tags=NOPE', '', 400, 'InvalidInput'],
    ['GET', '/variants/pseudo/cohort?encryptionScheme=rot13', '', 400, 'InvalidInput'],
    ['POST', '/variants/pseudo/cohort', '{"regions":[]}', 400, 'InvalidInput'],
    ['POST', '/variants/pseudo/cohort', '{"regions":{}}', 400, 'InvalidInput'],
    ['POST', '/variants/pseudo/cohort', '{"regions":[{"start":1}]}', 400, 'InvalidInput'],
    ['POST', '/variants/pseudo/cohort', '{"regions":[{"referenceName":"chr1","start":"1"}]}', 400, 'InvalidInput'],
    [
      'POST',
      '/variants/pseudo/cohort',
      '{"regions":[{"referenceName":"chr1","start":5,"end":5}]}',
      400,
      'InvalidRange',
    ],
    ['POST', '/variants/pseudo/cohort', '{"class":"header","regions":[{"referenceName":"chr1"}]}', 400, 'InvalidInput'],
    ['POST', '/variants/pseudo/cohort', '{"fields":"QNAME"}', 400, 'InvalidInput'],
    ['POST', '/variants/pseudo/cohort?format=VCF', '{}', 400, 'InvalidInput'],
    ['POST', '/variants/pseudo/cohort', '{"regions', 400, 'InvalidInput'],
    ['POST', '/variants/pseudo/cohort', '[]', 400, 'InvalidInput'],
    ['POST', '/variants/pseudo/cohort', `{"format":"${'x'.repeat(300_000)}"}`, 413, 'PayloadTooLarge'],
    // What is not there, or not for the caller: one answer for both.
    ['GET', '/variants/pseudo/cohort?referenceName=chr3', '', 404, 'NotFound'],
    ['GET', '/variants/nobody', '', 404, 'NotFound'],
    ['GET', '/reads/pseudo/cohort', '', 404, 'NotFound'],
    ['GET', '/variants/counts/cohort', '', 404, 'NotFound'],
    ['GET', '/variants/closed/cohort', '', 404, 'NotFound'],
    ['GET', '/variants/withdrawn/cohort', '', 404, 'NotFound'],
    ['GET', '/variants/', '', 404, 'NotFound'],
    ['GET', '/nothing', '', 404, 'NotFound'],
    ['GET', '', '', 404, 'NotFound'],
    // Wrong methods.
    ['DELETE', '/variants/pseudo/cohort', '', 405, 'MethodNotAllowed'],
    ['PUT', '/reads/pseudo/cohort', '', 405, 'MethodNotAllowed'],
    ['POST', '/variants/service-info', '', 405, 'MethodNotAllowed'],
    ['POST', '/data/x/body', '', 405, 'MethodNotAllowed'],
  ])('%s %s %.60s: %i %s', async (method, path, body, status, error) => {
    const headers = body === '' ? {} : { 'content-type': 'application/json' }
    const answer = await send(method, fixture.url + path, headers, body)
    expect(toDocument(path, answer).htsget).toMatchObject({ error, message: expect.any(String) })
    expect(answer.status).toBe(status)
    expect(answer.headers['content-type']).toMatch(/^application\/vnd\.ga4gh\.htsget\.v1\.3\.0\+json/)
    if (status === 405) expect(answer.headers['allow']).toMatch(/GET/)
  })

  test('an access token that cannot be checked is refused', async () => {
    const answer = await send('GET', `${fixture.url}/variants/pseudo/cohort`, { authorization: 'Bearer x' })
    expect(answer.status).toBe(401)
    expect(answer.headers['www-authenticate']).toBe('Bearer')
    expect(toDocument('', answer).htsget).toMatchObject({ error: 'InvalidAuthentication' })
  })

  test('a body that is no JSON', async () => {
    const answer = await send('POST', `${fixture.url}/variants/pseudo/cohort`, { 'content-type': 'text/plain' }, 'x')
    expect([answer.status, toDocument('', answer).htsget['error']]).toEqual([400, 'InvalidInput'])
  })

  test('more regions than a header can hold, of an answer in one piece', async () => {
    const regions = Array.from({ length: 800 }, (_, n) => ({ referenceName: 'chr1', start: n, end: n + 1 }))
    // They touch, so they are one.
    const ticket = await fetchTicket(`${fixture.url}/variants/pseudo/cohort`, { regions })
    const text = gunzipSync(await fetchTicketData(ticket)).toString()
    expect(positionsIn(text)).toEqual(['chr1:10', 'chr1:20'])
    const apart = Array.from({ length: 2_000 }, (_, n) => ({ referenceName: `chr1`, start: 2 * n, end: 2 * n + 1 }))
    const opened = await createMemoryVcf(['anna'], COHORT_SITES)
    const file = { ...opened.file, contigs: [{ name: 'chr1', length: 1e9 }] }
    const known = { ...fixture.files.get('pseudo/cohort')!.known, id: 'wide' }
    fixture.files.set('wide', { known, opened: { ...opened, file } })
    const body = JSON.stringify({ regions: apart })
    // What is encrypted is one file, and comes by one URL.
    const headers = { 'content-type': 'application/json', ...keyHeader(READER.publicKey) }
    const answer = await send('POST', `${fixture.url}/variants/wide`, headers, body)
    expect([answer.status, toDocument('', answer).htsget['error']]).toEqual([413, 'PayloadTooLarge'])
  })

  test('an unknown name of a sequence is told, with the names that there are', async () => {
    const answer = await send('GET', `${fixture.url}/variants/pseudo/cohort?referenceName=1`)
    expect(toDocument('', answer).htsget['message']).toMatch(/it calls it chr1/)
  })
})
