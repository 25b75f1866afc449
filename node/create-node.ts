import { createServer } from 'node:http'
import { Router, type Express } from 'express'
import { pino, type DestinationStream } from 'pino'
import { ADMIN_HOST, toAdminPort, type NodeConfig } from '../schemas/index.js'
import { createAdminApp } from './admin-app.js'
import { openAccessAdmin } from './admin/open-access-admin.js'
import { createApp } from './app.js'
import { openAccess } from './access/open-access.js'
import { openConsent } from './access/consent/open-consent.js'
import { openAccessRules } from './access/register/open-access-rules.js'
import { openSignatures } from './access/signature/open-signatures.js'
import { openRems } from './access/rems/open-rems.js'
import { openTicketKeys } from './access/ticket-keys.js'
import { openAuditLog } from './audit/audit-log.js'
import { checkpointRoutes } from './audit/checkpoint-routes.js'
import { openCheckpoints } from './audit/open-checkpoints.js'
import { openWitnessProtocol } from './audit/witness-protocol.js'
import type { BeaconContext } from './beacon/context.js'
import { NO_FILES } from './beacon/offered-files.js'
import { BEACON_PATH, createBeaconProtocol } from './beacon/routes.js'
import { keySettings, referencePaths, storageSettings, tlsSettings } from './config.js'
import { openFileSource } from './files/open-file-source.js'
import { openFiles } from './files/open-files.js'
import { nameReference } from './files/name-reference.js'
import { readKey } from './files/read-key.js'
import { createCapabilities } from './htsget/capability.js'
import type { HtsgetContext } from './htsget/context.js'
import { createHtsgetProtocol, HTSGET_PATH } from './htsget/protocol.js'
import { createPublicServer, drainListener, startListener } from './listener.js'
import { openLogDestination, STANDARD_ERROR } from './log-destination.js'
import { ServeError } from './serve-error.js'
import { NO_INTERPRETATIONS, openInterpretations } from './interpretations/open-interpretations.js'
import { openIndividuals } from './metadata/individuals.js'
import { NO_ONTOLOGIES, toTerms } from './metadata/ontologies/open-terms.js'
import { openOntologies } from './metadata/ontologies/ontologies.js'
import { openMetadata } from './metadata/metadata.js'
import { createTestMetadata } from './metadata/test-metadata.js'
import { createNodeMetrics, type NodeMetrics } from './metrics/metrics.js'
import { openStorage } from './storage/open-storage.js'
import { openGenes } from './variants/genes/open-genes.js'
import { openSqliteStore } from './variants/sqlite/open-sqlite-store.js'
import { openReferences } from './variants/reference.js'
import { createTestStore, TEST_DATASET } from './variants/test-store.js'
import { openSequenceDigests } from './variants/vrs/sequence-digests.js'
import { createVrsNamer } from './variants/vrs/vrs-namer.js'
import { openVisas } from './visas/open-visas.js'
import { withinTime } from './within-time.js'

/** Idle connections are kept longer than any hub or proxy keeps its end, so that no request meets a closing socket. */
const KEEP_ALIVE_MS = 75_000

/** A reference of a few contigs is hashed in less; a whole genome takes some ten seconds, and records have no VRS identifiers until then. */
const LONGEST_DIGEST_WAIT_MS = 2_000
/** Of several workers, the one that hashes references. */
const FIRST_WORKER = 1

/** A Passport of the largest size that is read (64 KiB), and all other headers; without Passports, Node's own 16 KiB do. */
const LARGEST_HEADERS = 80 * 1024

export interface NodeOptions {
  /** The node's directory: node.yaml, datasets, register of people, audit log. */
  readonly directory: string
  readonly now?: () => Date
  /** Where JSON logs go; default: standard error. */
  readonly logTo?: DestinationStream
  /** Number of this process among the workers of the node; absent: there is only this one. */
  readonly worker?: number
}

export interface RunningNode {
  readonly app: Express
  readonly adminApp: Express
  readonly metrics: NodeMetrics
  /** Starts both listeners. @throws Error a port is taken */
  listen(): Promise<{ readonly url: string; readonly adminUrl: string }>
  /** Starts the public listener alone: of several workers none has the admin listener. @throws Error the port is taken */
  listenPublic(): Promise<string>
  /** Stops taking requests, lets those in flight finish, and closes every file. */
  close(): Promise<void>
}

/** Wires a node from its configuration. @throws ConfigError, ServeError */
export async function createNode(config: NodeConfig, options: NodeOptions): Promise<RunningNode> {
  const { worker, now = () => new Date() } = options
  const base = { service: config.id, ...(worker === undefined ? {} : { worker }) }
  const log = pino({ level: config.logLevel, base }, options.logTo ?? openLogDestination(STANDARD_ERROR))
  const metrics = createNodeMetrics()
  const individuals = open(`the individuals of ${options.directory}`, () => openIndividuals(options.directory))
  const paths = referencePaths(options.directory, config)
  const references = open('the references of node.yaml', () => openReferences(paths))
  const digests = openSequenceDigests(options.directory, paths, {
    computes: worker === undefined || worker === FIRST_WORKER,
    onProblem: (err) => log.error({ err }, 'the digests of a reference cannot be computed or kept'),
  })
  const genes = open(`the genes of ${options.directory}`, () => openGenes(options.directory))
  const store = open(`the datasets of ${options.directory}`, () =>
    openSqliteStore(options.directory, {
      references,
      onProblem: (err) => log.error({ err }, 'a published dataset cannot be read'),
    }),
  )
  const metadata = open(`the metadata of ${options.directory}`, () => openMetadata(options.directory))
  const ontologies = open(`the ontologies of ${options.directory}`, () => openOntologies(options.directory))
  const storage = openStorage(storageSettings(options.directory, config))
  const registry = open(`the files of ${options.directory}`, () => openFiles(options.directory))
  const secretKey = keySettings(options.directory, config)
  const key = secretKey && open('the key of node.yaml', () => readKey(secretKey))
  const assemblyOf = (datasetId: string) => store.datasets().find(({ id }) => id === datasetId)?.assembly
  const files = openFileSource({
    registry,
    storage,
    ...(key ? { key } : {}),
    referenceOf(datasetId, contigs) {
      const assembly = assemblyOf(datasetId)
      const reference = assembly && references[assembly]
      return reference && nameReference(reference.fasta, assembly, contigs)
    },
  })
  const ticketKeys = open(`the keys of tickets of ${options.directory}`, () => openTicketKeys(options.directory, now))
  const testStore = createTestStore()
  const interpretations = openInterpretations(options.directory)
  const testMetadata = createTestMetadata(TEST_DATASET)
  // A slot's file outlives its process: the replacement, and the next start of the node, go on with it.
  const auditFile = worker === undefined ? 'audit.ndjson' : `worker-${worker}.ndjson`
  const audit = open(`the audit log of ${options.directory}`, () => openAuditLog(options.directory, auditFile, { now }))
  // Of several workers none makes checkpoints: the primary does.
  const checkpoints =
    worker === undefined
      ? await openCheckpoints(options.directory, config, { now, log, registry: metrics.registry })
      : undefined
  const rules = open(`the register of access of ${options.directory}`, () =>
    openAccessRules(options.directory, { now, asksOncePerTurn: true }),
  )
  const rems = config.access?.rems
    ? open('access.rems of node.yaml', () =>
        openRems(options.directory, config, { findTag: (name) => rules.findTag(name), now }),
      )
    : undefined
  const publicHealthByLaw = config.access?.publicHealthByLaw ?? false
  const consent = open(`what people of ${options.directory} said`, () =>
    openConsent(options.directory, { now, publicHealthByLaw }),
  )
  let draining = false
  let beaconUrl = config.baseUrl?.replace(/\/+$/, '')
  const htsgetUrl = () =>
    config.htsgetUrl?.replace(/\/+$/, '') ?? `${beaconUrl?.replace(/\/beacon\/v2$/, '') ?? ''}${HTSGET_PATH}`
  const signatures = openSignatures(config.access, {
    directory: options.directory,
    addresses: [
      { path: BEACON_PATH, url: () => beaconUrl },
      { path: HTSGET_PATH, url: htsgetUrl },
    ],
    now,
  })
  const access = openAccess(config, {
    origin: () => (beaconUrl === undefined ? '' : new URL(beaconUrl).origin),
    now,
    verifySignature: signatures.verifySignature,
    onDropped: (reason) => log.debug({ reason }, 'a visa was dropped'),
  })
  const { authenticate } = access
  const context: BeaconContext = {
    config,
    baseUrl: () => beaconUrl ?? BEACON_PATH,
    htsgetUrl,
    data: {
      store,
      metadata,
      individuals,
      interpretations,
      terms: toTerms(ontologies),
      files: { ofDataset: (dataset) => registry.ofDataset(dataset), open: (file) => files.open(file) },
    },
    testData: {
      store: testStore,
      ...testMetadata,
      interpretations: NO_INTERPRETATIONS,
      terms: NO_ONTOLOGIES,
      files: NO_FILES,
    },
    vrs: createVrsNamer(references, digests),
    genes,
    references,
    authenticate,
    realm: access.realm,
    rules,
    ...(rems ? { remsGrants: rems.remsGrants } : {}),
    consent,
    audit,
    now,
  }
  const htsgetContext: HtsgetContext = {
    config,
    baseUrl: htsgetUrl,
    files,
    policies: () => store.datasets(),
    individuals,
    capabilities: createCapabilities(ticketKeys, config.id, now),
    authenticate,
    realm: access.realm,
    rules,
    consent,
    audit,
    metrics,
    now,
  }
  const health = { ready: () => !draining }
  const visas = open('access.visas of node.yaml', () =>
    openVisas(options.directory, config, { origin: () => new URL(beaconUrl ?? '').origin, now }),
  )
  const witness = open('what the node witnesses', () => openWitnessProtocol(options.directory, config, { now, log }))
  const others = [createHtsgetProtocol(htsgetContext), ...visas.protocols, ...witness.protocols]
  const app = createApp(createBeaconProtocol(context), others, health, log, metrics, access.documents)
  // Of several workers none has the admin listener: the primary does.
  const onFault = (err: unknown) => log.error({ err }, 'a request of the admin API failed')
  const accessAdmin =
    worker === undefined
      ? open('the register of access', () => openAccessAdmin(options.directory, config, { now, onFault }))
      : undefined
  const metricsText = { contentType: metrics.registry.contentType, text: () => metrics.registry.metrics() }
  const adminApp = createAdminApp(health, metricsText, {
    access: accessAdmin?.routes ?? Router(),
    checkpoints: checkpointRoutes(options.directory, config.id),
  })
  const server = createPublicServer(app, {
    tls: tlsSettings(options.directory, config),
    maxHeaderSize: config.access && LARGEST_HEADERS,
  })
  const adminServer = createServer(adminApp)
  server.keepAliveTimeout = KEEP_ALIVE_MS
  // So that the first answers of a node with a small reference are like all others.
  await withinTime(digests.ready, LONGEST_DIGEST_WAIT_MS)

  async function startPublic(): Promise<string> {
    const url = await startListener(server, config.listen.host, config.listen.port)
    beaconUrl ??= `${url}${BEACON_PATH}`
    return url
  }

  return {
    app,
    adminApp,
    metrics,
    async listen() {
      const adminPort = toAdminPort(config.listen)
      const url = await startPublic()
      const adminUrl = await startListener(adminServer, ADMIN_HOST, adminPort)
      log.info({ url, adminUrl }, 'listening')
      return { url, adminUrl }
    },
    async listenPublic() {
      const url = await startPublic()
      log.info({ url }, 'listening')
      return url
    },
    async close() {
      draining = true
      await Promise.all([drainListener(server), drainListener(adminServer)])
      await access.close()
      await rems?.close()
      signatures.close()
      await store.close()
      await testStore.close()
      testMetadata.metadata.close()
      testMetadata.individuals.close()
      metadata.close()
      ontologies.close()
      rules.close()
      consent.close()
      individuals.close()
      interpretations.close()
      await digests.close()
      genes.close()
      registry.close()
      await storage.close()
      for (const reference of Object.values(references)) reference.close()
      accessAdmin?.close()
      visas.close()
      witness.close()
      await audit.close()
      await checkpoints?.stop()
    },
  }
}

function open<T>(what: string, attempt: () => T): T {
  try {
    return attempt()
  } catch (cause) {
    throw new ServeError(`${what} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  }
}
