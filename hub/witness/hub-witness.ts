import { witnessNameOf, type HubConfig } from '../../schemas/index.js'
import { openWitness, witnessPath, type Witness } from '../../schemas/witness/open-witness.js'
import { witnessedLogs } from './audit-keys.js'

export interface HubWitnessOptions {
  readonly now: () => Date
  readonly onRefused?: (origin: string, note: string) => void
}

/** The hub's own witness: its key, and what it saw. @throws SqliteError */
export function openHubWitness(directory: string, config: HubConfig, options: HubWitnessOptions): Witness {
  const name = witnessNameOf(config.id)
  return openWitness(witnessPath(directory), { name, logs: witnessedLogs(config), ...options })
}
