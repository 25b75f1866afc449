import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { grantFor } from '../access/testing/grant-for.js'
import { toManifest } from '../testing/segment-world.js'
import { Bitmap } from '../variants/bitmap.js'
import { restrictCalls, type Calls } from '../variants/calls.js'
import type { StoreAnswer } from '../variants/variant-store.js'
import { EVERYBODY } from '../variants/visible-set.js'
import { disclose } from './disclose.js'

const PEOPLE = Array.from({ length: 30 }, (_, index) => index + 1)

/** What one person is at the allele. */
type State = 'het' | 'half het' | 'hom' | 'hemi' | 'two' | 'one' | 'none'
const STATES: readonly State[] = ['het', 'half het', 'hom', 'hemi', 'two', 'one', 'none']
const COPIES: Readonly<Record<State, readonly [carried: number, called: number]>> = {
  het: [1, 2],
  'half het': [1, 1],
  hom: [2, 2],
  hemi: [1, 1],
  two: [0, 2],
  one: [0, 1],
  none: [0, 0],
}

function toCalls(states: readonly State[]): Calls {
  const set = (...wanted: readonly State[]) => new Bitmap(PEOPLE.filter((_, index) => wanted.includes(states[index]!)))
  return {
    heterozygous: set('het', 'half het'),
    homozygous: set('hom'),
    hemizygous: set('hemi'),
    twoAlleles: set('het', 'hom', 'two'),
    oneAllele: set('half het', 'hemi', 'one'),
    anBasis: 'called',
    somatic: new Bitmap(),
    fractions: new Bitmap(),
  }
}

const some = fc.subarray(PEOPLE)

test('a group counts its visible people and nobody else, only at record granularity', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...STATES), { minLength: PEOPLE.length, maxLength: PEOPLE.length }),
      some,
      some,
      fc.constantFrom('boolean' as const, 'count' as const, 'record' as const),
      (states, visible, members, granularity) => {
        const calls = restrictCalls(toCalls(states), new Bitmap(visible))
        const variant = { contig: 1, start: 5, referenceBases: 'A', alternateBases: 'C' }
        const matches = { kind: 'one-allele', variants: 1, variant, calls } as const
        const page = [{ variant, anchor: '', annotation: '', calls }]
        const answer: StoreAnswer = { datasets: [{ datasetId: 'd0', matches, page }], node: matches }
        const grant = grantFor(new Map([['d0', EVERYBODY]]))
        const groups = [{ label: 'members', people: new Bitmap(members) }]
        const release = disclose(answer, grant, granularity, [toManifest('d0')], {
          countFamilies: (people) => people.size,
          groupsOf: () => groups,
        })
        const { records } = release.datasets[0]!
        if (granularity !== 'record') {
          expect(records).toEqual([])
          expect(JSON.stringify(release)).not.toContain('members')
          return
        }
        const count = (people: readonly number[]) => {
          const copies = people.map((person) => COPIES[states[person - 1]!])
          const having = (...wanted: readonly State[]) =>
            people.filter((person) => wanted.includes(states[person - 1]!)).length
          return {
            alleleCount: copies.reduce((sum, [carried]) => sum + carried, 0),
            alleleNumber: copies.reduce((sum, [, called]) => sum + called, 0),
            anBasis: 'called',
            zygosities: {
              heterozygotes: having('het', 'half het'),
              homozygotes: having('hom'),
              hemizygotes: having('hemi'),
            },
          }
        }
        expect(records[0]!.populations).toEqual({
          dataset: count(visible),
          controllers: [],
          groups: [{ label: 'members', counts: count(visible.filter((person) => members.includes(person))) }],
        })
      },
    ),
    { numRuns: 300 },
  )
})
