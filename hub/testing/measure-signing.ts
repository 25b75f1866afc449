import { toPrivateSignatureKey } from '../../schemas/index.js'
import { createHubJwk } from '../../schemas/testing/hub-jwk.js'
import { createRequestSigner } from '../fan-out/sign-request.js'

// Times what the hub's signature of one request to one region costs: node measure-signing.js
// Prints JSON: the mean of each round, microseconds.

const ROUNDS = 7
const PER_ROUND = 1_000

const sign = createRequestSigner('se.fyr.hub-1', toPrivateSignatureKey(createHubJwk()))
const request = {
  method: 'POST',
  url: new URL('https://norr.example/beacon/v2/g_variants'),
  headers: { authorization: `Bearer ${'x'.repeat(1_800)}`, 'content-type': 'application/json', 'x-request-id': 'x' },
  body: Buffer.from('x'.repeat(300)),
} as const

const rounds: number[] = []
for (let round = 0; round <= ROUNDS; round++) {
  const startedAt = performance.now()
  for (let index = 0; index < PER_ROUND; index++) sign(request)
  // The first round warms up.
  if (round > 0) rounds.push(((performance.now() - startedAt) / PER_ROUND) * 1_000)
}
process.stdout.write(`${JSON.stringify({ sign: rounds })}\n`)
