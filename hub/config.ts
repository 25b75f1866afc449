import { isAbsolute, join, resolve } from 'node:path'
import { ConfigError, readConfig, type HubConfig } from '../schemas/index.js'
import { CONFIG_FILE } from './regions/init-hub.js'
import { whyRegionsRefused } from './regions/registry.js'
import { whyLoginRefused } from './session/why-login-refused.js'

/** Files are named from the hub's directory; whoever reads them need not know it. Absolute paths stay. */
export function withPathsFrom(directory: string, { signing, tls, ...config }: HubConfig): HubConfig {
  const files = Object.entries(tls ?? {}).map(([key, file]) => [key, resolve(directory, String(file))] as const)
  return {
    ...config,
    ...(signing ? { signing: { ...signing, privateKeyFile: resolve(directory, signing.privateKeyFile) } } : {}),
    ...(tls ? { tls: Object.fromEntries(files) } : {}),
  }
}

/**
 * Reads and checks DIR/hub.yaml. Paths in it are made absolute.
 *
 * @throws ConfigError
 */
export function readHubConfig(directory: string): HubConfig {
  const file = join(directory, CONFIG_FILE)
  const config = readConfig<HubConfig>(file, 'config/hub.json')
  const refused = whyRegionsRefused(config) ?? whyLoginRefused(config)
  if (refused !== undefined) throw new ConfigError(`${file}: ${refused}`)
  return withPathsFrom(directory, config)
}

/** What the environment says to the commands. */
export interface Environment {
  readonly FYR_HUB?: string
  readonly FYR_PORT?: string
  readonly FYR_ISSUER?: string
  readonly XDG_CONFIG_HOME?: string
  readonly HOME?: string
}

export function readEnvironment(): Environment {
  const { FYR_HUB, FYR_PORT, FYR_ISSUER, XDG_CONFIG_HOME, HOME } = process.env
  const said = Object.entries({ FYR_HUB, FYR_PORT, FYR_ISSUER, XDG_CONFIG_HOME, HOME }).filter(([, value]) => value)
  return Object.fromEntries(said)
}

const DEFAULT_PORT = 8080

/** The hub that `fyr` asks when `--hub` is not given. */
export function defaultHubUrl(environment: Environment): string {
  return environment.FYR_HUB ?? `http://127.0.0.1:${environment.FYR_PORT ?? DEFAULT_PORT}`
}

/** Of the demonstration, where its identity provider stands above the hub. */
const ISSUER_PORT_OFFSET = 10

/** The login service that `fyr login` asks when `--issuer` is not given. */
export function defaultIssuer({ FYR_ISSUER, FYR_PORT }: Environment): string {
  return FYR_ISSUER ?? `http://127.0.0.1:${Number(FYR_PORT ?? DEFAULT_PORT) + ISSUER_PORT_OFFSET}/oidc`
}

/** Where `fyr` keeps a login: XDG Base Directory Specification. Undefined: the user has no home. */
export function loginFile({ XDG_CONFIG_HOME, HOME }: Environment): string | undefined {
  // A relative path is to be ignored, says the specification.
  if (XDG_CONFIG_HOME !== undefined && isAbsolute(XDG_CONFIG_HOME)) return join(XDG_CONFIG_HOME, 'fyr', 'login.json')
  return HOME === undefined ? undefined : join(HOME, '.config', 'fyr', 'login.json')
}
