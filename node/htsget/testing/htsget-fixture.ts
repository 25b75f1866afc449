import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import type { DatasetPolicy } from '../../access/authorise.js'
import { openTicketKeys } from '../../access/ticket-keys.js'
import { createApp } from '../../app.js'
import { openAuditLog, type AuditRecord } from '../../audit/audit-log.js'
import { initNode, readNodeConfig } from '../../config.js'
import { createNodeMetrics } from '../../metrics/metrics.js'
import { Bitmap } from '../../variants/bitmap.js'
import { createCapabilities } from '../capability.js'
import type { FileSource, HtsgetContext, KnownFile, OpenFile } from '../context.js'
import { createHtsgetProtocol, HTSGET_PATH } from '../protocol.js'
import { createAccessWorld, type AccessWorld } from './access-world.js'

export interface HeldFile {
  known: KnownFile
  opened: OpenFile
}

/** The htsget API over files in memory. Whatever is changed is seen by the next request. */
export interface HtsgetFixture {
  /** Of the API, without a slash at the end. */
  readonly url: string
  readonly files: Map<string, HeldFile>
  readonly policies: DatasetPolicy[]
  /** Nobody is known at first, and nothing was decided. */
  readonly world: AccessWorld
  /** Numbers of people who were removed. */
  readonly removed: Set<number>
  /** Milliseconds that the clock is ahead. */
  ahead: number
  /** Another process of the same node. */
  serveAnother(): Promise<string>
  audit(): readonly AuditRecord[]
  log(): string
  close(): Promise<void>
}

/** Person n is called `name-n` by the laboratory and `P-n` by answers. */
export async function createHtsgetFixture(): Promise<HtsgetFixture> {
  const directory = mkdtempSync(join(tmpdir(), 'fyr-htsget-'))
  initNode(directory, 'se.fyr.test', 'Region Test', 'data@test.invalid')
  const config = readNodeConfig(directory)
  const files = new Map<string, HeldFile>()
  const policies: DatasetPolicy[] = []
  const world = createAccessWorld()
  const removed = new Set<number>()
  const servers: ReturnType<typeof createServer>[] = []
  const audits: ReturnType<typeof openAuditLog>[] = []
  let log = ''

  const source: FileSource = {
    find: (id) => files.get(id)?.known,
    open: async ({ id }) => files.get(id)!.opened,
  }
  const individuals: HtsgetContext['individuals'] = {
    visible: () => ({
      kind: 'some',
      people: new Bitmap([1, 2, 3, 4].filter((number) => !removed.has(number))),
      version: [...removed].join(),
    }),
    everybody: () => new Bitmap([1, 2, 3, 4].filter((number) => !removed.has(number))),
    byNumber: (numbers) =>
      new Map(
        numbers.map((number) => [number, { number, name: `name-${number}`, pseudonym: `P-${number}`, sex: 'unknown' }]),
      ),
  }

  async function serve(): Promise<string> {
    const now = () => new Date(Date.now() + fixture.ahead)
    const audit = openAuditLog(directory, 'audit.ndjson', { now })
    audits.push(audit)
    let baseUrl = ''
    const metrics = createNodeMetrics()
    const context: HtsgetContext = {
      get config() {
        const { organisations: audiences } = world
        const nothing = { trust: 'passport', brokers: [], visaIssuers: [] } as const
        return audiences ? { ...config, access: { ...nothing, audiences } } : config
      },
      baseUrl: () => baseUrl,
      files: source,
      policies: () => policies,
      individuals,
      capabilities: createCapabilities(openTicketKeys(directory, now), config.id, now),
      authenticate: world.authenticate,
      realm: { id: config.id, metadataUrl: () => 'https://node.test/metadata' },
      rules: world.rules,
      consent: world.consent,
      audit,
      metrics,
      now,
    }
    const logger = pino({ level: 'info' }, { write: (line: string) => void (log += line) })
    const app = createApp(createHtsgetProtocol(context), [], { ready: () => true }, logger, metrics)
    const server = createServer(app)
    servers.push(server)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}${HTSGET_PATH}`
    return baseUrl
  }

  const fixture: HtsgetFixture = {
    url: '',
    files,
    policies,
    world,
    removed,
    ahead: 0,
    serveAnother: serve,
    audit() {
      const lines = readFileSync(join(directory, 'audit/audit.ndjson'), 'utf8').trim()
      return lines === '' ? [] : lines.split('\n').map((line) => JSON.parse(line) as AuditRecord)
    },
    log: () => log,
    async close() {
      for (const server of servers) {
        server.closeAllConnections()
        await new Promise((resolve) => server.close(resolve))
      }
      for (const audit of audits) await audit.close()
      rmSync(directory, { recursive: true, force: true })
    },
  }
  return Object.assign(fixture, { url: await serve() })
}
