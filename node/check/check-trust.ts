import { createLocalJWKSet, type JSONWebKeySet } from 'jose'
import { textOfNote, type NodeConfig } from '../../schemas/index.js'
import { whyAddressRefused } from '../access/passport/address-policy.js'
import { createJsonClient, type FetchJson } from '../access/passport/fetch-json.js'
import { readApiKey } from '../access/rems/rems-grants.js'
import { auditDirectory } from '../audit/chain-files.js'
import { readLatest } from '../audit/checkpoint-files.js'
import { originOf, parseCheckpointText } from '../audit/checkpoint.js'
import { createWitnessClient } from '../audit/witness-client.js'
import { remsSettings, witnessSettings } from '../config.js'
import { problem, type Finding } from './finding.js'

/** Clocks may differ by so much, milliseconds: visas, signatures and tickets are worth something for minutes. */
const LARGEST_DIFFERENCE_MS = 30_000

/** An answer that does not do; whatever else goes wrong is told without a piece of what was answered. */
class WrongAnswer extends Error {
  override readonly name = 'WrongAnswer'
}

/** Somebody whom the node trusts. */
interface Trusted {
  readonly where: string
  readonly remedy: string
  /** @returns when it was answered by the clock of who answers, milliseconds since 1970; undefined: it did not say */
  readonly ask: () => Promise<number | undefined>
}

/** One short request to each whom the node relies on, all at once; and what their clocks say. */
export async function checkTrust(
  directory: string,
  config: NodeConfig,
  now: () => Date,
  deadlineMs: number,
): Promise<readonly Finding[]> {
  const json = createJsonClient(config.access?.allowPrivate ?? false, undefined, deadlineMs)
  try {
    const trusted = [...publishersOfKeys(config, json.fetchJson), ...remsOf(directory, config, json.fetchJson)]
    const asked = await Promise.all(
      [...trusted, ...witnessesOf(directory, config, deadlineMs)].map((one) => ask(one, now, deadlineMs)),
    )
    return [...asked.flatMap(({ findings }) => findings), ...compareClocks(asked)]
  } finally {
    if (config.access) await json.close()
  }
}

interface Asked {
  readonly where: string
  readonly findings: readonly Finding[]
  /** How much the clock there is ahead. */
  readonly aheadMs?: number
}

async function ask({ where, remedy, ask: send }: Trusted, now: () => Date, deadlineMs: number): Promise<Asked> {
  const sentAt = now().getTime()
  try {
    const answeredAt = await send()
    if (answeredAt === undefined) return { where, findings: [] }
    return { where, findings: [], aheadMs: answeredAt - (sentAt + now().getTime()) / 2 }
  } catch (error) {
    return { where, findings: [problem(where, describe(error, deadlineMs), remedy)] }
  }
}

function describe(error: unknown, deadlineMs: number): string {
  const { name, code, message } = error as NodeJS.ErrnoException
  if (error instanceof WrongAnswer) return message
  if (error instanceof SyntaxError) return 'what it answers is not JSON'
  if (name === 'TimeoutError' || code === 'UND_ERR_CONNECT_TIMEOUT') {
    return `it does not answer within ${deadlineMs / 1000} s`
  }
  return code === undefined ? message : `it cannot be reached (${code})`
}

/** A clock tells whole seconds, and an answer took some time: what is found is far beyond both. */
function compareClocks(asked: readonly Asked[]): readonly Finding[] {
  const off = asked.filter(({ aheadMs = 0 }) => Math.abs(aheadMs) > LARGEST_DIFFERENCE_MS)
  const [first] = off
  if (!first) return []
  const seconds = Math.round(first.aheadMs! / 1000)
  const others = off.length > 1 ? `, and ${off.length - 1} more differ` : ''
  const what = `it is ${Math.abs(seconds)} s ${seconds > 0 ? 'behind' : 'ahead of'} that of ${first.where}${others}`
  return [problem('clock', what, 'set it by NTP, or tell them to')]
}

function publishersOfKeys({ access }: NodeConfig, fetchJson: FetchJson): readonly Trusted[] {
  if (!access) return []
  const { brokers, visaIssuers, allowPrivate = false } = access
  const wanted = new Map<string, string>()
  const add = (address: string, whose: string) => {
    // Of an address that may not be asked, node.yaml is what is wrong.
    if (!wanted.has(address) && whyAddressRefused(address, allowPrivate) === undefined) wanted.set(address, whose)
  }
  for (const { issuer, jwksUri } of brokers) add(jwksUri, `broker ${issuer}`)
  for (const { issuer, jku } of visaIssuers) for (const address of jku) add(address, `visa issuer ${issuer}`)
  const keys = [...wanted].map(([address, whose]): Trusted => {
    return {
      where: `${whose}, keys at ${address}`,
      remedy: 'see that the node can reach it: without its keys nobody is known',
      async ask() {
        const { status, body, answeredAt } = await fetchJson(address)
        if (status !== 200) throw new WrongAnswer(`it answers HTTP ${status}`)
        requireKeys(body)
        return answeredAt
      },
    }
  })
  const userinfo = brokers.flatMap(({ issuer, userinfoEndpoint: address }): readonly Trusted[] => {
    if (address === undefined || whyAddressRefused(address, allowPrivate) !== undefined) return []
    return [
      {
        where: `broker ${issuer}, userinfo at ${address}`,
        remedy: 'see that the node can reach it: without it access tokens are worth nothing',
        async ask() {
          // Without a token it says that there is none.
          const { status, answeredAt } = await fetchJson(address)
          if (status === 404 || status >= 500) throw new WrongAnswer(`it answers HTTP ${status}`)
          return answeredAt
        },
      },
    ]
  })
  return [...keys, ...userinfo]
}

function requireKeys(body: unknown): void {
  try {
    createLocalJWKSet(body as JSONWebKeySet)
  } catch {
    throw new WrongAnswer('what it answers is no set of keys')
  }
}

function remsOf(directory: string, config: NodeConfig, fetchJson: FetchJson): readonly Trusted[] {
  return remsSettings(directory, config).flatMap(({ url, apiKeyFile, userId }): readonly Trusted[] => {
    if (whyAddressRefused(url, config.access?.allowPrivate ?? false) !== undefined) return []
    let apiKey: string
    try {
      apiKey = readApiKey(apiKeyFile)
    } catch {
      // What is wrong with the file is said of it.
      return []
    }
    return [
      {
        where: `REMS ${url}`,
        remedy: 'see that the node can reach it with its API key: without it what it grants is worth nothing',
        async ask() {
          const address = `${url}/api/permissions/${encodeURIComponent(userId)}?expired=false`
          const headers = { 'x-rems-api-key': apiKey, 'x-rems-user-id': userId }
          const { status, answeredAt } = await fetchJson(address, undefined, headers)
          if (status === 401 || status === 403) throw new WrongAnswer(`it refuses the API key (HTTP ${status})`)
          if (status !== 200) throw new WrongAnswer(`it answers HTTP ${status}`)
          return answeredAt
        },
      },
    ]
  })
}

function witnessesOf(directory: string, config: NodeConfig, deadlineMs: number): readonly Trusted[] {
  const allowPrivate = config.audit?.allowPrivate ?? false
  return readWitnesses(config).map((witness): Trusted => {
    return {
      where: `witness ${witness.name} at ${witness.url}`,
      remedy: `see that the node can reach it, and run fyr-node audit verify ${directory} --witnesses`,
      async ask() {
        let answeredAt: number | undefined
        const onAnswer = (at: number | undefined) => (answeredAt = at)
        const client = createWitnessClient({ allowPrivate, deadlineMs, onAnswer })
        try {
          const seen = await client.fetchLast(witness, originOf(config.id))
          // Read afterwards: a checkpoint may be made meanwhile.
          const size = readSize(directory)
          if (seen && size < seen.head.size) {
            throw new WrongAnswer(`it has cosigned ${seen.head.size} entries, and the last checkpoint covers ${size}`)
          }
          return answeredAt
        } finally {
          await client.close()
        }
      },
    }
  })
}

/** What is wrong with them is said of node.yaml. */
function readWitnesses(config: NodeConfig) {
  try {
    return witnessSettings(config)
  } catch {
    return []
  }
}

/** Entries that the last checkpoint covers. */
function readSize(directory: string): number {
  const note = readLatest(auditDirectory(directory))
  return (note === undefined ? undefined : parseCheckpointText(textOfNote(note))?.size) ?? 0
}
