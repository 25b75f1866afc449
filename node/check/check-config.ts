import { X509Certificate, createPrivateKey } from 'node:crypto'
import { accessSync, constants, readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { ConfigError, type NodeConfig } from '../../schemas/index.js'
import { checkAccess } from '../access/check-access.js'
import { readKnownHubs } from '../access/signature/known-hubs.js'
import {
  cosignedLogs,
  keySettings,
  remsSettings,
  storageSettings,
  tlsSettings,
  visaSettings,
  witnessSettings,
} from '../config.js'
import { FilesError } from '../files/files-error.js'
import { readKey } from '../files/read-key.js'
import { problem, reasonOf, warning, type Finding } from './finding.js'

const DAY_MS = 24 * 60 * 60_000
/** So long before a certificate ends, its node says so. */
const SOON_DAYS = 14

/** Bits of the mode of a file. */
const OF_OTHERS = 0o007
const WRITABLE_BY_GROUP = 0o020
const READABLE_BY_GROUP = 0o040

interface SecretFile {
  readonly key: string
  readonly path: string
}

/** What of `node.yaml` the schema cannot know, and the files that it names. */
export function checkConfig(directory: string, config: NodeConfig, now: Date): readonly Finding[] {
  const { access } = config
  return [
    ...refused(() => access && checkAccess(access)),
    ...refused(() => access && readKnownHubs(directory, access)),
    ...refused(() => witnessSettings(config)),
    ...refused(() => cosignedLogs(config)),
    ...refused(() => visaSettings(directory, config)),
    ...secretFiles(directory, config).flatMap(checkSecretFile),
    ...checkCrypt4ghKey(directory, config),
    ...checkTls(directory, config, now),
  ]
}

function refused(work: () => unknown): readonly Finding[] {
  try {
    work()
    return []
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return [problem('node.yaml', error.message, 'the node does not start with it: change it (docs/configuration.md)')]
  }
}

function secretFiles(directory: string, config: NodeConfig): readonly SecretFile[] {
  const { access } = config
  const credentials = storageSettings(directory, config).s3?.credentials
  const named: Record<string, string | undefined> = {
    'listen.tls.keyFile': tlsSettings(directory, config)?.keyFile,
    'crypt4gh.secretKeyFile': keySettings(directory, config)?.secretKeyFile,
    'crypt4gh.passphraseFile': keySettings(directory, config)?.passphraseFile,
    'storage.s3.credentials.accessKeyIdFile': credentials?.accessKeyIdFile,
    'storage.s3.credentials.secretAccessKeyFile': credentials?.secretAccessKeyFile,
    'storage.s3.credentials.sessionTokenFile': credentials?.sessionTokenFile,
    'access.visas.apiKeyFile': access?.visas && resolve(directory, access.visas.apiKeyFile),
  }
  const rems = remsSettings(directory, config).map(({ apiKeyFile }, index): SecretFile => {
    return { key: `access.rems[${index}].apiKeyFile`, path: apiKeyFile }
  })
  return [...Object.entries(named).flatMap(([key, path]) => (path === undefined ? [] : [{ key, path }])), ...rems]
}

function checkSecretFile({ key, path }: SecretFile): readonly Finding[] {
  const where = `${key} of node.yaml`
  try {
    accessSync(path, constants.R_OK)
    const { size, mode } = statSync(path)
    return size === 0 ? [problem(where, `${path} is empty`, 'write the secret into it')] : checkMode(where, path, mode)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const what = code === 'ENOENT' ? `there is no ${path}` : `${path} cannot be read (${code})`
    return [problem(where, what, 'put the file there for the user of the node to read, or change node.yaml')]
  }
}

/** Secrets that a cluster hands in are often its group's to read, which is for those who run it to judge. */
function checkMode(where: string, path: string, mode: number): readonly Finding[] {
  if ((mode & (OF_OTHERS | WRITABLE_BY_GROUP)) !== 0) {
    return [problem(where, `${path} is open to others on this machine`, `chmod 600 ${path}`)]
  }
  if ((mode & READABLE_BY_GROUP) === 0) return []
  return [warning(where, `the group of ${path} can read it`, `chmod 600 ${path}, unless it is meant so`)]
}

function checkCrypt4ghKey(directory: string, config: NodeConfig): readonly Finding[] {
  const settings = keySettings(directory, config)
  if (!settings) return []
  try {
    readKey(settings)
    return []
  } catch (error) {
    // What cannot be read was said of the secret file.
    if (!(error instanceof FilesError) || (error.cause as NodeJS.ErrnoException).syscall !== undefined) return []
    return [problem('crypt4gh of node.yaml', error.message, 'put the right key there, or its passphrase')]
  }
}

function checkTls(directory: string, config: NodeConfig, now: Date): readonly Finding[] {
  const tls = tlsSettings(directory, config)
  if (!tls) return []
  const where = 'listen.tls of node.yaml'
  try {
    if (tls.clientCaFile !== undefined) accessSync(tls.clientCaFile, constants.R_OK)
    const certificate = new X509Certificate(readFileSync(tls.certFile))
    const end = new Date(certificate.validTo)
    const left = Math.floor((end.getTime() - now.getTime()) / DAY_MS)
    if (end <= now) return [problem(where, `its certificate ended on ${toDay(end)}`, 'get a new one')]
    if (!fits(certificate, tls.keyFile)) {
      return [problem(where, 'the key is not that of the certificate', 'put the two there that belong together')]
    }
    return left >= SOON_DAYS ? [] : [warning(where, `its certificate ends on ${toDay(end)}`, 'get a new one')]
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).syscall === undefined ? 'it is no certificate' : reasonOf(error)
    return [problem(where, `${tls.certFile} or its clientCaFile: ${reason}`, 'put PEM files there')]
  }
}

function fits(certificate: X509Certificate, keyFile: string): boolean {
  try {
    return certificate.checkPrivateKey(createPrivateKey(readFileSync(keyFile)))
  } catch (error) {
    // What cannot be read was said of the secret file.
    return (error as NodeJS.ErrnoException).syscall !== undefined
  }
}

function toDay(time: Date): string {
  return time.toISOString().slice(0, 10)
}
