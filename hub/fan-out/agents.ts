import { Agent as HttpAgent, type AgentOptions } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import type { LookupFunction } from 'node:net'
import { createGuardedLookup, type ResolveAll } from '../regions/address-policy.js'

/** Idle connections kept to each region. */
const MAXIMUM_FREE_SOCKETS = 16

export interface Agents {
  agentFor(url: URL): HttpAgent
  destroy(): void
}

/** Keep-alive agents of one hub; every socket they open has its address checked first. */
export function createAgents(allowPrivate: boolean, resolve?: ResolveAll): Agents {
  // @types/node leaves `lookup` out of AgentOptions; agents hand unknown options on to net.connect (nodejs.org/api/http.html#new-agentoptions).
  const options: AgentOptions & { lookup: LookupFunction } = {
    keepAlive: true,
    maxFreeSockets: MAXIMUM_FREE_SOCKETS,
    lookup: createGuardedLookup(allowPrivate, resolve),
  }
  const http = new HttpAgent(options)
  const https = new HttpsAgent(options)
  return {
    agentFor: (url) => (url.protocol === 'https:' ? https : http),
    destroy() {
      http.destroy()
      https.destroy()
    },
  }
}
