import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { stringify } from 'yaml'
import {
  ASSEMBLY_IDS,
  ConfigError,
  COSIGNATURE,
  openVerifierKey,
  readConfig,
  toKnownLogs,
  validate,
  type KnownLogs,
  type ListenTls,
  type NodeConfig,
} from '../schemas/index.js'
import { whyAddressRefused } from './access/passport/address-policy.js'
import type { RemsSettings } from './access/rems/rems-grants.js'
import type { WitnessAddress } from './audit/witness-client.js'
import type { KeySettings } from './files/read-key.js'
import type { StorageSettings } from './storage/open-storage.js'
import type { ReferencePaths } from './variants/reference.js'
import type { VisaSettings } from './visas/visa-protocol.js'

const DEFAULT_PORT = 8081

export function configPath(directory: string): string {
  return join(directory, 'node.yaml')
}

/** @throws ConfigError */
export function readNodeConfig(directory: string): NodeConfig {
  return readConfig<NodeConfig>(configPath(directory), 'config/node.json')
}

/** Where the node's FASTA files are; `node.yaml` names them from the node's directory. */
export function referencePaths(directory: string, { references = {} }: NodeConfig): ReferencePaths {
  const entries = ASSEMBLY_IDS.flatMap((assembly) => {
    const path = references[assembly]
    return path === undefined ? [] : [[assembly, resolve(directory, path)] as const]
  })
  return Object.fromEntries(entries)
}

/** Where the node's files are kept; `node.yaml` names the files with keys from the node's directory. */
export function storageSettings(directory: string, { storage = {} }: NodeConfig): StorageSettings {
  if (!storage.s3) return {}
  const { endpoint, region, pathStyle = true, credentials } = storage.s3
  if (!credentials) return { s3: { endpoint, region, pathStyle } }
  const { accessKeyIdFile, secretAccessKeyFile, sessionTokenFile } = credentials
  const token = sessionTokenFile === undefined ? {} : { sessionTokenFile: resolve(directory, sessionTokenFile) }
  const keys = {
    accessKeyIdFile: resolve(directory, accessKeyIdFile),
    secretAccessKeyFile: resolve(directory, secretAccessKeyFile),
    ...token,
  }
  return { s3: { endpoint, region, pathStyle, credentials: keys } }
}

/** Where the node's own key for encrypted files is; undefined when it has none. */
export function keySettings(directory: string, { crypt4gh }: NodeConfig): KeySettings | undefined {
  if (!crypt4gh) return undefined
  const { secretKeyFile, passphraseFile } = crypt4gh
  return {
    secretKeyFile: resolve(directory, secretKeyFile),
    ...(passphraseFile === undefined ? {} : { passphraseFile: resolve(directory, passphraseFile) }),
  }
}

/** Where the files of the public listener's TLS are; undefined when it speaks plain HTTP. */
export function tlsSettings(directory: string, { listen: { tls } }: NodeConfig): ListenTls | undefined {
  if (!tls) return undefined
  const { keyFile, certFile, clientCaFile } = tls
  return {
    keyFile: resolve(directory, keyFile),
    certFile: resolve(directory, certFile),
    ...(clientCaFile === undefined ? {} : { clientCaFile: resolve(directory, clientCaFile) }),
  }
}

/**
 * How the node issues visas; undefined: it issues none.
 *
 * @throws ConfigError it is not said whose subjects they are for
 */
export function visaSettings(directory: string, { access }: NodeConfig): VisaSettings | undefined {
  if (!access?.visas) return undefined
  const { apiKeyFile, subjectsOf } = access.visas
  const [only, ...others] = access.brokers
  const broker = subjectsOf ?? (others.length === 0 ? only?.issuer : undefined)
  if (broker === undefined) throw new ConfigError('access.visas.subjectsOf must name one of several brokers')
  return { apiKeyFile: resolve(directory, apiKeyFile), subjectsOf: broker }
}

/** The REMS instances whose decisions count here, each with the file of its API key and who it decides for. */
export function remsSettings(directory: string, { access, organization }: NodeConfig): readonly RemsSettings[] {
  return (access?.rems ?? []).map((rems) => {
    const issuer = access!.visaIssuers.find((one) => one.issuer === rems.issuer)
    return {
      url: rems.url.replace(/\/+$/, ''),
      apiKeyFile: resolve(directory, rems.apiKeyFile),
      userId: rems.userId,
      issuer: rems.issuer,
      controller: rems.controller ?? organization.name,
      ...(issuer?.subjectsOf === undefined ? {} : { subjectsOf: issuer.subjectsOf }),
      // Without a prefix nothing is named (check-access.ts refuses that).
      valuePrefix: issuer?.valuePrefix ?? '',
    }
  })
}

/** Who cosigns the checkpoints of the node's audit log. @throws ConfigError two have one name, or a key is none of a witness */
export function witnessSettings({ audit }: NodeConfig): readonly WitnessAddress[] {
  const names = new Set<string>()
  return (audit?.witnesses ?? []).map(({ name, url, publicKey }) => {
    const key = openVerifierKey(publicKey, COSIGNATURE)
    if (!key) throw new ConfigError(`audit.witnesses: the publicKey of ${name} is not the key of a witness`)
    if (names.has(name)) throw new ConfigError(`audit.witnesses: there are two with the name ${name}`)
    const refused = whyAddressRefused(url, audit?.allowPrivate ?? false)
    if (refused !== undefined) throw new ConfigError(`audit.witnesses: the url of ${name} ${refused}`)
    names.add(name)
    return { name, url: url.replace(/\/+$/, ''), key }
  })
}

/** The audit logs of others that the node cosigns. @throws ConfigError a key is none of a log, or two are of one log */
export function cosignedLogs({ audit }: NodeConfig): KnownLogs {
  const keys = (audit?.cosigns ?? []).map((text) => {
    const key = openVerifierKey(text)
    if (!key) throw new ConfigError(`audit.cosigns: ${text} is not the key of a log`)
    return key
  })
  const logs = toKnownLogs(keys)
  if (logs.size < keys.length) throw new ConfigError('audit.cosigns: there are two keys of one log')
  return logs
}

/**
 * Makes a node's directory with a first `node.yaml`.
 *
 * @throws ConfigError the directory is a node already, or the id is none
 */
export function initNode(directory: string, id: string, name: string, contact: string | undefined): void {
  const path = configPath(directory)
  if (existsSync(path)) throw new ConfigError(`${directory} is a node already: it has a node.yaml`)
  const config: NodeConfig = {
    id,
    name,
    contact: contact ?? name,
    organization: { id, name },
    environment: 'test',
    listen: { host: '127.0.0.1', port: DEFAULT_PORT },
    variantStore: { type: 'sqlite' },
    defaultGranularity: 'boolean',
    logLevel: 'info',
  }
  const result = validate('config/node.json', config)
  if (!result.ok) {
    const key = result.violation.pointer.slice(1) || 'the configuration'
    throw new ConfigError(`${key} ${result.violation.message}${key === 'id' ? ', e.g. se.fyr.norr' : ''}`)
  }
  mkdirSync(directory, { recursive: true })
  writeFileSync(path, `# A Fyr node. Every key is explained in docs/configuration.md.\n${stringify(config)}`, {
    flag: 'wx',
  })
}
