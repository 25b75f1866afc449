import type { Individual, Individuals, PedFacts } from '../metadata/individuals.js'
import { Bitmap } from '../variants/bitmap.js'
import type { People } from '../variants/calls.js'
import type { Columns } from './classify-calls.js'
import { IngestError } from './ingest-error.js'
import type { VcfFile } from './vcf-file.js'

/** The people of one ingest and which sample column is whom. */
export interface Enrolled {
  readonly people: People
  /** By file. */
  readonly columns: readonly Columns[]
  /** By file: its people, where it does not hold everybody of the ingest. */
  readonly coverage: readonly (Bitmap | undefined)[]
  /** New facts from the PED file, stored when the ingest is published. */
  readonly facts: ReadonlyMap<number, PedFacts>
  /** Numbers given out for this ingest. */
  readonly created: readonly number[]
}

/**
 * Finds or registers the people of the files' sample columns; a sample's name is its individual's.
 *
 * @throws IngestError the PED file contradicts what the node knows of a person
 */
export function enrol(
  individuals: Individuals,
  files: readonly VcfFile[],
  ped: ReadonlyMap<string, PedFacts>,
): Enrolled {
  const names = [...new Set(files.flatMap((file) => file.header.samples))]
  const registered = individuals.register(names)
  try {
    const facts = new Map<number, PedFacts>()
    for (const individual of registered.individuals) {
      const stated = ped.get(individual.name)
      if (stated) facts.set(individual.number, reconcile(individual, stated))
    }
    const byName = new Map(registered.individuals.map((individual) => [individual.name, individual]))
    const sexOf = ({ number, sex }: Individual) => facts.get(number)?.sex ?? sex
    const people = toPeople(registered.individuals, sexOf)
    const columns = files.map((file): Columns => {
      const members = file.header.samples.map((sample) => byName.get(sample)!)
      return {
        numbers: Uint32Array.from(members, ({ number }) => number),
        males: Uint8Array.from(members, (member) => (sexOf(member) === 'male' ? 1 : 0)),
        females: Uint8Array.from(members, (member) => (sexOf(member) === 'female' ? 1 : 0)),
      }
    })
    const coverage = columns.map(({ numbers }) => (numbers.length === names.length ? undefined : new Bitmap(numbers)))
    return { people, columns, coverage, facts, created: registered.created }
  } catch (error) {
    individuals.forget(registered.created)
    throw error
  }
}

function reconcile(known: Individual, stated: PedFacts): PedFacts {
  if (known.sex !== 'unknown' && stated.sex !== 'unknown' && known.sex !== stated.sex) {
    throw new IngestError(
      'the PED file',
      undefined,
      `calls an individual ${stated.sex} whom the node knows as ${known.sex}`,
    )
  }
  const family = stated.family ?? known.family
  const sex = stated.sex === 'unknown' ? known.sex : stated.sex
  return family === undefined ? { sex } : { sex, family }
}

function toPeople(individuals: readonly Individual[], sexOf: (individual: Individual) => string): People {
  const numbersOf = (wanted: string) => individuals.filter((i) => sexOf(i) === wanted).map(({ number }) => number)
  return {
    all: new Bitmap(individuals.map(({ number }) => number)),
    males: new Bitmap(numbersOf('male')),
    females: new Bitmap(numbersOf('female')),
  }
}
