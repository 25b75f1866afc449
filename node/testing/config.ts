import { delimiter } from 'node:path'

/** What tests take from their environment. */
export interface TestConfig {
  /** FYR_REQUIRE_TOOLS: a missing tool fails its suites instead of skipping them. */
  readonly requireTools: boolean
  readonly executableFolders: readonly string[]
}

export function readTestConfig(environment: NodeJS.ProcessEnv = process.env): TestConfig {
  return {
    requireTools: (environment['FYR_REQUIRE_TOOLS'] ?? '') !== '',
    executableFolders: (environment['PATH'] ?? '').split(delimiter).filter((folder) => folder !== ''),
  }
}
