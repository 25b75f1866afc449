import { afterEach, describe, expect, test } from '@jest/globals'
import { validate, type SchemaPath } from '../../schemas/index.js'
import { parseEventStream } from '../portal/event-stream.js'
import { json, nodeAnswer } from '../testing/fake-region.js'
import { closeAll, hub, norr, question, region } from '../testing/running-hub.js'

afterEach(closeAll)

function expectValid(path: SchemaPath, value: unknown): void {
  expect(validate(path, value)).toEqual({ ok: true })
}

describe('live answers', () => {
  async function* textOf(response: Response): AsyncGenerator<string> {
    const decoder = new TextDecoder()
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>)
      yield decoder.decode(chunk, { stream: true })
  }

  test('begin with the regions, go on as each settles, and end with the whole answer', async () => {
    const late = await region('se.fyr.syd', (request, response) => {
      setTimeout(() => json(nodeAnswer('se.fyr.syd'))(request, response), 100)
    })
    const { url } = await hub([late, await norr()])
    const response = await fetch(`${url}/network/variants`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(question()),
    })
    expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/)
    const events: { event: string; value: unknown }[] = []
    for await (const { event, data } of parseEventStream(textOf(response)))
      events.push({ event, value: JSON.parse(data) })
    expect(events.map(({ event }) => event)).toEqual(['start', 'region', 'region', 'answer'])
    expect(events[0]!.value).toEqual({
      assemblyId: 'GRCh38',
      regions: [
        { beaconId: 'se.fyr.syd', name: 'syd' },
        { beaconId: 'se.fyr.norr', name: 'norr' },
      ],
    })
    expect(events[1]!.value).toMatchObject({ beaconId: 'se.fyr.norr', status: 'answered', counts: { individuals: 4 } })
    expectValid('network/regionAnswer.json', events[1]!.value)
    expectValid('network/regionAnswer.json', events[2]!.value)
    expectValid('network/networkAnswer.json', events[3]!.value)
  })

  test.each(['/network/variants', '/beacon/v2/g_variants'])(
    'a caller who leaves %s ends the calls to the regions',
    async (path) => {
      let ended: () => void
      const closed = new Promise<void>((resolve) => (ended = resolve))
      const controller = new AbortController()
      const hanging = await region('se.fyr.norr', (_request, response) => {
        response.on('close', () => ended())
        controller.abort()
      })
      const { url } = await hub([hanging], { deadlineMs: 60_000 })
      const asked = fetch(url + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(question()),
        signal: controller.signal,
      }).then((response) => response.text())
      await expect(asked).rejects.toThrow()
      await closed
    },
  )
})
