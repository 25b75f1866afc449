import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { gunzipSync } from 'node:zlib'
import { createCohortFixture, positionsIn } from './testing/cohort-fixture.js'
import type { HtsgetFixture } from './testing/htsget-fixture.js'
import { createMemoryVcf } from './testing/memory-vcf.js'
import { fetchTicket, fetchTicketData, send, toDocument } from './testing/ticket-client.js'

let fixture: HtsgetFixture
beforeAll(async () => {
  fixture = await createCohortFixture()
})
afterAll(() => fixture.close())

async function readText(url: string, body?: object): Promise<string> {
  const ticket = await fetchTicket(`${fixture.url}/variants/${url}`, body)
  return gunzipSync(await fetchTicketData(ticket)).toString()
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

describe('service-info', () => {
  test.each([
    ['reads', ['BAM', 'CRAM']],
    ['variants', ['VCF', 'BCF', 'VCFTEXT']],
  ])('%s', async (endpoint, formats) => {
    const url = `${fixture.url}/${endpoint}/service-info`
    // Also with a token that the API would refuse.
    const answer = await send('GET', url, { authorization: 'Bearer x' })
    const info = toDocument(url, answer)
    expect(info).toMatchObject({ type: { group: 'org.ga4gh', artifact: 'htsget', version: '1.3.0' } })
    expect(info.htsget).toEqual({
      datatype: endpoint,
      formats,
      fieldsParameterEffective: false,
      tagsParametersEffective: false,
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
