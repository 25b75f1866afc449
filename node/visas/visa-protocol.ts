import { readFileSync } from 'node:fs'
import type { Express, Request } from 'express'
import { listHeldGrants } from '../access/register/held-grants.js'
import type { RecordChange } from '../audit/change-log.js'
import { openRegister } from '../access/register/register-database.js'
import { isSameSecret } from '../same-secret.js'
import { NodeError, toHttpStatus } from '../errors.js'
import { sendProblem } from '../problem.js'
import type { Protocol } from '../protocol.js'
import { nameRoute } from '../route-name.js'
import { sendJson } from '../send.js'
import { issueVisas } from './issue-visas.js'
import { openVisaKey } from './visa-key.js'

export const VISAS_PATH = '/visas'

/** A key that somebody could guess is none. */
const SHORTEST_KEY = 16
const NO_STORE = ['cache-control', 'no-store', 'pragma', 'no-cache']
/** Keys are fetched by everybody who checks a visa; a new one is to be known within minutes. */
const KEYS_AGE = ['cache-control', 'public, max-age=300']

export interface VisaSettings {
  /** Whose subjects the members of projects are. */
  readonly subjectsOf: string
  readonly apiKeyFile: string
}

export interface VisaOptions extends VisaSettings {
  readonly directory: string
  readonly origin: () => string
  readonly record: RecordChange
  readonly now: () => Date
}

/**
 * The node as an issuer of visas for its own grants: its keys, and, as REMS does, what one person holds, for brokers that have an
 * API key. Somebody whom nobody knows holds nothing.
 *
 * @throws Error the API key cannot be read, or is too short
 */
export function openVisaProtocol(options: VisaOptions): Protocol & { close(): void } {
  const { directory, apiKeyFile, subjectsOf, origin, record, now } = options
  const apiKey = readApiKey(apiKeyFile)
  const key = openVisaKey(directory)
  const db = openRegister(directory)

  async function answer(request: Request): Promise<object> {
    requireApiKey(request, apiKey)
    const sub = request.params['sub']
    if (typeof sub !== 'string') throw new NodeError('invalid_input', 'name a subject')
    const at = now()
    const held = listHeldGrants(db, { iss: subjectsOf, sub }, at.toISOString())
    const ids = held.map(({ grant, member }) => `${grant}:${member}`)
    if (ids.length > 0) {
      await record('visa.issue', { what: 'visa.issue', iss: subjectsOf, sub, visas: ids, at: at.toISOString() })
    }
    return { ga4gh_passport_v1: issueVisas(sub, held, { key, origin: origin(), now: at }) }
  }

  return {
    name: 'visas',
    path: VISAS_PATH,
    addRoutes(app: Express) {
      app.get('/.well-known/visa-jwks.json', nameRoute('/.well-known/visa-jwks.json'), (_request, response) => {
        sendJson(response, 200, { keys: key.publicKeys }, KEYS_AGE)
      })
      app.get(`${VISAS_PATH}/permissions/:sub`, nameRoute(`${VISAS_PATH}/permissions`), async (request, response) => {
        sendJson(response, 200, await answer(request), NO_STORE)
      })
      app.use(VISAS_PATH, nameRoute(VISAS_PATH), () => {
        throw new NodeError('not_found', 'there is nothing at this address')
      })
    },
    sendError(_request, response, error) {
      sendProblem(response, toHttpStatus(error.code), error.code, error.message, error.headers)
    },
    close() {
      db.close()
    },
  }
}

function readApiKey(file: string): string {
  const key = readFileSync(file, 'utf8').trim()
  if (key.length < SHORTEST_KEY) throw new Error(`the key has fewer than ${SHORTEST_KEY} characters`)
  return key
}

/** Under the name that REMS has for it too, so that the connectors of brokers work. @throws NodeError unauthenticated */
function requireApiKey({ headersDistinct }: Request, apiKey: string): void {
  const sent = [...(headersDistinct['x-api-key'] ?? []), ...(headersDistinct['x-rems-api-key'] ?? [])]
  if (sent.length === 1 && isSameSecret(sent[0]!, apiKey)) return
  throw new NodeError('unauthenticated', 'send the API key of this node in the header x-api-key', { headers: [] })
}
