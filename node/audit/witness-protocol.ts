import express, { type Express, type Response } from 'express'
import type { Logger } from 'pino'
import { SIZE_MEDIA_TYPE, witnessNameOf, type NodeConfig } from '../../schemas/index.js'
import { openWitness, witnessPath, type Witness, type WitnessReply } from '../../schemas/witness/open-witness.js'
import { cosignedLogs } from '../config.js'
import { NodeError, toHttpStatus } from '../errors.js'
import type { Protocol } from '../protocol.js'
import { nameRoute } from '../route-name.js'
import { sendText } from '../send.js'

export const WITNESS_PATH = '/witness'
const ADD_PATH = `${WITNESS_PATH}/add-checkpoint`
const CHECKPOINT_PATH = `${WITNESS_PATH}/:origin/checkpoint`

/** More than the longest proof and a checkpoint of some hundred chains. */
const LARGEST_BODY = 64 * 1024

/** What the node is as a witness of others' logs: nothing, unless `audit.cosigns` of `node.yaml` names some. */
export interface WitnessProtocols {
  readonly protocols: readonly Protocol[]
  close(): void
}

/** The node's own witness: its key, and what it saw. @throws ConfigError, SqliteError */
export function openNodeWitness(
  directory: string,
  config: NodeConfig,
  now: () => Date,
  onRefused?: (origin: string, note: string) => void,
): Witness {
  return openWitness(witnessPath(directory), {
    name: witnessNameOf(config.id),
    logs: cosignedLogs(config),
    now,
    ...(onRefused ? { onRefused } : {}),
  })
}

/** @throws ConfigError, SqliteError */
export function openWitnessProtocol(
  directory: string,
  config: NodeConfig,
  { now, log }: { readonly now: () => Date; readonly log: Logger },
): WitnessProtocols {
  if (cosignedLogs(config).size === 0) return { protocols: [], close: () => undefined }
  const witness = openNodeWitness(directory, config, now, (origin, note) =>
    log.warn({ origin, note }, 'a checkpoint that its log signed does not go on from the one that was cosigned'),
  )
  return { protocols: [createWitnessProtocol(witness)], close: () => witness.close() }
}

/** A witness over HTTP (c2sp.org/tlog-witness). Requests need no other proof than the signature of the checkpoint. */
export function createWitnessProtocol(witness: Witness): Protocol {
  return {
    name: 'witness',
    path: WITNESS_PATH,
    addRoutes(app: Express) {
      const readBody = express.raw({ type: () => true, limit: LARGEST_BODY, inflate: false })
      app.post(ADD_PATH, nameRoute(ADD_PATH), readBody, (request, response) => {
        const body: unknown = request.body
        send(response, witness.addCheckpoint(body instanceof Uint8Array ? body : Buffer.alloc(0)))
      })
      app.all(ADD_PATH, nameRoute(ADD_PATH), () => {
        throw new NodeError('method_not_allowed', 'checkpoints are sent by POST', { headers: ['allow', 'POST'] })
      })
      app.get(CHECKPOINT_PATH, nameRoute(CHECKPOINT_PATH), (request, response) => {
        const { origin } = request.params
        const note = typeof origin === 'string' ? witness.readCheckpoint(origin) : undefined
        if (note === undefined) throw new NodeError('not_found', 'no checkpoint of this log was cosigned here')
        sendText(response, 200, note)
      })
      app.use(WITNESS_PATH, nameRoute(WITNESS_PATH), () => {
        throw new NodeError('not_found', 'there is nothing at this address')
      })
    },
    sendError(_request, response, error) {
      sendText(response, toHttpStatus(error.code), `${error.message}\n`, error.headers)
    },
  }
}

function send(response: Response, reply: WitnessReply): void {
  switch (reply.status) {
    case 200:
      return sendText(response, 200, reply.cosignature)
    case 409:
      return sendText(response, 409, `${reply.size}\n`, [], SIZE_MEDIA_TYPE)
    default:
      return sendText(response, reply.status, `${reply.reason}\n`)
  }
}
