import { expect, test } from '@jest/globals'
import { isOpenForChange, mayMove } from './application-states.js'
import { APPLICATION_STATES, type ApplicationState } from './register-types.js'

const ALLOWED: readonly (readonly [ApplicationState, ApplicationState])[] = [
  ['draft', 'submitted'],
  ['draft', 'expired'],
  ['submitted', 'returned'],
  ['submitted', 'in_review'],
  ['submitted', 'expired'],
  ['returned', 'submitted'],
  ['returned', 'expired'],
  ['in_review', 'returned'],
  ['in_review', 'approved'],
  ['in_review', 'rejected'],
  ['in_review', 'expired'],
  ['approved', 'closed'],
  ['approved', 'revoked'],
  ['approved', 'expired'],
]

const PAIRS = APPLICATION_STATES.flatMap((from) => APPLICATION_STATES.map((to) => [from, to] as const))

test.each(PAIRS)('from %s to %s', (from, to) => {
  expect(mayMove(from, to)).toBe(ALLOWED.some(([a, b]) => a === from && b === to))
})

test('what is applied for can be changed before it is submitted, and when it came back', () => {
  expect(APPLICATION_STATES.filter(isOpenForChange)).toEqual(['draft', 'returned'])
})
