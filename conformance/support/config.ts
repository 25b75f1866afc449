import { delimiter } from 'node:path'

/** What the test run takes from its environment. */
export interface TestConfig {
  /** Continuous integration sets FYR_REQUIRE_TOOLS: a missing tool then fails its suites instead of skipping them. */
  readonly requireTools: boolean
  readonly executableFolders: readonly string[]
  /** FYR_EXHAUSTIVE: ask what is otherwise sampled whole. */
  readonly exhaustive: boolean
}

export function readTestConfig(environment: NodeJS.ProcessEnv = process.env): TestConfig {
  return {
    requireTools: (environment['FYR_REQUIRE_TOOLS'] ?? '') !== '',
    executableFolders: (environment['PATH'] ?? '').split(delimiter).filter((folder) => folder !== ''),
    exhaustive: (environment['FYR_EXHAUSTIVE'] ?? '') !== '',
  }
}
