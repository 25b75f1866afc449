import type { NodeConfig } from '../../schemas/index.js'
import { openChangeLog } from '../audit/change-log.js'
import { visaSettings } from '../config.js'
import type { Protocol } from '../protocol.js'
import { openVisaProtocol } from './visa-protocol.js'

/** What a node has as an issuer of visas: nothing, unless `access.visas` of `node.yaml` says so. */
export interface Visas {
  readonly protocols: readonly Protocol[]
  close(): void
}

/** @throws ConfigError, Error the API key cannot be read */
export function openVisas(
  directory: string,
  config: NodeConfig,
  options: { readonly origin: () => string; readonly now: () => Date },
): Visas {
  const settings = visaSettings(directory, config)
  if (!settings) return { protocols: [], close: () => undefined }
  const record = openChangeLog(directory, { principal: 'visas' })
  const protocol = openVisaProtocol({ ...settings, ...options, directory, record })
  return {
    protocols: [protocol],
    close: () => protocol.close(),
  }
}
