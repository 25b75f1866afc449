import type { Random } from './random.js'

export type Sex = 'male' | 'female'

export interface Person {
  /** Unique over all regions, e.g. `NORR-0001`. */
  readonly id: string
  readonly family: string
  readonly sex: Sex
  /** Indexes of the parents, who stand before their children. */
  readonly parents?: { readonly father: number; readonly mother: number }
  readonly affected: boolean
}

const TRIOS = 6
const PED_SEX = { male: 1, female: 2 } as const
const PED_PHENOTYPE = { unaffected: 1, affected: 2 } as const

/** A region's people: a few trios (father, mother, affected child) and then people without known relatives. */
export function createPeople(prefix: string, count: number, random: Random): readonly Person[] {
  const id = (index: number) => `${prefix}-${String(index + 1).padStart(4, '0')}`
  const family = (index: number) => `${prefix}-F${String(index + 1).padStart(3, '0')}`
  const sex = (): Sex => (random.next() < 0.5 ? 'male' : 'female')
  const trios = Array.from({ length: TRIOS }, (_, trio): readonly Person[] => {
    const father = 3 * trio
    const mother = father + 1
    return [
      { id: id(father), family: family(trio), sex: 'male', affected: false },
      { id: id(mother), family: family(trio), sex: 'female', affected: false },
      { id: id(father + 2), family: family(trio), sex: sex(), parents: { father, mother }, affected: true },
    ]
  })
  const others = Array.from({ length: count - 3 * TRIOS }, (_, i): Person => {
    return { id: id(3 * TRIOS + i), family: family(TRIOS + i), sex: sex(), affected: random.next() < 0.2 }
  })
  return [...trios.flat(), ...others]
}

/** What affected people have. */
export const PHENOTYPE = { id: 'HP:0001250', label: 'Seizure' } as const

const SEX_TERMS = {
  male: { id: 'NCIT:C20197', label: 'male' },
  female: { id: 'NCIT:C16576', label: 'female' },
} as const

/** `individuals.json`, as Beacon v2 describes people. */
export function toIndividualsText(people: readonly Person[]): string {
  const individuals = people.map(({ id, sex, affected }) => ({
    id,
    sex: SEX_TERMS[sex],
    phenotypicFeatures: [{ featureType: PHENOTYPE, ...(affected ? {} : { excluded: true }) }],
  }))
  return `${JSON.stringify(individuals, null, 1)}\n`
}

/** PED, as PLINK defines it: family, individual, father, mother, sex, phenotype; 0 is unknown. */
export function toPedText(people: readonly Person[]): string {
  const lines = people.map((person) => {
    const father = person.parents ? people[person.parents.father]!.id : '0'
    const mother = person.parents ? people[person.parents.mother]!.id : '0'
    const phenotype = person.affected ? PED_PHENOTYPE.affected : PED_PHENOTYPE.unaffected
    return [person.family, person.id, father, mother, PED_SEX[person.sex], phenotype].join('\t')
  })
  return `${lines.join('\n')}\n`
}
