import { expect, test } from '@jest/globals'
import { hasFailed } from '../suite/report.js'
import { expectFound } from './testing/expect-found.js'
import { KNOWN_FAULTS } from './testing/known-faults.js'

test('there are fourteen known faults of Beacons', () => {
  expect(new Set(KNOWN_FAULTS.map(([number]) => number)).size).toBe(14)
})

test.each(KNOWN_FAULTS.map(([number, fault]) => [number, fault.name, fault] as const))(
  '%d, %s, is found by its case, and no other fails without reason',
  async (_number, _name, fault) => {
    expect(hasFailed(await expectFound(fault))).toBe(true)
  },
)
