import { describe, test } from '@jest/globals'
import { accessSync, constants, existsSync } from 'node:fs'
import { join } from 'node:path'
import { readTestConfig, type TestConfig } from './config.js'
import { SHARED_ROOT } from './paths.js'

const printed = new Set<string>()

/** On stderr and not by the console, whose stack trace would bury the sentence. */
function printOnce(sentence: string): void {
  if (printed.has(sentence)) return
  printed.add(sentence)
  process.stderr.write(`${sentence}\n`)
}

function skip(name: string, reason: string): void {
  printOnce(`Skipped: ${name} (${reason})`)
  // The suite's body may read what is missing while its tests are collected, so it is not run at all.
  describe.skip(`${name} (skipped: ${reason})`, () => {
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

/** The path of a tool, from the first folder of the PATH that has it. */
export function findTool(tool: string, config: TestConfig): string | undefined {
  return config.executableFolders.map((folder) => join(folder, tool)).find(isExecutable)
}

/** The tools that no folder of the PATH has. */
export function findMissingTools(tools: readonly string[], config: TestConfig): readonly string[] {
  return tools.filter((tool) => findTool(tool, config) === undefined)
}

/** What is to be done with a suite that needs tools. */
export type SuitePlan =
  | { readonly kind: 'run' }
  | { readonly kind: 'skip'; readonly reason: string }
  | { readonly kind: 'fail'; readonly reason: string }

export function planSuite(tools: readonly string[], config: TestConfig): SuitePlan {
  const missing = findMissingTools(tools, config)
  if (missing.length === 0) return { kind: 'run' }
  const reason = `not installed: ${missing.join(', ')}`
  return config.requireTools ? { kind: 'fail', reason } : { kind: 'skip', reason }
}

/**
 * A suite that compares with other programs. Without them it is skipped and says so; where FYR_REQUIRE_TOOLS is set it fails.
 *
 * @param tools names of executables, e.g. `bcftools`
 */
export function describeWithTools(tools: readonly string[], name: string, body: () => void): void {
  const plan = planSuite(tools, readTestConfig())
  if (plan.kind === 'run') describe(name, body)
  else if (plan.kind === 'skip') skip(name, plan.reason)
  else {
    describe(name, () => {
      test(`needs ${tools.join(', ')}`, () => {
        throw new Error(`${plan.reason}, and FYR_REQUIRE_TOOLS is set`)
      })
    })
  }
}

/**
 * A suite that needs material beside the project. A clone alone has none, so absence skips and never fails.
 *
 * @param paths relative to the shared folder, e.g. `spec/beacon-schemas`
 */
export function describeWithShared(paths: readonly string[], name: string, body: () => void): void {
  const missing = paths.filter((path) => !existsSync(join(SHARED_ROOT, path)))
  if (missing.length === 0) describe(name, body)
  else skip(name, `not beside the project: ${missing.map((path) => `shared/${path}`).join(', ')}`)
}

/** Both of the above: material first, because its absence never fails. */
export function describeWithToolsAndShared(
  tools: readonly string[],
  paths: readonly string[],
  name: string,
  body: () => void,
): void {
  const missing = paths.some((path) => !existsSync(join(SHARED_ROOT, path)))
  if (missing) describeWithShared(paths, name, body)
  else describeWithTools(tools, name, body)
}
