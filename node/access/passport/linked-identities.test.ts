import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Subject } from '../person.js'
import { createIdentityGroups, parseLinkedIdentities } from './linked-identities.js'

const NAMES: readonly Subject[] = ['a', 'b', 'a|b'].flatMap((issuer) =>
  ['1', '2', 'b|1', ''].map((id) => ({ issuer, id })),
)

/** Everybody who can be reached over links, by looking until nothing is new. */
function reach(links: readonly (readonly [Subject, Subject])[], start: Subject): ReadonlySet<Subject> {
  const reached = new Set([start])
  for (let before = 0; before < reached.size;) {
    before = reached.size
    for (const [one, other] of links) {
      if (reached.has(one)) reached.add(other)
      if (reached.has(other)) reached.add(one)
    }
  }
  return reached
}

test('names are of one person exactly when links lead from one to the other', () => {
  const name = fc.constantFrom(...NAMES)
  fc.assert(
    fc.property(fc.array(fc.tuple(name, name), { maxLength: 12 }), name, (links, start) => {
      const groups = createIdentityGroups()
      for (const [one, other] of links) groups.join({ ...one }, { ...other })
      const reached = reach(links, start)
      for (const each of NAMES) expect(groups.areOne({ ...start }, { ...each })).toBe(reached.has(each))
      const group = groups.groupOf(start)
      expect(group).toHaveLength(reached.size)
      expect(new Set(group)).toEqual(reached)
    }),
    { numRuns: 500 },
  )
})

describe('the value of a LinkedIdentities visa', () => {
  test.each([
    ['1,a', [['1', 'a']]],
    [
      '1,https%3A%2F%2Fa.test%2F;u%2C2,b',
      [
        ['1', 'https://a.test/'],
        ['u,2', 'b'],
      ],
    ],
    ['', []],
    ['1', []],
    ['1,', []],
    [',a', []],
    ['1,a,b', []],
    ['%zz,a;2,b', [['2', 'b']]],
    [';;', []],
  ])('%j', (value, expected) => {
    expect(parseLinkedIdentities(value)).toEqual(expected.map(([id, issuer]) => ({ issuer, id })))
  })
})
