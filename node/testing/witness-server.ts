import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { COSIGNATURE, openVerifierKey, type NoteKey } from '../../schemas/index.js'
import { openWitness, type Witness } from '../../schemas/witness/open-witness.js'
import type { WitnessAddress } from '../audit/witness-client.js'
import { createWitnessProtocol } from '../audit/witness-protocol.js'

/** A witness on a port of its own. */
export interface WitnessServer {
  readonly witness: Witness
  readonly address: WitnessAddress
  /** Bodies of all requests to add a checkpoint. */
  readonly requests: readonly string[]
  /** Answers in its place from now on; undefined: it answers itself again. */
  answerBy(behaviour: ((request: IncomingMessage, response: ServerResponse) => void) | undefined): void
  close(): Promise<void>
}

export async function startWitnessServer(name: string, file: string, logs: readonly NoteKey[]): Promise<WitnessServer> {
  const witness = openWitness(file, {
    name: `${name}/witness`,
    logs: new Map(logs.map((key) => [key.name, key])),
    now: () => new Date(),
  })
  const app = express()
  createWitnessProtocol(witness).addRoutes(app)
  const requests: string[] = []
  let behaviour: ((request: IncomingMessage, response: ServerResponse) => void) | undefined
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => void (request.method === 'POST' && requests.push(body)))
    if (behaviour) behaviour(request, response)
    else app(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/witness`
  return {
    witness,
    address: { name, url, key: openVerifierKey(witness.verifierKey, COSIGNATURE)! },
    requests,
    answerBy: (given) => (behaviour = given),
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      witness.close()
    },
  }
}
