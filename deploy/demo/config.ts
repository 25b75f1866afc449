import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ADMIN_PORT_OFFSET } from '../../schemas/index.js'
import { DemoError } from './demo-error.js'

export interface DemoConfig {
  /** Of the hub; the regions take the next ones, in order. */
  readonly port: number
  /** Where data and configuration are kept between runs. */
  readonly directory: string
  /** Compiled code: the folder that holds `node/main.js` and `hub/main.js`. */
  readonly code: string
}

const DEFAULT_PORT = 8_080
const REGION_COUNT = 3
const HIGHEST_PORT = 65_535 - REGION_COUNT - ADMIN_PORT_OFFSET

// dist/deploy/demo/config.js
const CODE = join(dirname(fileURLToPath(import.meta.url)), '..', '..')

/**
 * FYR_PORT: port of the hub. FYR_DIRECTORY: where the data are kept, default `.fyr` in the project.
 *
 * @throws DemoError
 */
export function readDemoConfig(environment: NodeJS.ProcessEnv = process.env): DemoConfig {
  const text = environment['FYR_PORT'] ?? ''
  const port = text === '' ? DEFAULT_PORT : /^\d{1,5}$/.test(text) ? Number(text) : NaN
  if (!(port >= 1 && port <= HIGHEST_PORT)) {
    throw new DemoError(`FYR_PORT must be a port from 1 to ${HIGHEST_PORT}, not "${text.slice(0, 20)}".`)
  }
  const directory = environment['FYR_DIRECTORY'] ?? ''
  return { port, directory: directory === '' ? join(CODE, '..', '.fyr') : resolve(directory), code: CODE }
}
