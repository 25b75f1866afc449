import { expect, test } from '@jest/globals'
import express, { type Request, type Response } from 'express'
import { createServer, IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { messagesOf } from './express-messages.js'

test('requests and responses are born with the prototypes that Express gives them, and are those of Node.js still', async () => {
  const app = express()
  const seen: [Request, Response][] = []
  app.get('/', (request, response) => {
    seen.push([request, response])
    response.status(201).json({ host: request.get('host'), query: request.query })
  })
  const messages = messagesOf(app)
  const born: unknown[] = []
  const server = createServer(messages, (request, response) => {
    born.push(Object.getPrototypeOf(request), Object.getPrototypeOf(response))
    app(request, response)
  })
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })
  const answer = await fetch(`http://127.0.0.1:${port}/?a=b`)
  expect([answer.status, await answer.json()]).toEqual([201, { host: `127.0.0.1:${port}`, query: { a: 'b' } }])
  expect(born).toEqual([app.request, app.response])
  expect(born).toEqual(seen.flat().map((message) => Object.getPrototypeOf(message) as unknown))
  expect(seen[0]![0]).toBeInstanceOf(IncomingMessage)
  expect(seen[0]![1]).toBeInstanceOf(ServerResponse)
  expect(seen[0]![0].app).toBe(app)
  await new Promise((resolve) => server.close(resolve))
})
