import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { gunzipSync } from 'node:zlib'
import { createHtsgetFixture, type HtsgetFixture } from './testing/htsget-fixture.js'
import { createMemoryVcf } from './testing/memory-vcf.js'
import { fetchTicket, fetchTicketData, send, toDocument } from './testing/ticket-client.js'

const SITES = [
  ['chr1', 10],
  ['chr1', 20],
  ['chr1', 900],
  ['chr2', 10],
] as const

let fixture: HtsgetFixture
beforeAll(async () => {
  fixture = await createHtsgetFixture()
  const opened = await createMemoryVcf(['anna', 'bo'], SITES)
  const people = [
    { sample: 'anna', individual: 1 },
    { sample: 'bo', individual: 2 },
  ]
  const policy = { assembly: 'GRCh38', access: 'public', granularity: 'record' } as const
  fixture.policies.push(
    { ...policy, id: 'pseudo' },
    { ...policy, id: 'keep', identifiers: 'keep' },
    { ...policy, id: 'counts', granularity: 'count' },
    { ...policy, id: 'closed', access: 'controlled' },
  )
  for (const datasetId of ['pseudo', 'keep', 'counts', 'closed', 'withdrawn']) {
    const id = `${datasetId}/cohort`
    fixture.files.set(id, { known: { id, datasetId, kind: 'variants', format: 'VCF', people }, opened })
  }
})
afterAll(() => fixture.close())

async function readText(url: string, body?: object): Promise<string> {
  const ticket = await fetchTicket(`${fixture.url}/variants/${url}`, body)
  return gunzipSync(await fetchTicketData(ticket)).toString()
}

function positionsIn(text: string): readonly string[] {
  const rows = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return rows.map((line) => line.split('\t').slice(0, 2).join(':'))
}

describe('which records', () => {
  const ALL = ['chr1:10', 'chr1:20', 'chr1:900', 'chr2:10']
  test.each<[string, object | undefined, readonly string[]]>([
    ['', undefined, ALL],
    ['', {}, ALL],
    ['?referenceName=chr1', undefined, ALL.slice(0, 3)],
    ['?referenceName=chr1&start=9&end=10', undefined, ['chr1:10']],
    ['?referenceName=chr1&start=10&end=19', undefined, []],
    ['?referenceName=chr1&start=10&end=10', undefined, []],
    ['?referenceName=chr1&start=19', undefined, ['chr1:20', 'chr1:900']],
    ['?referenceName=chr1&end=15', undefined, ['chr1:10']],
    ['?referenceName=chr1&start=5000&end=6000', undefined, []],
    ['?referenceName=chr2&start=4294967295', undefined, []],
    ['?format=vcf&cachebuster=7&referenceName=chr2', undefined, ['chr2:10']],
    [
      '',
      { format: 'vcf', regions: [{ referenceName: 'chr2' }, { referenceName: 'chr1', start: 9, end: 20 }] },
      ['chr1:10', 'chr1:20', 'chr2:10'],
    ],
    [
      '',
      {
        regions: [
          { referenceName: 'chr1', end: 15 },
          { referenceName: 'chr1', start: 5, end: 20 },
        ],
        other: 1,
      },
      ['chr1:10', 'chr1:20'],
    ],
  ])('%s %j', async (query, body, expected) => {
    expect(positionsIn(await readText(`pseudo/cohort${query}`, body))).toEqual(expected)
  })

  test('what is wanted as text comes as text', async () => {
    const ticket = await fetchTicket(`${fixture.url}/variants/keep/cohort?format=VCFTEXT&referenceName=chr1`)
    expect(ticket.format).toBe('VCFTEXT')
    const text = (await fetchTicketData(ticket)).toString()
    expect(text).toMatch(/^##fileformat=VCFv4\.3\n/)
    expect(positionsIn(text)).toEqual(ALL.slice(0, 3))
  })
})

describe('the form of a ticket', () => {
  test('class=header is the header and nothing else, and is a whole file', async () => {
    const ticket = await fetchTicket(`${fixture.url}/variants/keep/cohort?class=header&format=VCF`)
    expect(ticket.urls.map((url) => url.class)).toEqual(['header', 'body'])
    expect(ticket.urls.every(({ url }) => url.startsWith('data:;base64,'))).toBe(true)
    const text = gunzipSync(await fetchTicketData(ticket)).toString()
    expect(text.split('\n').filter((line) => !line.startsWith('#'))).toEqual([''])
  })

  test('one URL for the records, header and end inline; one URL for a whole file as it is stored', async () => {
    const part = await fetchTicket(`${fixture.url}/variants/pseudo/cohort?referenceName=chr1`)
    expect(part.urls.map(({ url, class: kind }) => [url.slice(0, 5), kind])).toEqual([
      ['data:', 'header'],
      ['http:', 'body'],
      ['data:', 'body'],
    ])
    const whole = await fetchTicket(`${fixture.url}/variants/keep/cohort`)
    expect(whole.urls).toHaveLength(1)
    const { data } = fixture.files.get('keep/cohort')!.opened
    expect((await fetchTicketData(whole)).equals(await data.read(0, data.size))).toBe(true)
  })

  test('begins as htslib wants it, says what it is, and is not kept by anybody on the way', async () => {
    const answer = await send('GET', `${fixture.url}/variants/pseudo/cohort`)
    expect(answer.body.toString()).toMatch(/^\{"htsget":\{"format":"VCF","urls":\[/)
    expect(answer.headers).toMatchObject({
      'content-type': 'application/vnd.ga4gh.htsget.v1.3.0+json; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    })
    expect(answer.headers).not.toHaveProperty('content-encoding')
  })

  test('a header that is too long for a ticket has a URL of its own', async () => {
    const names = Array.from({ length: 20_000 }, (_, n) => `sample-${n}-${(n * 2_654_435_761) % 2 ** 32}`)
    const opened = await createMemoryVcf(names, [['chr1', 10]])
    const people = names.map((sample) => ({ sample, individual: 1 }))
    const known = { id: 'long', datasetId: 'keep', kind: 'variants', format: 'VCF', people } as const
    fixture.files.set('long', { known, opened })
    const ticket = await fetchTicket(`${fixture.url}/variants/long?class=header`)
    expect(ticket.urls.map(({ url, class: kind }) => [url.slice(0, 5), kind])).toEqual([
      ['http:', 'header'],
      ['data:', 'body'],
    ])
    expect(gunzipSync(await fetchTicketData(ticket)).equals(opened.file.header)).toBe(true)
  })
})

describe('names', () => {
  test('leave as pseudonyms, with nothing in the header that tells of somebody', async () => {
    const text = await readText('pseudo/cohort?class=header')
    expect(text).toBe(
      [
        '##fileformat=VCFv4.3',
        '##reference=GRCh38.fa',
        '##INFO=<ID=DP,Number=1,Type=Integer,Description="Depth of sample in file">',
        '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">',
        '##contig=<ID=chr1,length=1000>',
        '##contig=<ID=chr2,length=500>',
        '#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tP-1\tP-2',
        '',
      ].join('\n'),
    )
  })

  test('leave as they are where the dataset keeps them', async () => {
    expect(await readText('keep/cohort?class=header')).toBe(
      fixture.files.get('keep/cohort')!.opened.file.header.toString(),
    )
  })

  test.each(['pseudo', 'keep'])('the column of somebody who was removed does not leave (%s)', async (dataset) => {
    fixture.removed.add(1)
    try {
      const text = await readText(`${dataset}/cohort?referenceName=chr1`)
      expect(text).toMatch(new RegExp(`FORMAT\t${dataset === 'keep' ? 'bo' : 'P-2'}\n`))
      expect(text).not.toMatch(/anna/i)
      expect(text).toMatch(/^chr1\t10\t.*\tGT\t0\/1$/m)
      fixture.removed.add(2)
      const answer = await send('GET', `${fixture.url}/variants/${dataset}/cohort`)
      expect(answer.status).toBe(404)
    } finally {
      fixture.removed.clear()
    }
  })
})

describe('refusals', () => {
  const long = 'x'.repeat(3_000)
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
    ['GET', '/variants/%E0%A4%A', '', 400, 'InvalidInput'],
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
    // Ids are looked up, never joined to a path.
    ['GET', '/variants/../../../etc/passwd', '', 404, 'NotFound'],
    ['GET', '/variants/..%2f..%2fetc%2fpasswd', '', 404, 'NotFound'],
    ['GET', '/variants/%2e%2e/%2e%2e/etc/passwd', '', 404, 'NotFound'],
    ['GET', '/variants/%252e%252e%252fetc%252fpasswd', '', 404, 'NotFound'],
    ['GET', '/variants/..%5c..%5cwindows', '', 404, 'NotFound'],
    ['GET', '/variants/pseudo/cohort%00.bam', '', 404, 'NotFound'],
    ['GET', '/variants//etc/passwd', '', 404, 'NotFound'],
    ['GET', '/variants/file:%2f%2f%2fetc%2fpasswd', '', 404, 'NotFound'],
    ['GET', '/variants/http:%2F%2F169.254.169.254%2F', '', 404, 'NotFound'],
    ['GET', '/variants/__proto__', '', 404, 'NotFound'],
    ['GET', `/variants/${long}`, '', 404, 'NotFound'],
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

  test('more regions than a header can hold', async () => {
    const regions = Array.from({ length: 800 }, (_, n) => ({ referenceName: 'chr1', start: n, end: n + 1 }))
    // They touch, so they are one.
    expect(positionsIn(await readText('pseudo/cohort', { regions }))).toEqual(['chr1:10', 'chr1:20'])
    const apart = Array.from({ length: 2_000 }, (_, n) => ({ referenceName: `chr1`, start: 2 * n, end: 2 * n + 1 }))
    const opened = await createMemoryVcf(['anna'], SITES)
    const file = { ...opened.file, contigs: [{ name: 'chr1', length: 1e9 }] }
    const known = { ...fixture.files.get('pseudo/cohort')!.known, id: 'wide' }
    fixture.files.set('wide', { known, opened: { ...opened, file } })
    const body = JSON.stringify({ regions: apart })
    const answer = await send('POST', `${fixture.url}/variants/wide`, { 'content-type': 'application/json' }, body)
    expect([answer.status, toDocument('', answer).htsget['error']]).toEqual([413, 'PayloadTooLarge'])
  })

  test('an unknown name of a sequence is told, with the names that there are', async () => {
    const answer = await send('GET', `${fixture.url}/variants/pseudo/cohort?referenceName=1`)
    expect(toDocument('', answer).htsget['message']).toMatch(/it calls it chr1/)
  })
})

describe('service-info', () => {
  test.each([
    ['reads', ['BAM', 'CRAM'], true],
    ['variants', ['VCF', 'BCF', 'VCFTEXT'], false],
  ])('%s', async (endpoint, formats, isEffective) => {
    const url = `${fixture.url}/${endpoint}/service-info`
    // Also with a token that the API would refuse.
    const answer = await send('GET', url, { authorization: 'Bearer x' })
    const info = toDocument(url, answer)
    expect(info).toMatchObject({ type: { group: 'org.ga4gh', artifact: 'htsget', version: '1.3.0' } })
    expect(info.htsget).toEqual({
      datatype: endpoint,
      formats,
      fieldsParameterEffective: isEffective,
      tagsParametersEffective: isEffective,
    })
  })
})

describe('pages of other origins', () => {
  test('are let in, on tickets, data and errors, and asked nothing before', async () => {
    const origin = 'https://igv.example'
    const url = `${fixture.url}/variants/pseudo/cohort`
    const wanted = {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,content-type',
      authorization: 'Bearer x',
    }
    const preflight = await send('OPTIONS', url, wanted)
    expect(preflight.status).toBe(204)
    expect(preflight.headers).toMatchObject({
      'access-control-allow-origin': origin,
      'access-control-allow-methods': 'GET, HEAD, POST, OPTIONS',
      'access-control-allow-headers': 'authorization,content-type',
      'access-control-max-age': '2592000',
      vary: 'origin',
    })
    const ticket = await fetchTicket(`${url}?referenceName=chr1`)
    const data = ticket.urls[1]!
    expect((await send('OPTIONS', data.url, wanted)).status).toBe(204)
    const answers = [
      await send('GET', url, { origin }),
      await send('GET', `${url}x`, { origin }),
      await send('GET', data.url, { origin, ...data.headers }),
      await send('GET', data.url, { origin }),
    ]
    expect(answers.map(({ status }) => status)).toEqual([200, 404, 200, 401])
    for (const { headers } of answers) {
      expect(headers).toMatchObject({ 'access-control-allow-origin': origin, vary: 'origin' })
      expect(headers['access-control-expose-headers']).toMatch(/Content-Range.*ETag/)
      expect(headers).not.toHaveProperty('access-control-allow-credentials')
    }
  })
})
