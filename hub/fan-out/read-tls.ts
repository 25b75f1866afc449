import { readFileSync } from 'node:fs'
import { createSecureContext } from 'node:tls'
import { ConfigError, type HubTlsConfig } from '../../schemas/index.js'

/** What the hub shows of itself when it opens a connection, and whom it believes: PEM. */
export interface ClientTls {
  readonly key?: Buffer
  readonly cert?: Buffer
  readonly ca?: Buffer
}

function read(file: string): Buffer {
  try {
    return readFileSync(file)
  } catch (error) {
    throw new ConfigError(`${file}: cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)})`)
  }
}

/** @throws ConfigError a file cannot be read, or key and certificate are no pair */
export function readTls({ keyFile, certFile, caFile }: HubTlsConfig): ClientTls {
  const tls = {
    ...(keyFile === undefined ? {} : { key: read(keyFile) }),
    ...(certFile === undefined ? {} : { cert: read(certFile) }),
    ...(caFile === undefined ? {} : { ca: read(caFile) }),
  }
  try {
    createSecureContext(tls)
  } catch (error) {
    throw new ConfigError(
      `tls: key and certificates cannot be used (${(error as NodeJS.ErrnoException).code ?? 'no PEM'})`,
    )
  }
  return tls
}
