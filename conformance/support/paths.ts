import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

function findProjectRoot(directory: string): string {
  if (existsSync(join(directory, 'package.json'))) return directory
  const parent = dirname(directory)
  if (parent === directory) throw new TypeError('no package.json above this file')
  return findProjectRoot(parent)
}

/** The folder of package.json. Tests run compiled, so it is not at a fixed distance from both the source and the output. */
export const PROJECT_ROOT = findProjectRoot(dirname(fileURLToPath(import.meta.url)))

/** Test material that lies beside the project, when it is there: `shared/data`, `shared/spec`. */
export const SHARED_ROOT = join(PROJECT_ROOT, '..', 'shared')
export const SHARED_DATA = join(SHARED_ROOT, 'data')
export const SHARED_SPEC = join(SHARED_ROOT, 'spec')

/** Compiled command, e.g. `commandPath('node/main.js')`; run it with `process.execPath`. */
export function commandPath(script: string): string {
  return join(PROJECT_ROOT, 'dist', script)
}
