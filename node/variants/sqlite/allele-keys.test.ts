import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Variant } from '../variant.js'
import {
  allelesOf,
  countKeys,
  createKeyList,
  decodeKeys,
  hasKey,
  keysBetween,
  keysOf,
  uniteKeys,
} from './allele-keys.js'

const bases = fc.string({ unit: fc.constantFrom('A', 'C', 'G', 'T', 'N'), maxLength: 2 })
/** The largest start that a number holds, and the first that it does not. */
const start = fc.oneof(fc.nat({ max: 40 }), fc.constantFrom(0, 2 ** 28 - 1, 2 ** 28, 248_956_421))
const variant: fc.Arbitrary<Variant> = fc.record({
  contig: fc.constant(1),
  start,
  referenceBases: bases,
  alternateBases: fc.oneof(bases, fc.constantFrom('<DEL;END=500>', '<CNV;END=900;CN=3>')),
})
const variants = fc.array(variant, { maxLength: 40 })

const spell = (each: Variant) => `${each.start} ${each.referenceBases} ${each.alternateBases}`
const spelled = (all: Iterable<Variant>) => [...new Set([...all].map(spell))].sort()

test('keys are the alleles, each once, also when they come back from their columns', () => {
  fc.assert(
    fc.property(variants, variants, (before, after) => {
      const list = createKeyList()
      for (const each of after) list.add(each)
      list.addAll(keysOf(before))
      const all = spelled([...before, ...after])
      expect(list.size).toBe(all.length)
      const keys = decodeKeys(list.toColumns())
      expect(spelled(allelesOf(keys, 1))).toEqual(all)
      expect(countKeys(keys)).toBe(all.length)
      for (const each of [...before, ...after]) expect(hasKey(keys, each)).toBe(true)
    }),
  )
})

test('keys of several unite, and what two have and a third has not is found', () => {
  fc.assert(
    fc.property(variants, variants, variants, (a, b, c) => {
      const [one, other, without] = [keysOf(a), keysOf(b), keysOf(c)]
      expect(spelled(allelesOf(uniteKeys([one, other, without]), 1))).toEqual(spelled([...a, ...b, ...c]))
      const between = a.filter((each) => spelled(b).includes(spell(each)) && !spelled(c).includes(spell(each)))
      expect(spelled(allelesOf(keysBetween(one, other, without), 1))).toEqual(spelled(between))
    }),
  )
})
