import type { HubConfig, RegionConfig } from '../../schemas/index.js'
import { createAgents, type Agents } from '../fan-out/agents.js'
import { startDeadline } from '../fan-out/deadline.js'
import { getJson, type Reply } from '../fan-out/post-json.js'
import { readTls } from '../fan-out/read-tls.js'
import { isJsonObject, type JsonObject } from '../json-limits.js'
import type { ResolveAll } from './address-policy.js'

/** What was found out about one region. It holds no text of the region but a version. */
export interface RegionCheck {
  readonly id: string
  readonly name: string
  readonly url: string
  readonly ok: boolean
  /** What is not well, a phrase each; empty when all is. */
  readonly problems: readonly string[]
  /** `v2.2.0`; absent when it says none that can be read. */
  readonly apiVersion?: string
  /** Time of the first call with its connecting, milliseconds. */
  readonly elapsedMs: number
  /** The region's clock less this one's, seconds; absent without a Date header. */
  readonly clockDifferenceSeconds?: number
}

export interface CheckClocks {
  /** Monotonic milliseconds. */
  readonly now: () => number
  /** Milliseconds since 1970. */
  readonly wallClock: () => number
}

/** Tokens between hub and nodes are valid to 5 s; beyond it they fail for reasons that nobody sees. */
const MAXIMUM_CLOCK_DIFFERENCE_SECONDS = 5
const API_VERSION = /^v?(\d{1,3})\.\d{1,3}(\.\d{1,3})?$/
const BEACON_MAJOR_VERSION = '2'
const HTTP_OK = 200
const HTTP_NOT_FOUND = 404

type Get = (path: string) => Promise<Reply>
/** A document, or why there is none. */
type Document = { readonly body: JsonObject; readonly date: string | undefined } | { readonly problem: string }

function objectIn(parent: unknown, key: string): JsonObject | undefined {
  const value = isJsonObject(parent) ? parent[key] : undefined
  return isJsonObject(value) ? value : undefined
}

function isNotFound(reply: Reply): boolean {
  return (reply.kind === 'json' || reply.kind === 'status') && reply.status === HTTP_NOT_FOUND
}

function toDocument(path: string, reply: Reply): Document {
  if (reply.kind === 'status') return { problem: `${path} answered HTTP ${reply.status}` }
  if (reply.kind === 'invalid') return { problem: `${path}: ${reply.reason}` }
  // What keeps a region from answering at all needs no path.
  if (reply.kind !== 'json') return { problem: `${reply.kind}: ${reply.reason}` }
  if (reply.status !== HTTP_OK) return { problem: `${path} answered HTTP ${reply.status}` }
  if (!isJsonObject(reply.body)) return { problem: `${path}: the answer is not a JSON object` }
  return { body: reply.body, date: reply.date }
}

/** The ids under which a document speaks: of `/info` both the envelope's and the Beacon's own, of `/service-info` one. */
function idsOf(body: JsonObject): readonly unknown[] {
  const meta = objectIn(body, 'meta')
  return meta ? [meta['beaconId'], objectIn(body, 'response')?.['id']] : [body['id']]
}

/** `/info` gives the version in `meta`, service-info that of its type. */
function versionOf(body: JsonObject): string | undefined {
  const version = objectIn(body, 'meta')?.['apiVersion'] ?? objectIn(body, 'type')?.['version']
  return typeof version === 'string' && API_VERSION.test(version) ? version : undefined
}

function toVersionProblem(version: string | undefined): string | undefined {
  if (version === undefined) return 'names no Beacon version'
  const [, major] = API_VERSION.exec(version) ?? []
  return major === BEACON_MAJOR_VERSION ? undefined : `speaks Beacon ${version}, not version ${BEACON_MAJOR_VERSION}`
}

function hasVariants(body: JsonObject): boolean {
  const response = objectIn(body, 'response')
  if (objectIn(objectIn(response, 'entryTypes'), 'genomicVariant')) return true
  const sets = Object.values(objectIn(response, 'endpointSets') ?? {})
  return sets.some((set) => isJsonObject(set) && /\/g_variants\/?$/.test(String(set['rootUrl'])))
}

/** Looks in `/map`, and where that does not name them, in `/entry_types`. */
async function findVariantsProblem(get: Get): Promise<string | undefined> {
  const map = toDocument('/map', await get('/map'))
  if ('body' in map && hasVariants(map.body)) return undefined
  const types = toDocument('/entry_types', await get('/entry_types'))
  if ('body' in types && hasVariants(types.body)) return undefined
  if ('problem' in types) return 'problem' in map ? map.problem : types.problem
  return 'offers no g_variants in /map and /entry_types'
}

/** Seconds, from the middle of the call; the header itself is in whole seconds. */
function toClockDifference(date: string | undefined, middleMs: number): number | undefined {
  const theirs = date === undefined ? NaN : Date.parse(date)
  return Number.isNaN(theirs) ? undefined : Math.round((theirs - middleMs) / 1000)
}

async function checkRegion(region: RegionConfig, get: Get, { now, wallClock }: CheckClocks): Promise<RegionCheck> {
  const startedAt = now()
  const beganAt = wallClock()
  const info = await get('/info')
  const elapsedMs = Math.max(0, Math.round(now() - startedAt))
  const middleMs = (beganAt + wallClock()) / 2
  const path = isNotFound(info) ? '/service-info' : '/info'
  const document = toDocument(path, isNotFound(info) ? await get(path) : info)
  const { id, name, url } = region
  if ('problem' in document) return { id, name, url, ok: false, problems: [document.problem], elapsedMs }
  const apiVersion = versionOf(document.body)
  const clockDifferenceSeconds = toClockDifference(document.date, middleMs)
  const isClockOff = Math.abs(clockDifferenceSeconds ?? 0) > MAXIMUM_CLOCK_DIFFERENCE_SECONDS
  const problems = [
    idsOf(document.body).every((sent) => sent === id)
      ? undefined
      : 'answers under another id than it is registered with',
    toVersionProblem(apiVersion),
    await findVariantsProblem(get),
    isClockOff ? `its clock is ${clockDifferenceSeconds} s from ours` : undefined,
  ].filter((problem) => problem !== undefined)
  return {
    id,
    name,
    url,
    ok: problems.length === 0,
    problems,
    ...(apiVersion !== undefined ? { apiVersion } : {}),
    elapsedMs,
    ...(clockDifferenceSeconds !== undefined ? { clockDifferenceSeconds } : {}),
  }
}

function createGet(region: RegionConfig, agents: Agents, config: HubConfig, signal: () => AbortSignal): Get {
  return (path) => getJson(new URL(region.url.replace(/\/+$/, '') + path), agents, config, signal())
}

/** Asks every region who it is, all at once and within one deadline; in the order of hub.yaml. @throws ConfigError of its `tls` alone */
export async function checkRegions(
  config: HubConfig,
  clocks: CheckClocks,
  resolve?: ResolveAll,
): Promise<readonly RegionCheck[]> {
  const agents = createAgents(config.allowPrivate, { resolve, tls: config.tls && readTls(config.tls) })
  const { deadlineMs } = config
  const deadline = startDeadline({ deadlineMs, spentMs: 0, caller: new AbortController().signal, lag: undefined })
  try {
    return await Promise.all(
      config.regions.map((region) =>
        checkRegion(
          region,
          createGet(region, agents, config, () => deadline.begin().signal),
          clocks,
        ),
      ),
    )
  } finally {
    deadline.end()
    agents.destroy()
  }
}
