import { trustUnavailable } from '../challenges.js'
import type { FetchJson } from '../passport/fetch-json.js'

/** A REMS, and who asks it. */
export interface RemsServer {
  /** Without a slash at the end. */
  readonly url: string
  readonly issuer: string
  readonly userId: string
  readonly apiKey: string
}

/** Values of the visas that a person has there now. @throws NodeError unavailable: it cannot be asked */
export type ReadPermissions = (rems: RemsServer, user: string) => Promise<ReadonlySet<string>>

/** How long an answer is believed: what REMS revokes is worth nothing here after that. */
const KEPT_MS = 5 * 60_000
const MOST_KEPT = 10_000

/** Asks a REMS what a person has, `/api/permissions/{user}`, and keeps the answer for five minutes. Failures are not kept. */
export function createReadPermissions(fetchJson: FetchJson, now: () => Date): ReadPermissions {
  const kept = new Map<string, { readonly until: number; readonly values: Promise<ReadonlySet<string>> }>()
  return (rems, user) => {
    const key = JSON.stringify([rems.issuer, user])
    const at = now().getTime()
    const known = kept.get(key)
    if (known && at < known.until && known.until - at <= KEPT_MS) return known.values
    kept.delete(key)
    // The first that was put is the oldest.
    const oldest = kept.keys().next()
    if (kept.size >= MOST_KEPT && !oldest.done) kept.delete(oldest.value)
    const values = fetchValues(fetchJson, rems, user, at)
    kept.set(key, { until: at + KEPT_MS, values })
    values.catch(() => {
      if (kept.get(key)?.values === values) kept.delete(key)
    })
    return values
  }
}

async function fetchValues(
  fetchJson: FetchJson,
  { url, issuer, userId, apiKey }: RemsServer,
  user: string,
  at: number,
): Promise<ReadonlySet<string>> {
  try {
    const address = `${url}/api/permissions/${encodeURIComponent(user)}?expired=false`
    const { status, body } = await fetchJson(address, undefined, { 'x-rems-api-key': apiKey, 'x-rems-user-id': userId })
    if (status !== 200) throw new Error(`REMS answers ${status}`)
    const visas = (body as { ga4gh_passport_v1?: unknown } | null)?.ga4gh_passport_v1
    if (!Array.isArray(visas)) throw new Error('the answer of REMS has no list of visas')
    return new Set(visas.flatMap((visa: unknown) => readValue(visa, issuer, user, at / 1000) ?? []))
  } catch (cause) {
    throw trustUnavailable('what was granted elsewhere cannot be checked just now; ask again later', cause)
  }
}

interface VisaClaims {
  readonly iss?: unknown
  readonly sub?: unknown
  readonly exp?: unknown
  readonly ga4gh_visa_v1?: { readonly type?: unknown; readonly value?: unknown } | null
}

/**
 * What a visa of the answer names. It is not verified: it only says again what a visa said that was, over a connection that was
 * opened to the configured address.
 */
function readValue(visa: unknown, issuer: string, user: string, at: number): string | undefined {
  if (typeof visa !== 'string') return undefined
  let claims: VisaClaims | null
  try {
    claims = JSON.parse(Buffer.from(visa.split('.')[1] ?? '', 'base64url').toString('utf8')) as VisaClaims | null
  } catch {
    return undefined
  }
  const { iss, sub, exp, ga4gh_visa_v1: object } = claims ?? {}
  if (iss !== issuer || sub !== user || typeof exp !== 'number' || exp <= at) return undefined
  const { type, value } = object ?? {}
  return type === 'ControlledAccessGrants' && typeof value === 'string' ? value : undefined
}
