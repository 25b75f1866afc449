import { describe, test } from '@jest/globals'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { readOracleConfig } from './config.js'

/**
 * A suite over real files beside the project. It is skipped where they are not there, or a tool that Debian does not have either is not
 * installed.
 *
 * @param folder relative to the shared folder
 */
export function describeWithFiles(
  folder: string,
  rareTools: readonly string[],
  name: string,
  body: (path: string) => void,
): void {
  const { executableFolders, sharedFolder } = readOracleConfig()
  const path = join(sharedFolder, folder)
  const missing = rareTools.filter((tool) => !executableFolders.some((place) => existsSync(join(place, tool))))
  if (!existsSync(path)) missing.push(`shared/${folder}`)
  if (missing.length === 0) return describe(name, () => body(path))
  process.stderr.write(`Skipped: ${name} (not there: ${missing.join(', ')})\n`)
  describe.skip(`${name} (skipped, not there: ${missing.join(', ')})`, () => {
    test('is skipped', () => undefined)
  })
}
