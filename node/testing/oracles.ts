import { describe, test } from '@jest/globals'
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { readOracleConfig } from './config.js'

const { requireTools, executableFolders, sharedFolder } = readOracleConfig()

/** A suite that compares with samtools and bcftools; skipped without them, unless FYR_REQUIRE_TOOLS is set. */
export function describeWithOracles(name: string, body: () => void): void {
  const missing = ['samtools', 'bcftools', 'bgzip', 'tabix'].filter(
    (tool) => !executableFolders.some((folder) => existsSync(join(folder, tool))),
  )
  if (missing.length === 0) return describe(name, body)
  if (requireTools) {
    return describe(name, () => {
      test('needs its tools', () => {
        throw new Error(`not installed: ${missing.join(', ')}, and FYR_REQUIRE_TOOLS is set`)
      })
    })
  }
  skip(name, `not installed: ${missing.join(', ')}`)
}

/** The same, for a suite that also needs files beside the project. @param folder relative to the shared folder */
export function describeWithOraclesAndFiles(folder: string, name: string, body: (path: string) => void): void {
  const path = join(sharedFolder, folder)
  if (existsSync(path)) describeWithOracles(name, () => body(path))
  else skip(name, `not beside the project: shared/${folder}`)
}

function skip(name: string, reason: string): void {
  process.stderr.write(`Skipped: ${name} (${reason})\n`)
  describe.skip(`${name} (skipped: ${reason})`, () => {
    test('is skipped', () => undefined)
  })
}

/** Runs a tool. @returns what it prints */
export function runTool(tool: string, args: readonly string[], input?: string | Buffer): Buffer {
  return execFileSync(tool, args, {
    maxBuffer: 1 << 30,
    ...(input === undefined ? {} : { input }),
    stdio: 'pipe',
  })
}
