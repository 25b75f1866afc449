import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { messagesOf } from '../../schemas/index.js'

/**
 * The floor of the HTTP benchmark: the least that any Express application of this form costs. It parses the same bodies with
 * the same limits and settings as a node, and answers a constant of the same size. With `messages` it is an application whose
 * messages are those of a node's server (express-messages.ts). `node floor-server.js ANSWER.json [messages]`
 */
const answer = JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as object
const app = express()
app.disable('x-powered-by')
app.set('etag', false)
app.set('query parser', 'simple')
app.use(express.json({ limit: '100kb', inflate: false }))
app.post('/beacon/v2/g_variants', (_request, response) => void response.json(answer))
app.get(/^\/htsget\/v1\//, (_request, response) => void response.json(answer))
const server = process.argv[3] === 'messages' ? createServer(messagesOf(app), app) : createServer(app)
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`floor ready: http://127.0.0.1:${(server.address() as AddressInfo).port}\n`)
})
