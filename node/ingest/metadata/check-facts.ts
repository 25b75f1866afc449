import type { Individual, Sex } from '../../metadata/individuals.js'
import type { PedFacts } from '../ped.js'
import { isGood, type CheckedRecord } from './check-records.js'
import type { Naming } from './name-individuals.js'
import { isObject, type JsonObject } from './source-record.js'

/** Terms of the sexes in the NCI Thesaurus and PATO; every other term says nothing that a count could use. */
const SEX_OF_TERM: ReadonlyMap<unknown, Sex> = new Map<unknown, Sex>([
  ['NCIT:C16576', 'female'],
  ['NCIT:C46113', 'female'],
  ['PATO:0000383', 'female'],
  ['NCIT:C20197', 'male'],
  ['NCIT:C46112', 'male'],
  ['PATO:0000384', 'male'],
])

function sexOf({ sex }: JsonObject): Sex {
  return SEX_OF_TERM.get(isObject(sex) ? sex['id'] : undefined) ?? 'unknown'
}

interface NamedFacts extends PedFacts {
  readonly name: string
}

/** What a record says of people's sex and family. */
function factsOf({ candidates, facts }: CheckedRecord, naming: Naming): readonly NamedFacts[] {
  const ofDocuments = candidates.flatMap(({ type, document }) =>
    type === 'individual' && typeof document['id'] === 'string'
      ? [{ name: naming.nameOf(document['id']), sex: sexOf(document) }]
      : [],
  )
  return [...ofDocuments, ...facts.map(({ individual, ...rest }) => ({ name: naming.nameOf(individual), ...rest }))]
}

/** Finds records that contradict the PED file, the node, or an earlier record about somebody's sex or family. */
export function checkFacts(
  records: readonly CheckedRecord[],
  naming: Naming,
  ped: ReadonlyMap<string, PedFacts>,
  known: ReadonlyMap<string, Individual>,
): void {
  const stated = new Map<string, PedFacts>()
  for (const record of records) {
    for (const facts of factsOf(record, naming)) {
      const { name, sex } = facts
      const sources = [
        ['the PED file', ped.get(name)],
        ['the node', known.get(name)],
        ['another place of these files', stated.get(name)],
      ] as const
      for (const [who, other] of sources) {
        const field = record.facts.length > 0 ? '/subject/sex' : '/sex'
        if (other && other.sex !== 'unknown' && sex !== 'unknown' && other.sex !== sex) {
          record.problems.push({ field, reason: `is ${sex}, and ${who} knows the individual as ${other.sex}` })
        }
        // What the node knows of families is replaced, as a PED file replaces it.
        const isNode = who === 'the node'
        if (!isNode && other?.family !== undefined && facts.family !== undefined && other.family !== facts.family) {
          record.problems.push({ field: '/pedigree', reason: `gives another family than ${who}` })
        }
      }
      stated.set(name, unite(stated.get(name), facts))
    }
  }
}

function unite(one: PedFacts | undefined, other: PedFacts): PedFacts {
  const sex = one && one.sex !== 'unknown' ? one.sex : other.sex
  const family = one?.family ?? other.family
  return { sex, ...(family === undefined ? {} : { family }) }
}

/** What the good records and the PED file say, by name. */
export function collectFacts(
  records: readonly CheckedRecord[],
  naming: Naming,
  ped: ReadonlyMap<string, PedFacts>,
): ReadonlyMap<string, PedFacts> {
  const collected = new Map<string, PedFacts>()
  for (const record of records.filter(isGood)) {
    for (const facts of factsOf(record, naming)) {
      collected.set(facts.name, unite(collected.get(facts.name), facts))
    }
  }
  for (const [name, facts] of ped) collected.set(name, unite(collected.get(name), facts))
  return collected
}

/** A person with what was stated; knowledge only grows. */
export function withStatedFacts(known: Individual, stated: PedFacts | undefined): Individual {
  if (!stated) return known
  const sex = known.sex === 'unknown' ? stated.sex : known.sex
  const family = stated.family ?? known.family
  return { ...known, sex, ...(family === undefined ? {} : { family }) }
}
