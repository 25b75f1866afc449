import { afterEach, describe, expect, test } from '@jest/globals'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { createAgents, type Agents } from './agents.js'
import { getJson, postJson, type Reply } from './post-json.js'

const LIMITS = { maximumResponseBytes: 1_000, allowPrivate: true }
const BODY = Buffer.from('{"a":1}')

const toClose: (() => void)[] = []

afterEach(() => {
  for (const close of toClose.splice(0)) close()
})

function agents(): Agents {
  const created = createAgents(true)
  toClose.push(() => created.destroy())
  return created
}

interface RawServer {
  readonly port: number
  /** Every connection so far, in the order they came. */
  readonly sockets: readonly Socket[]
}

/** A server of bytes. @param talk called with what a connection sent, and which connection it is, from 1 */
async function startRaw(talk: (socket: Socket, connection: number) => void): Promise<RawServer> {
  const sockets: Socket[] = []
  const server = createServer((socket) => {
    const connection = sockets.push(socket)
    socket.on('error', () => {})
    socket.on('data', () => talk(socket, connection))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  toClose.push(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return { port: (server.address() as AddressInfo).port, sockets }
}

function answer(body: string, ...headers: string[]): string {
  const head = ['HTTP/1.1 200 OK', 'content-type: application/json', ...headers]
  return `${head.join('\r\n')}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
}

function post({ port }: RawServer, using: Agents, signal = new AbortController().signal): Promise<Reply> {
  return postJson(new URL(`http://127.0.0.1:${port}/`), BODY, {}, using, LIMITS, { signal })
}

/** Resolves when the server sees the connection end; the test's own time limit says when that is too late. */
function ended(socket: Socket): Promise<unknown> {
  return socket.destroyed ? Promise.resolve() : new Promise((resolve) => socket.on('close', resolve))
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2))
}

describe('bytes that are no proper answer', () => {
  const cases: [string, string, Partial<Reply>][] = [
    ['garbage', '\0\x01\x02\r\n\r\n', { kind: 'invalid', reason: 'does not speak proper HTTP' }],
    [
      'headers without end',
      `HTTP/1.1 200 OK\r\nx: ${'y'.repeat(100_000)}\r\n\r\n`,
      { kind: 'invalid', reason: 'does not speak proper HTTP' },
    ],
    ['two lengths', answer('{}', 'content-length: 3'), { kind: 'invalid', reason: 'does not speak proper HTTP' }],
    [
      'a length and chunks',
      answer('{}', 'transfer-encoding: chunked'),
      { kind: 'invalid', reason: 'does not speak proper HTTP' },
    ],
    ['compressed twice over', answer('{}', 'content-encoding: gzip', 'content-encoding: br'), { kind: 'invalid' }],
    ['a redirect', 'HTTP/1.1 302 Found\r\nlocation: /\r\ncontent-length: 0\r\n\r\n', { kind: 'invalid' }],
    ['an upgrade', 'HTTP/1.1 101 Go\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n', { kind: 'unreachable' }],
  ]
  test.each(cases)('%s', async (_what, bytes, expected) => {
    const server = await startRaw((socket) => socket.write(bytes))
    expect(await post(server, agents())).toMatchObject(expected)
    await Promise.all(server.sockets.map(ended))
  })

  test('a head of another answer before it is not the answer', async () => {
    const server = await startRaw((socket) =>
      socket.write(`HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n${answer('[2]')}`),
    )
    expect(await post(server, agents())).toMatchObject({ kind: 'json', status: 200, body: [2] })
  })

  test('an answer that breaks off is no answer', async () => {
    const server = await startRaw((socket) => socket.end(answer('[1,2]').slice(0, -1)))
    expect(await post(server, agents())).toEqual({ kind: 'unreachable', reason: 'broke the connection' })
    expect(server.sockets).toHaveLength(1)
  })

  test('an answer above the limit ends the connection although more would come', async () => {
    const server = await startRaw((socket) => socket.write(answer(`"${'x'.repeat(5_000)}"`).slice(0, -9)))
    expect(await post(server, agents())).toEqual({ kind: 'invalid', reason: 'the answer is too large' })
    await ended(server.sockets[0]!)
  })

  const HEAD = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n'

  test.each([
    ['heads without end', '', 'HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n'],
    ['a chunk whose extension has no end', `${HEAD}1;x=`, 'y'],
    ['a chunk whose length has no end', HEAD, '0'],
    ['chunks of a byte each', HEAD, '1\r\n \r\n'],
  ])('%s are cut off by what came over the wire', async (_what, head, more) => {
    let sent = 0
    const flood = Buffer.from(more.repeat(Math.ceil(65_536 / more.length)))
    const server = await startRaw((socket) => {
      socket.write(head)
      const fill = () => {
        while (!socket.destroyed && sent < 100_000_000 && socket.write(flood)) sent += flood.length
        if (!socket.destroyed && sent < 100_000_000) socket.once('drain', fill)
      }
      fill()
    })
    expect(await post(server, agents())).toEqual({ kind: 'invalid', reason: 'the answer is too large' })
    await ended(server.sockets[0]!)
    expect(sent).toBeLessThan(50_000_000)
  })

  test('what a kept connection brought before is not counted again', async () => {
    const using = agents()
    const server = await startRaw((socket) => socket.write(answer(`"${'x'.repeat(900)}"`)))
    for (let n = 0; n < 200; n++) expect(await post(server, using)).toMatchObject({ kind: 'json' })
    expect(server.sockets).toHaveLength(1)
  })

  test('an answer that says it is above the limit is not read', async () => {
    const server = await startRaw((socket) => socket.write(answer('"x"', 'x: y').replace('length: 3', 'length: 1001')))
    expect(await post(server, agents())).toEqual({ kind: 'invalid', reason: 'the answer is too large' })
    await ended(server.sockets[0]!)
  })
})

describe('a kept connection', () => {
  test('that the region closes instead of answering is opened anew, once', async () => {
    const using = agents()
    const closesFirst = await startRaw((socket, connection) =>
      connection === 1 ? void socket.destroy() : void socket.write(answer('[1]')),
    )
    expect(await post(closesFirst, using)).toMatchObject({ kind: 'json' })
    const closesAll = await startRaw((socket) => void socket.destroy())
    expect(await post(closesAll, using)).toEqual({ kind: 'unreachable', reason: 'broke the connection' })
    expect(closesAll.sockets).toHaveLength(2)
  })

  test('takes one call at a time, and as many connections are kept as were needed at once', async () => {
    const using = agents()
    const server = await startRaw((socket) => setTimeout(() => socket.write(answer('[1]')), 5))
    await Promise.all([post(server, using), post(server, using), post(server, using)])
    expect(server.sockets).toHaveLength(3)
    await Promise.all([post(server, using), post(server, using), post(server, using)])
    expect(server.sockets).toHaveLength(3)
  })

  test('does not take an answer that came before its question', async () => {
    const using = agents()
    const server = await startRaw((socket, connection) => {
      socket.write(answer(`[${connection}]`) + (connection === 1 ? answer('["forged"]') : ''))
    })
    await post(server, using)
    const second = await post(server, using)
    expect(JSON.stringify(second)).not.toContain('forged')
  })
})

describe('a call that is given up', () => {
  test('closes its connection, and no other call gets that', async () => {
    const using = agents()
    const server = await startRaw((socket, connection) => connection > 1 && void socket.write(answer('[1]')))
    const controller = new AbortController()
    const asking = post(server, using, controller.signal)
    await until(() => server.sockets.length === 1)
    controller.abort()
    expect(await asking).toEqual({ kind: 'timed-out', reason: 'did not answer in time' })
    await ended(server.sockets[0]!)
    expect(await post(server, using)).toMatchObject({ kind: 'json', body: [1] })
  })

  test('closes a connection that is still being opened', async () => {
    // It never answers the greeting of TLS.
    const server = await startRaw(() => {})
    const controller = new AbortController()
    const url = new URL(`https://127.0.0.1:${server.port}/`)
    const asking = getJson(url, agents(), LIMITS, controller.signal)
    await until(() => server.sockets.length === 1)
    controller.abort()
    expect(await asking).toMatchObject({ kind: 'timed-out' })
    await ended(server.sockets[0]!)
  })

  test('before it began contacts nobody', async () => {
    const server = await startRaw(() => {})
    expect(await post(server, agents(), AbortSignal.abort())).toMatchObject({ kind: 'timed-out' })
    expect(server.sockets).toHaveLength(0)
  })
})
