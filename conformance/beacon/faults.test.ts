import { describe, expect, test } from '@jest/globals'
import type { CaseResult } from './case.js'
import { runSuite } from './run-suite.js'
import type { Fault } from './testing/fault.js'
import { KNOWN_FAULTS } from './testing/known-faults.js'
import { createRightBeacon } from './testing/right-beacon.js'
import { RIGHT_BASE } from './testing/right-documents.js'

async function failuresWith(fault: Fault): Promise<readonly CaseResult[]> {
  const { cases } = await runSuite(RIGHT_BASE, { transport: createRightBeacon(fault.options) })
  return cases.filter(({ outcome }) => outcome === 'fail')
}

function describeUnexpected(failures: readonly CaseResult[], { finds, implies = [] }: Fault): readonly string[] {
  const unexpected = failures.filter(({ id }) => id !== finds && !implies.some((pattern) => pattern.test(id)))
  return unexpected.map(({ id, where, seen }) => `${id}: ${seen} (${where})`)
}

async function expectFound(fault: Fault): Promise<void> {
  const failures = await failuresWith(fault)
  expect(failures.map(({ id }) => id)).toContain(fault.finds)
  expect(describeUnexpected(failures, fault)).toEqual([])
}

describe('of the known faults of Beacons', () => {
  test('there are fourteen', () => {
    expect(new Set(KNOWN_FAULTS.map(([number]) => number)).size).toBe(14)
  })

  test.each(KNOWN_FAULTS.map(([number, fault]) => [number, fault.name, fault] as const))(
    '%d, %s, is found, and nothing else fails',
    (_number, _name, fault) => expectFound(fault),
  )
})
