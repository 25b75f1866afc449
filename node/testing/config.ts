import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** What tests take from their environment. */
export interface OracleConfig {
  /** Continuous integration sets FYR_REQUIRE_TOOLS: a missing tool then fails its suites instead of skipping them. */
  readonly requireTools: boolean
  /** FYR_EXHAUSTIVE: everything is compared, not samples. */
  readonly exhaustive: boolean
  readonly executableFolders: readonly string[]
  /** Material beside the project, which a clone alone does not have. */
  readonly sharedFolder: string
}

export function readOracleConfig(environment: NodeJS.ProcessEnv = process.env): OracleConfig {
  return {
    requireTools: (environment['FYR_REQUIRE_TOOLS'] ?? '') !== '',
    exhaustive: (environment['FYR_EXHAUSTIVE'] ?? '') !== '',
    executableFolders: (environment['PATH'] ?? '').split(delimiter).filter((folder) => folder !== ''),
    // From dist/node/testing.
    sharedFolder: join(fileURLToPath(new URL('../../../..', import.meta.url)), 'shared'),
  }
}
