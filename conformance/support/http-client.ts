import { Agent, request } from 'node:http'
import { assertValidIfBeacon } from './valid-answer.js'

export interface HttpAnswer {
  readonly status: number
  readonly body: unknown
}

const agent = new Agent({ keepAlive: true, maxSockets: 64 })

function call(method: string, url: string, text: string | undefined): Promise<HttpAnswer> {
  const headers =
    text === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, agent, headers }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        try {
          const body: unknown = JSON.parse(Buffer.concat(chunks).toString())
          assertValidIfBeacon(url, body)
          resolve({ status: response.statusCode ?? 0, body })
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)))
        }
      })
    })
    sent.on('error', reject)
    sent.end(text)
  })
}

/** GETs JSON, over kept connections; a Beacon answer that is not valid is an error. */
export function getJson(url: string): Promise<HttpAnswer> {
  return call('GET', url, undefined)
}

/** POSTs JSON and reads JSON, over kept connections; a Beacon answer that is not valid is an error. */
export function postJson(url: string, body: object): Promise<HttpAnswer> {
  return call('POST', url, JSON.stringify(body))
}

/** Works through a list with a bounded number at a time. */
export async function forEachConcurrently<T>(
  items: readonly T[],
  atOnce: number,
  work: (item: T, index: number) => Promise<void>,
): Promise<void> {
  let next = 0
  async function worker(): Promise<void> {
    while (next < items.length) {
      const index = next++
      await work(items[index]!, index)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
}
