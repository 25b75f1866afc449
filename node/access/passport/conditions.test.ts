import { describe, expect, test } from '@jest/globals'
import { meetConditions, parseConditions } from './conditions.js'

const FACULTY = { type: 'AffiliationAndRole', value: 'faculty@ki.se', source: 'https://ki.se', by: 'so' }
const LINKS = {
  type: 'LinkedIdentities',
  value: '001,https:%2F%2Fexample1.org;123,https:%2F%2Fexample2.org',
  source: 'https://link.er',
}

/** Whether conditions are met by the two; undefined: they cannot be read. */
function areMet(conditions: unknown): boolean | undefined {
  const parsed = parseConditions(conditions)
  if (parsed === undefined) return undefined
  return parsed === 'none' || meetConditions(parsed, [FACULTY, LINKS]) !== undefined
}

const IS_SO = { type: 'AffiliationAndRole', by: 'const:so' }
const NEVER = { type: 'AffiliationAndRole', by: 'const:dac' }

test.each<readonly [string, unknown, boolean | undefined]>([
  ['absent', undefined, true],
  ['empty', [], true],
  ['no list', 'x', undefined],
  ['null', null, undefined],
  ['a list of clauses', [IS_SO], undefined],
  ['a list of nothing', [[]], false],
  ['a clause', [[IS_SO]], true],
  ['a clause that is not met', [[NEVER]], false],
  ['either of two', [[NEVER], [IS_SO]], true],
  ['both of two', [[IS_SO, NEVER]], false],
  ['a list of nothing or a clause', [[], [IS_SO]], true],
  ['all claims of one visa', [[{ ...IS_SO, value: 'const:faculty@ki.se', source: 'pattern:https://*' }]], true],
  ['claims of two visas', [[{ ...IS_SO, source: 'const:https://link.er' }]], false],
  ['a claim that the visa has not', [[{ type: 'LinkedIdentities', by: 'pattern:*' }]], false],
  ['a type alone', [[{ type: 'AffiliationAndRole' }]], false],
  ['no type', [[{ by: 'const:so' }]], false],
  ['an empty clause', [[{}]], false],
  ['a clause of null', [[null]], false],
  ['asserted', [[{ ...IS_SO, asserted: 'pattern:*' }]], false],
  ['conditions', [[{ ...IS_SO, conditions: [] }]], false],
  ['a claim of a number', [[{ ...IS_SO, value: 1 }]], false],
  ['a claim of no kind', [[{ ...IS_SO, value: 'faculty@ki.se' }]], false],
  ['a claim of an unknown kind', [[{ ...IS_SO, value: 'regex:.*' }]], false],
  ['a pattern in a constant', [[{ ...IS_SO, value: 'const:faculty@*' }]], false],
  ['a pattern of a part', [[{ ...IS_SO, value: 'pattern:faculty' }]], false],
  ['a pattern of 256 characters', [[{ ...IS_SO, value: `pattern:${'*'.repeat(256)}` }]], false],
  ['a split pattern', [[{ type: 'LinkedIdentities', value: 'split_pattern:123,https:%2F%2Fexample?.org' }]], true],
  ['a split pattern of two parts', [[{ type: 'LinkedIdentities', value: 'split_pattern:001,*;*' }]], false],
  ['another case', [[{ type: 'affiliationandrole', by: 'const:so' }]], false],
  ['65 clauses', [Array.from({ length: 65 }, () => IS_SO)], undefined],
  ['65 lists', Array.from({ length: 65 }, () => [IS_SO]), undefined],
])('conditions: %s', (_, conditions, expected) => expect(areMet(conditions)).toBe(expected))

describe('conditions that are met', () => {
  test('name what met them', () => {
    const parsed = parseConditions([[NEVER], [IS_SO, { type: 'LinkedIdentities', value: 'pattern:*' }]])
    if (parsed === undefined || parsed === 'none') throw new Error('not read')
    expect(meetConditions(parsed, [LINKS, FACULTY])).toEqual([FACULTY, LINKS])
  })
})
