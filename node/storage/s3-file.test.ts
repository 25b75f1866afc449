import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startS3Server } from '../testing/s3-server.js'
import { storageError } from '../testing/storage-error.js'
import type { Fault, ObjectServer } from '../testing/stored-object.js'
import type { StorageLimits } from './limits.js'
import { openStorage, type Storage } from './open-storage.js'
import type { S3Settings } from './s3-file.js'
import type { StorageErrorCode } from './storage-error.js'

const CONTENT = randomBytes(2_000_000)
const LIMITS: StorageLimits = { connectMs: 500, idleMs: 1_500, leastBytesPerSecond: 1, tries: 3, pauseMs: 1 }
const KEYS = { accessKeyId: 'AKIAMADEUP', secretAccessKey: 'made/up+secret', sessionToken: 'made-up-token' }

const fail: Fault = (_request, response) => void response.writeHead(503).end()
const hang: Fault = () => undefined

describe('objects of a store that speaks S3', () => {
  let directory: string
  let server: ObjectServer
  let settings: S3Settings
  let storage: Storage

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'fyr-s3-'))
    const write = (name: string, text: string) => {
      writeFileSync(join(directory, name), text)
      return join(directory, name)
    }
    server = await startS3Server('eu-north-1', KEYS)
    server.put('/reads/2026/a%20b%2Bc.bam', { content: CONTENT })
    settings = {
      endpoint: server.url,
      region: 'eu-north-1',
      pathStyle: true,
      credentials: {
        accessKeyIdFile: write('id', `${KEYS.accessKeyId}\n`),
        secretAccessKeyFile: write('secret', KEYS.secretAccessKey),
        sessionTokenFile: write('token', KEYS.sessionToken),
      },
    }
    storage = openStorage({ s3: settings }, LIMITS)
  })
  afterAll(async () => {
    await storage.close()
    await server.close()
    rmSync(directory, { recursive: true })
  })

  const open = () => storage.open('s3://reads/2026/a b+c.bam')

  test('are read by stretches with signed requests, over one connection', async () => {
    const file = await open()
    expect(file.size).toBe(CONTENT.length)
    const before = server.requests.length
    for (const [start, end] of [
      [0, 10],
      [17, 700_000],
      [CONTENT.length - 3, CONTENT.length],
      [5, 5],
    ] as const) {
      expect((await file.read(start, end)).equals(CONTENT.subarray(start, end))).toBe(true)
    }
    const seen = server.requests.slice(before - 1)
    expect(new Set(seen.map(({ clientPort }) => clientPort)).size).toBe(1)
    expect(seen.slice(1).every(({ headers }) => headers['if-match'] === file.version)).toBe(true)
  })

  test.each<readonly [string, readonly Fault[]]>([
    ['fails twice', [fail, fail]],
    ['does not answer', [hang]],
    ['breaks the connection', [(request) => void request.socket.destroy()]],
    [
      'breaks off',
      [
        (_request, response, right) => {
          const { write } = response
          response.end = ((content: Buffer) => {
            write.call(response, content.subarray(0, 1_000), 'binary', () => response.socket!.end())
          }) as typeof response.end
          right()
        },
      ],
    ],
  ])('come whole from a store that %s', async (_, faults) => {
    const file = await open()
    server.misbehave(...faults)
    expect((await file.read(0, CONTENT.length)).equals(CONTENT)).toBe(true)
  })

  test.each<readonly [string, StorageErrorCode, Fault]>([
    ['has it no more', 'not-found', (_, response) => void response.writeHead(404).end()],
    ['refuses', 'denied', (_, response) => void response.writeHead(403).end()],
    ['knows another version', 'changed', (_, response) => void response.writeHead(412).end()],
    ['gives the whole object', 'no-ranges', (_, response) => void response.writeHead(200).end(CONTENT)],
    ['is elsewhere', 'invalid-answer', (_, response) => void response.writeHead(301).end()],
    [
      'gives another version',
      'changed',
      (_, response) => {
        response.writeHead(206, { 'content-range': `bytes 0-9/${CONTENT.length}`, etag: '"other"' })
        response.end(CONTENT.subarray(0, 10))
      },
    ],
    [
      'gives other bytes',
      'invalid-answer',
      (_, response) => {
        response.writeHead(206, { 'content-range': `bytes 10-19/${CONTENT.length}` }).end(CONTENT.subarray(0, 10))
      },
    ],
  ])('are not read from a store that %s', async (_, code, fault) => {
    const file = await open()
    const before = server.requests.length
    server.misbehave(fault)
    await expect(file.read(0, 10)).rejects.toEqual(storageError(code))
    expect(server.requests.length - before).toBe(1)
  })

  test('cannot be had from a store that only fails', async () => {
    const file = await open()
    server.misbehave(fail, fail, fail)
    await expect(file.read(0, 10)).rejects.toEqual(storageError('unreachable'))
  })

  test('that change while they are open are not read any further', async () => {
    server.put('/reads/b.bam', { content: CONTENT })
    const file = await storage.open('s3://reads/b.bam')
    await file.read(0, 10)
    server.put('/reads/b.bam', { content: randomBytes(CONTENT.length) })
    await expect(file.read(10, 20)).rejects.toEqual(storageError('changed'))
  })

  test('have to be there', async () => {
    await expect(storage.open('s3://reads/none.bam')).rejects.toEqual(storageError('not-found'))
  })

  test('need the right key, and new keys are read from their files', async () => {
    const secret = settings.credentials!.secretAccessKeyFile
    writeFileSync(secret, 'wrong')
    const other = openStorage({ s3: settings }, LIMITS)
    await expect(other.open('s3://reads/b.bam')).rejects.toEqual(storageError('denied'))
    await other.close()
    rmSync(secret)
    const third = openStorage({ s3: settings }, LIMITS)
    await expect(third.open('s3://reads/b.bam')).rejects.toEqual(storageError('denied'))
    await third.close()
    writeFileSync(secret, KEYS.secretAccessKey)
  })

  test('of open buckets are read without a signature', async () => {
    const open = await startS3Server('eu-north-1', undefined)
    open.put('/reads/a.bam', { content: CONTENT })
    const { endpoint: _, credentials: __, ...rest } = settings
    const other = openStorage({ s3: { ...rest, endpoint: open.url } }, LIMITS)
    const file = await other.open('s3://reads/a.bam')
    expect((await file.read(7, 99)).equals(CONTENT.subarray(7, 99))).toBe(true)
    await other.close()
    await open.close()
  })

  test('need a store in node.yaml', async () => {
    const none = openStorage()
    await expect(none.open('s3://reads/a.bam')).rejects.toEqual(storageError('invalid-location'))
    await none.close()
  })
})
