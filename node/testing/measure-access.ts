import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { toPublicSignatureKey } from '../../schemas/index.js'
import { createHubKey, signRequest } from '../../schemas/testing/signed-request.js'
import { openNonces } from '../access/signature/nonces.js'
import { createVerifySignature } from '../access/signature/verify-signature.js'
import { openAuditLog } from '../audit/audit-log.js'
import { toCredentialsOf } from './to-credentials.js'

// Times what access costs beside the question, in one process: node measure-access.js
// Prints JSON: the median of each round, microseconds.

const ROUNDS = 7
const PER_ROUND = 1_000
/** Requests that a node answers at once, whose audit records go to the disk together. */
const AT_ONCE = 16
const URL_OF_NODE = 'https://norr.example/beacon/v2'

const directory = mkdtempSync(join(tmpdir(), 'fyr-measure-access-'))
const key = createHubKey()
const nonces = openNonces(directory, { now: Date.now })
const verify = createVerifySignature({
  hubs: new Map([['hub-1', { client: 'hub', key: toPublicSignatureKey(key.publicJwk) }]]),
  nonces,
  addresses: [{ path: '/beacon/v2', url: () => URL_OF_NODE }],
  now: () => new Date(),
})
const audit = openAuditLog(directory)

const question = {
  method: 'POST',
  url: `${URL_OF_NODE}/g_variants`,
  // Of the length of a question about one allele, and of a Passport with two visas.
  body: JSON.stringify({ meta: { apiVersion: 'v2.2.0' }, query: 'x'.repeat(200) }),
  headers: { authorization: `Bearer ${'x'.repeat(1_800)}`, 'ngp-purpose': 'HRESCH' },
}

async function verifyRound(): Promise<number> {
  const requests = Array.from({ length: PER_ROUND }, () => toCredentialsOf(signRequest(question, key)))
  const startedAt = performance.now()
  for (const request of requests) await verify(request)
  return performance.now() - startedAt
}

async function auditRound(): Promise<number> {
  const startedAt = performance.now()
  for (let index = 0; index < PER_ROUND; index += AT_ONCE) {
    const records = Array.from({ length: AT_ONCE }, (_, at) =>
      audit.record(
        {
          ts: new Date().toISOString(),
          requestId: `00000000-0000-4000-8000-${String(index + at).padStart(12, '0')}`,
          event: 'query',
          outcome: 'answered',
          principal: 'https://broker.example|someone',
          question: 'allele',
          datasets: ['d'],
          granularity: 'count',
          exists: true,
        },
        { assembly: 'GRCh38', contig: '17', start: index, ref: 'A', alt: 'C' },
      ),
    )
    await Promise.all(records)
  }
  return performance.now() - startedAt
}

const rounds: Record<'verify' | 'audit', number[]> = { verify: [], audit: [] }
for (let round = 0; round <= ROUNDS; round++) {
  const verified = await verifyRound()
  const audited = await auditRound()
  // The first round warms up.
  if (round === 0) continue
  rounds.verify.push((verified / PER_ROUND) * 1_000)
  rounds.audit.push((audited / PER_ROUND) * 1_000)
}
nonces.close()
await audit.close()
rmSync(directory, { recursive: true })
process.stdout.write(`${JSON.stringify(rounds)}\n`)
