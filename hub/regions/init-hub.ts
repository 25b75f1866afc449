import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readConfig, type HubConfig } from '../../schemas/index.js'
import { DEFAULT_BREAKER } from '../fan-out/breakers.js'
import { createHubKey, HUB_KEY_FILE } from './hub-key.js'

export const CONFIG_FILE = 'hub.yaml'

export interface InitOptions {
  readonly id: string
  readonly name: string
  readonly allowPrivate: boolean
}

/** `se.fyr.hub` belongs to `se.fyr`. */
function organizationOf(id: string): string {
  return id.split('.').slice(0, -1).join('.')
}

// JSON strings are YAML strings.
function template({ id, name, allowPrivate }: InitOptions): string {
  return `# Configuration of a Fyr hub. Unknown keys are refused.

# The hub's Beacon id; no region may have it.
id: ${id}
name: ${JSON.stringify(name)}
organization:
  id: ${organizationOf(id)}
  name: ${JSON.stringify(name)}
# prod, test, dev or staging
environment: dev

# The public listener. The admin listener (metrics, health) is on loopback, port + 1000 unless adminPort is given.
listen:
  host: 127.0.0.1
  port: 8080
# The address that others use, if there is a proxy in front:
# baseUrl: https://hub.example.org

# Milliseconds for a whole question to all regions.
deadlineMs: 3000
# Most bytes read of one region's answer.
maximumResponseBytes: 1048576
# Most questions in flight at once; more are answered with 429. Default: by the number of regions.
# maximumQuestions: 64
# A region that fails so often in a row is not asked until the cool-down is over; then one question tries it again.
breaker:
  failures: ${DEFAULT_BREAKER.failures}
  coolDownMs: ${DEFAULT_BREAKER.coolDownMs}
# Regions on private and loopback addresses are refused unless this is true.
allowPrivate: ${allowPrivate}
# trace, debug, info, warn, error or silent
logLevel: info

# Every request to a region is signed with this key. Regions are given its public half, which "fyr-hub key DIR" prints.
signing:
  keyId: ${id}-1
  privateKeyFile: ${HUB_KEY_FILE}
# The hub's TLS certificate, for regions that ask for one, and who signs those of regions:
# tls:
#   keyFile: hub-tls-key.pem
#   certFile: hub-tls-cert.pem
#   caFile: regions-ca.pem

# Add with: fyr-hub region add DIR --id … --name … --url https://…/beacon/v2
regions: []
`
}

/**
 * Writes a new hub.yaml and a new key beside it; refuses to touch those that exist.
 *
 * @returns the path of hub.yaml
 */
export function initHub(directory: string, options: InitOptions): string {
  const file = join(directory, CONFIG_FILE)
  mkdirSync(directory, { recursive: true })
  writeFileSync(file, template(options), { flag: 'wx' })
  try {
    readConfig<HubConfig>(file, 'config/hub.json')
    createHubKey(join(directory, HUB_KEY_FILE))
  } catch (error) {
    rmSync(file)
    throw error
  }
  return file
}
