import { X509Certificate } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from './processes.js'

/** A certificate and its key, in PEM files. */
export interface CertificateFiles {
  readonly keyFile: string
  readonly certFile: string
  /** As `access.hubs[].certificateSha256` has it. */
  readonly sha256: string
}

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
const LIFETIME = ['-days', '2']

async function openssl(...args: readonly string[]): Promise<void> {
  const { code, stderr } = await run('openssl', args)
  if (code !== 0) throw new Error(`openssl ${args[0]} ended with ${code}: ${stderr}`)
}

/** A certificate authority of its own, by openssl. */
export async function createAuthority(directory: string, name: string) {
  const caFile = join(directory, `${name}.pem`)
  const caKey = join(directory, `${name}.key`)
  await openssl('req', '-x509', ...KEY, ...LIFETIME, '-subj', `/CN=${name}`, '-keyout', caKey, '-out', caFile)
  return {
    caFile,
    /** For servers on loopback, and for clients. */
    async issue(subject: string): Promise<CertificateFiles> {
      const [keyFile, request, certFile, extensions] = ['key', 'csr', 'pem', 'ext'].map((ending) =>
        join(directory, `${name}-${subject}.${ending}`),
      ) as [string, string, string, string]
      writeFileSync(extensions, 'subjectAltName=IP:127.0.0.1\n')
      await openssl('req', '-new', ...KEY, '-subj', `/CN=${subject}`, '-keyout', keyFile, '-out', request)
      const by = ['-CA', caFile, '-CAkey', caKey, '-CAcreateserial', '-extfile', extensions]
      await openssl('x509', '-req', '-in', request, ...by, ...LIFETIME, '-out', certFile)
      const { fingerprint256 } = new X509Certificate(readFileSync(certFile))
      return { keyFile, certFile, sha256: fingerprint256.replaceAll(':', '').toLowerCase() }
    },
  }
}
