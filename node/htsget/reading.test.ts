import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { once } from 'node:events'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import type { SlicePart } from '../formats/slice.js'
import { addCohortFile, COHORT_SITES } from './testing/cohort-fixture.js'
import { createHtsgetFixture, type HtsgetFixture } from './testing/htsget-fixture.js'
import { createMemoryVcf, toRandomAccess } from './testing/memory-vcf.js'
import { bodyUrl, send, toDocument, tokenOf, type DataUrl } from './testing/ticket-client.js'

let fixture: HtsgetFixture
beforeAll(async () => {
  fixture = await createHtsgetFixture()
  fixture.policies.push({ id: 'set', assembly: 'GRCh38', access: 'public', granularity: 'record' })
  await addCohortFile(fixture, 'one', 'set')
})
afterAll(() => fixture.close())

function dataUrl(path = 'one?referenceName=chr1'): Promise<DataUrl> {
  return bodyUrl(`${fixture.url}/variants/${path}`)
}

describe('what is written down', () => {
  test('before the bytes leave: who got what of whom, and never a region, a name or a capability', async () => {
    const { url, headers } = await dataUrl('one?referenceName=chr1&start=7&end=19')
    await send('GET', url, headers)
    const [ticket, block] = fixture.audit().slice(-2)
    const rest = {
      outcome: 'answered',
      principal: 'anonymous',
      datasets: ['set'],
      granularity: 'file',
      exists: true,
      file: 'one',
    }
    expect(ticket).toMatchObject({ ...rest, event: 'ticket.issue', question: 'regions', subjects: ['P-1', 'P-2'] })
    expect(block).toMatchObject({
      ...rest,
      event: 'block.read',
      question: 'body',
      ticket: ticket!.requestId,
      subjects: ['P-1', 'P-2'],
    })
    const written = JSON.stringify(fixture.audit()) + fixture.log()
    expect(written).not.toContain(tokenOf({ headers }))
    expect(written).not.toContain(tokenOf({ headers }).split('.')[2])
    expect(written).not.toMatch(/chr1|anna|name-1|Fyr-Capability/i)
    expect(fixture.log()).toContain('"route":"/htsget/v1/data/:ticket/:part"')
    expect(fixture.log()).toContain('"route":"/htsget/v1/variants/{id}"')
  })

  test('refusals, too, without the id that was tried', async () => {
    await send('GET', `${fixture.url}/variants/secret-name`)
    expect(fixture.audit().at(-1)).toMatchObject({
      event: 'ticket.issue',
      outcome: 'denied',
      datasets: [],
      exists: false,
    })
    await send('GET', `${fixture.url}/variants/one`, { authorization: 'Bearer secret-token' })
    expect(fixture.audit().at(-1)).toMatchObject({ event: 'ticket.issue', outcome: 'denied', file: 'one' })
    expect(JSON.stringify(fixture.audit()) + fixture.log()).not.toMatch(/secret/)
  })
})

describe('reading', () => {
  test('goes no further than the caller takes, and ends when the caller goes away', async () => {
    const opened = await createMemoryVcf(['anna', 'bo'], COHORT_SITES)
    const piece = Buffer.alloc(64 << 10)
    let pieces = 0
    let hasEnded = false
    async function* slice(): AsyncGenerator<SlicePart> {
      try {
        for (;;) {
          pieces++
          yield { kind: 'made', bytes: piece }
          await new Promise((resolve) => setImmediate(resolve))
        }
      } finally {
        hasEnded = true
      }
    }
    const { known } = fixture.files.get('one')!
    fixture.files.set('endless', {
      known: { ...known, id: 'endless' },
      opened: { ...opened, file: { ...opened.file, slice } },
    })
    const { url, headers } = await dataUrl('endless?referenceName=chr1')
    const call = httpRequest(url, { headers })
    call.end()
    const [response] = (await once(call, 'response')) as [IncomingMessage]
    expect(response.headers['accept-ranges']).toBe('none')
    await new Promise((resolve) => setTimeout(resolve, 300))
    const taken = pieces
    await new Promise((resolve) => setTimeout(resolve, 300))
    // Nothing was read of the response: what stands in buffers on the way is all that was made.
    expect(pieces).toBe(taken)
    expect(taken).toBeLessThan(500)
    response.destroy()
    for (let wait = 0; wait < 100 && !hasEnded; wait++) await new Promise((resolve) => setTimeout(resolve, 20))
    expect(hasEnded).toBe(true)
  })

  test('a fault in the middle breaks the connection, so that nobody takes the part for the whole', async () => {
    const opened = await createMemoryVcf(['anna', 'bo'], COHORT_SITES)
    const data = toRandomAccess(Buffer.alloc(5_000))
    async function* stream(): AsyncGenerator<Buffer> {
      yield Buffer.alloc(1_000)
      throw new Error('the disk of anna is gone')
    }
    async function* slice(): AsyncGenerator<SlicePart> {
      yield { kind: 'stored', start: 0, end: 5_000 }
    }
    const { known } = fixture.files.get('one')!
    const broken = { ...opened, data: { ...data, stream }, file: { ...opened.file, slice } }
    fixture.files.set('broken', { known: { ...known, id: 'broken' }, opened: broken })
    const { url, headers } = await dataUrl('broken?referenceName=chr1')
    await expect(send('GET', url, headers)).rejects.toThrow()
    expect(fixture.log()).toMatch(/"level":50.*request failed/)
    expect(fixture.log()).not.toMatch(/disk of anna/)
  })

  test('a fault before the first byte is an htsget error that says nothing of it', async () => {
    const opened = await createMemoryVcf(['anna', 'bo'], COHORT_SITES)
    // eslint-disable-next-line require-yield
    async function* slice(): AsyncGenerator<SlicePart> {
      throw new Error('the disk of anna is gone')
    }
    const { known } = fixture.files.get('one')!
    fixture.files.set('fault', {
      known: { ...known, id: 'fault' },
      opened: { ...opened, file: { ...opened.file, slice } },
    })
    const { url, headers } = await dataUrl('fault?referenceName=chr1')
    const answer = await send('GET', url, headers)
    expect([answer.status, toDocument('', answer).htsget]).toEqual([
      500,
      { error: 'InternalServerError', message: 'the node failed to answer' },
    ])
  })
})
