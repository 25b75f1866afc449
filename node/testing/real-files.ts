import { describe, test } from '@jest/globals'
import { accessSync, constants, existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readOracleConfig } from './config.js'

/** Compiled tests stand in dist/node/testing. */
const PROJECT_ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..')
/** Real files with known answers, when they lie beside the project. */
export const SHARED_DATA = join(PROJECT_ROOT, '..', 'shared', 'data')

export interface Needs {
  /** Files beside the project, relative to its data; a clone alone has none, so their absence never fails. */
  readonly data: readonly string[]
  /** Executables; where FYR_REQUIRE_TOOLS is set, their absence fails. */
  readonly tools?: readonly string[]
  /** Executables that Debian does not have; their absence never fails. */
  readonly rareTools?: readonly string[]
}

/** A suite over real files. Where what it needs is missing it is skipped and says so. */
export function describeWith({ data, tools = [], rareTools = [] }: Needs, name: string, body: () => void): void {
  const { requireTools, executableFolders } = readOracleConfig()
  const isInstalled = (tool: string) => executableFolders.some((folder) => isExecutable(join(folder, tool)))
  const missingData = data.filter((path) => !existsSync(join(SHARED_DATA, path)))
  const missingTools = tools.filter((tool) => !isInstalled(tool))
  const missing = [...missingData, ...missingTools, ...rareTools.filter((tool) => !isInstalled(tool))]
  if (missing.length === 0) return describe(name, body)
  if (requireTools && missingData.length === 0 && missingTools.length > 0) {
    return describe(name, () => {
      test(`needs ${missingTools.join(', ')}`, () => {
        throw new Error(`not installed: ${missingTools.join(', ')}, and FYR_REQUIRE_TOOLS is set`)
      })
    })
  }
  // The suite's body may read what is missing while its tests are collected, so it is not run at all.
  describe.skip(`${name} (skipped, not there: ${missing.join(', ')})`, () => {
    test('is skipped', () => undefined)
  })
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
