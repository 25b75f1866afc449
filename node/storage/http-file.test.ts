import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { createHash, randomBytes } from 'node:crypto'
import { storageError } from '../testing/storage-error.js'
import type { ObjectServer, Fault } from '../testing/stored-object.js'
import { startWebServer } from '../testing/web-server.js'
import type { StorageLimits } from './limits.js'
import { openStorage, type Storage } from './open-storage.js'
import type { StorageErrorCode } from './storage-error.js'
import type { StoredFile } from './stored-file.js'

const CONTENT = randomBytes(3_000_000)
const LIMITS: StorageLimits = { connectMs: 500, idleMs: 600, leastBytesPerSecond: 100_000, tries: 3, pauseMs: 1 }

type ServerResponse = Parameters<Fault>[1]

const hang: Fault = () => undefined
const fail: Fault = (_request, response) => void response.writeHead(503).end('busy')
const reset: Fault = (request) => void request.socket.destroy()
const status =
  (code: number, headers: Record<string, string> = {}): Fault =>
  (_request, response) =>
    void response.writeHead(code, headers).end()
/** The right headers, then only the first bytes, then what `end` does. */
const begin =
  (bytes: number, end: (response: ServerResponse, at: number) => void): Fault =>
  (request, response) => {
    const [, start, last] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '')!.map(Number) as [
      number,
      number,
      number,
    ]
    response.writeHead(206, {
      'content-range': `bytes ${start}-${last}/${CONTENT.length}`,
      'content-length': last + 1 - start,
      etag: ETAG,
    })
    response.write(CONTENT.subarray(start, start + bytes), () => end(response, start + bytes))
  }
const close = (response: ServerResponse) => void response.socket!.end()
/** Each byte comes before the patience is over, and all together come too slowly. */
const drip = (response: ServerResponse, at: number): void => {
  const timer = setInterval(() => {
    if (response.destroyed) clearInterval(timer)
    else response.write(CONTENT.subarray(at, ++at))
  }, 20)
}
const ETAG = `"${createHash('sha256').update(CONTENT).digest('hex')}"`

describe('files of a web server', () => {
  let server: ObjectServer
  let storage: Storage
  let url: string

  beforeEach(async () => {
    server = await startWebServer()
    server.put('/a.bam', { content: CONTENT })
    url = `${server.url}/a.bam`
    storage = openStorage({}, LIMITS)
  })
  afterEach(async () => {
    await storage.close()
    await server.close()
  })

  const readAll = async (file: StoredFile): Promise<Buffer> => file.read(0, file.size)

  test('are read by stretches, over connections that are kept', async () => {
    const file = await storage.open(url)
    expect(file.size).toBe(CONTENT.length)
    expect(file.version).toBe(ETAG)
    for (const [start, end] of [
      [0, 10],
      [17, 70_000],
      [CONTENT.length - 3, CONTENT.length],
      [5, 5],
    ] as const) {
      expect((await file.read(start, end)).equals(CONTENT.subarray(start, end))).toBe(true)
    }
    for (let at = 0; at < 20; at++) await file.read(at, at + 1)
    expect(new Set(server.requests.map(({ clientPort }) => clientPort)).size).toBeLessThanOrEqual(2)
    expect(server.requests.slice(1).every(({ headers }) => headers['if-match'] === ETAG)).toBe(true)
  })

  test('are streamed no faster than they are taken', async () => {
    const size = 64 << 20
    let sent = 0
    const endless: Fault = (_request, response) => {
      response.writeHead(206, { 'content-range': `bytes 0-${size - 1}/${size}`, 'content-length': size, etag: '"1"' })
      const piece = Buffer.alloc(64 << 10)
      const more = (): void => {
        for (;;) {
          sent += piece.length
          if (sent > size || response.destroyed) return
          if (!response.write(piece)) return void response.once('drain', more)
        }
      }
      more()
    }
    server.misbehave(status(206, { 'content-range': `bytes 0-0/${size}`, etag: '"1"' }), endless)
    const file = await storage.open(url)
    const pieces = file.stream(0, size)[Symbol.asyncIterator]()
    await pieces.next()
    // Longer than the limit without a byte: who takes none is not waited for.
    await new Promise((resolve) => setTimeout(resolve, 2 * LIMITS.idleMs))
    expect(sent).toBeLessThan(size / 2)
    expect((await pieces.next()).done).toBe(false)
    await pieces.return?.()
  })

  test.each<readonly [string, readonly Fault[]]>([
    ['fails twice', [fail, fail]],
    ['breaks the connection', [reset]],
    ['does not answer', [hang]],
    ['breaks off in the middle', [begin(1_000, close)]],
    ['stops in the middle', [begin(1_000, () => undefined)]],
    ['drips', [begin(1_000, drip)]],
    ['is asked too often', [status(429), status(429)]],
    [
      'sends the beginning alone',
      [
        (_, response) => {
          response.writeHead(206, { 'content-range': `bytes 0-9/${CONTENT.length}`, etag: ETAG })
          response.end(CONTENT.subarray(0, 10))
        },
      ],
    ],
  ])('come whole from a server that %s', async (_, faults) => {
    const file = await storage.open(url)
    server.misbehave(...faults)
    expect((await readAll(file)).equals(CONTENT)).toBe(true)
  })

  test('go on where they broke off, as often as there is progress', async () => {
    const file = await storage.open(url)
    const megabyte = 1 << 20
    const breakOff = begin(megabyte + 10, close)
    server.misbehave(breakOff, breakOff, fail)
    expect((await readAll(file)).equals(CONTENT)).toBe(true)
    const ranges = server.requests.slice(1).map(({ headers }) => Number(/=(\d+)/.exec(headers.range!)![1]))
    expect(ranges[1]).toBeGreaterThan(0)
    expect(ranges[2]).toBeGreaterThanOrEqual(ranges[1]!)
  })

  test.each<readonly [string, StorageErrorCode, Fault]>([
    ['is not there', 'not-found', status(404)],
    ['is gone', 'not-found', status(410)],
    ['asks who we are', 'denied', status(401)],
    ['refuses', 'denied', status(403)],
    ['knows another version', 'changed', status(412)],
    ['has fewer bytes', 'changed', status(416, { 'content-range': 'bytes */10' })],
    ['has more bytes', 'changed', status(206, { 'content-range': `bytes 0-9/${CONTENT.length + 1}`, etag: ETAG })],
    ['has another ETag', 'changed', status(206, { 'content-range': `bytes 0-9/${CONTENT.length}`, etag: '"other"' })],
    ['lost its ETag', 'changed', status(206, { 'content-range': `bytes 0-9/${CONTENT.length}` })],
    ['gives the whole file', 'no-ranges', (_, response) => void response.writeHead(200).end(CONTENT)],
    [
      'gives other bytes',
      'invalid-answer',
      status(206, { 'content-range': `bytes 1-9/${CONTENT.length}`, etag: ETAG }),
    ],
    [
      'gives more bytes',
      'invalid-answer',
      status(206, { 'content-range': `bytes 0-10/${CONTENT.length}`, etag: ETAG }),
    ],
    ['gives bytes backwards', 'invalid-answer', status(206, { 'content-range': `bytes 9-0/${CONTENT.length}` })],
    ['does not say which bytes', 'invalid-answer', status(206, { etag: ETAG })],
    [
      'packs',
      'invalid-answer',
      status(206, { 'content-encoding': 'gzip', 'content-range': `bytes 0-9/${CONTENT.length}` }),
    ],
    [
      'sends more than it says',
      'invalid-answer',
      (_, response) => {
        response.writeHead(206, { 'content-range': `bytes 0-9/${CONTENT.length}`, etag: ETAG })
        response.end(CONTENT.subarray(0, 11))
      },
    ],
    ['redirects elsewhere', 'invalid-answer', status(302, { location: 'http://localhost:1/a.bam' })],
    ['redirects to nothing', 'invalid-answer', status(302, { location: 'http://' })],
    ['does not like us', 'invalid-answer', status(418)],
  ])('are not read from a server that %s', async (_, code, fault) => {
    const file = await storage.open(url)
    const before = server.requests.length
    server.misbehave(fault)
    await expect(file.read(0, 10)).rejects.toEqual(storageError(code))
    // Such an answer stays what it is: asking again would be of no use.
    expect(server.requests.length - before).toBe(1)
  })

  test.each<readonly [string, readonly Fault[]]>([
    ['fails', [fail, fail, fail]],
    ['hangs', [hang, hang, hang]],
    ['breaks the connection', [reset, reset, reset]],
  ])('cannot be had from a server that only %s, after three tries', async (_, faults) => {
    const file = await storage.open(url)
    const before = server.requests.length
    server.misbehave(...faults)
    await expect(file.read(0, 10)).rejects.toEqual(storageError('unreachable'))
    expect(server.requests.length - before).toBe(3)
    server.misbehave(...faults)
    await expect(storage.open(url)).rejects.toEqual(storageError('unreachable'))
  })

  test('that change while they are open are not read any further', async () => {
    const file = await storage.open(url)
    await file.read(0, 10)
    server.put('/a.bam', { content: randomBytes(CONTENT.length) })
    await expect(file.read(10, 20)).rejects.toEqual(storageError('changed'))
  })

  test('without a strong ETag are known by size and time', async () => {
    const lastModified = 'Sat, 01 Aug 2026 10:00:00 GMT'
    server.put('/b.bam', { content: CONTENT, etag: 'W/"weak"', lastModified })
    const file = await storage.open(`${server.url}/b.bam`)
    expect(file.version).toBe(`${CONTENT.length} ${lastModified} W/"weak"`)
    expect((await file.read(1, 9)).equals(CONTENT.subarray(1, 9))).toBe(true)
    expect(server.requests.at(-1)!.headers).toMatchObject({ 'if-unmodified-since': lastModified })
    server.put('/b.bam', { content: CONTENT, etag: 'W/"weak"', lastModified: 'Sat, 01 Aug 2026 10:00:01 GMT' })
    await expect(file.read(1, 9)).rejects.toEqual(storageError('changed'))
  })

  test('of which a change could not be noticed are refused', async () => {
    server.put('/b.bam', { content: CONTENT, etag: null })
    await expect(storage.open(`${server.url}/b.bam`)).rejects.toEqual(storageError('no-ranges'))
  })

  test('without bytes are files', async () => {
    server.put('/b.bam', { content: Buffer.alloc(0) })
    const file = await storage.open(`${server.url}/b.bam`)
    expect(file.size).toBe(0)
    expect(await file.read(0, 0)).toHaveLength(0)
  })

  test('are found behind redirects of their own server', async () => {
    server.misbehave(status(302, { location: '/a.bam?again' }), status(307, { location: `${url}?more` }))
    expect((await storage.open(`${server.url}/old.bam`)).size).toBe(CONTENT.length)
    const turn = status(302, { location: '/a.bam' })
    server.misbehave(turn, turn, turn, turn)
    await expect(storage.open(url)).rejects.toEqual(storageError('invalid-answer'))
  })

  test('are not waited for when nobody wants them any more', async () => {
    const file = await storage.open(url)
    server.misbehave(hang)
    const leave = new AbortController()
    const reading = file.read(0, 10, leave.signal)
    setTimeout(() => leave.abort(new Error('gone')), 20)
    const began = performance.now()
    await expect(reading).rejects.toThrow('gone')
    expect(performance.now() - began).toBeLessThan(LIMITS.idleMs)
  })

  test('of a server that is not there cannot be had', async () => {
    await server.close()
    await expect(storage.open(url)).rejects.toEqual(storageError('unreachable'))
    server = await startWebServer()
  })
})
