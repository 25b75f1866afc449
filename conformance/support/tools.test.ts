import { describe, expect, test } from '@jest/globals'
import { basename, dirname } from 'node:path'
import { readTestConfig } from './config.js'
import { planSuite } from './tools.js'

const folder = dirname(process.execPath)
const present = basename(process.execPath)

describe('a suite that needs tools', () => {
  test.each([
    ['runs when they are installed', [present], '', 'run'],
    ['runs when they are installed and required', [present], '1', 'run'],
    ['is skipped when one is missing', [present, 'no-such-tool'], '', 'skip'],
    ['fails when one is missing and tools are required', [present, 'no-such-tool'], '1', 'fail'],
  ])('%s', (_, tools, required, kind) => {
    const config = readTestConfig({ PATH: folder, FYR_REQUIRE_TOOLS: required })
    const plan = planSuite(tools, config)
    expect(plan.kind).toBe(kind)
    if (plan.kind !== 'run') expect(plan.reason).toBe('not installed: no-such-tool')
  })
})
