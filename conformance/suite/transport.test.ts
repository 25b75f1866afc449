import { afterEach, expect, test } from '@jest/globals'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { createHttpTransport } from './transport.js'

const servers: Server[] = []
const transport = createHttpTransport(10_000)

afterEach(() => {
  for (const server of servers.splice(0)) server.close()
  transport.close()
})

/** @param talk called for each request, with its number on its connection, from 1 */
async function start(talk: (socket: Socket, request: number) => void): Promise<{ url: string; connections(): number }> {
  let connections = 0
  const server = createServer((socket) => {
    connections++
    let requests = 0
    socket.on('error', () => {})
    socket.on('data', () => talk(socket, ++requests))
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, connections: () => connections }
}

const get = (url: string) => transport({ method: 'GET', url, headers: {} })
const ANSWER = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}'

test('a kept connection that the server ended is no fault: the question is asked again', async () => {
  const { url, connections } = await start((socket, request) =>
    request === 1 ? void socket.write(ANSWER) : void socket.destroy(),
  )
  for (let n = 0; n < 3; n++) expect(await get(url)).toMatchObject({ status: 200, text: '{}' })
  expect(connections()).toBe(3)
})

test('a new connection that the server ends is a fault, and so is an answer that breaks off', async () => {
  const ending = await start((socket) => void socket.destroy())
  await expect(get(ending.url)).rejects.toThrow()
  expect(ending.connections()).toBe(1)
  const half = await start((socket, request) =>
    request === 1 ? void socket.write(ANSWER) : void socket.end(ANSWER.slice(0, -1)),
  )
  await get(half.url)
  await expect(get(half.url)).rejects.toThrow()
  expect(half.connections()).toBe(1)
})
