import { expect, test } from '@jest/globals'
import { hasFailed } from '../suite/report.js'
import { expectFound, runWith } from './testing/expect-found.js'
import { KNOWN_FAULTS } from './testing/known-faults.js'
import { OTHER_FAULTS } from './testing/other-faults.js'

test.each(OTHER_FAULTS.map((fault) => [fault.finds, fault.name, fault] as const))(
  '%s fails on: %s',
  async (_finds, _name, fault) => {
    expect(hasFailed(await expectFound(fault), true)).toBe(true)
  },
)

test('every case is there, but for the two that need the official schemas', async () => {
  const { cases } = await runWith({ name: 'none', options: {} })
  const found = new Set([...KNOWN_FAULTS.map(([, fault]) => fault), ...OTHER_FAULTS].map(({ finds }) => finds))
  const never = cases.filter(({ id }) => !found.has(id) && !id.startsWith('paths.')).map(({ id }) => id)
  expect(never).toEqual(['official.answers', 'official.records'])
})
