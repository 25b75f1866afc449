import type { Individual, Individuals } from '../metadata/individuals.js'
import { Bitmap } from '../variants/bitmap.js'
import type { People } from '../variants/calls.js'
import type { Columns } from './classify-calls.js'
import { IngestError } from './ingest-error.js'
import type { PedFacts } from './ped.js'
import type { VcfFile } from './vcf-file.js'

/** The people of one ingest and which sample column is whom. */
export interface Enrolled {
  /** With what the PED file adds; to be stored when the ingest is published. */
  readonly individuals: readonly Individual[]
  readonly people: People
  /** By file. */
  readonly columns: readonly Columns[]
  /** By file: its people, where it does not hold everybody of the ingest. */
  readonly coverage: readonly (Bitmap | undefined)[]
}

/**
 * Finds the people of the files' sample columns; a sample's name is its individual's. Stores nothing.
 *
 * @throws IngestError the PED file contradicts what the node knows of a person
 */
export function enrol(register: Individuals, files: readonly VcfFile[], ped: ReadonlyMap<string, PedFacts>): Enrolled {
  const names = [...new Set(files.flatMap((file) => file.header.samples))]
  const individuals = register.identify(names).map((individual) => withFacts(individual, ped.get(individual.name)))
  const byName = new Map(individuals.map((individual) => [individual.name, individual]))
  const columns = files.map((file): Columns => {
    const members = file.header.samples.map((sample) => byName.get(sample)!)
    return {
      numbers: Uint32Array.from(members, ({ number }) => number),
      males: Uint8Array.from(members, ({ sex }) => (sex === 'male' ? 1 : 0)),
      females: Uint8Array.from(members, ({ sex }) => (sex === 'female' ? 1 : 0)),
    }
  })
  const coverage = columns.map(({ numbers }) => (numbers.length === names.length ? undefined : new Bitmap(numbers)))
  return { individuals, people: toPeople(individuals), columns, coverage }
}

/** Knowledge only grows: `unknown` and a missing family change nothing, a contradiction is an error. */
function withFacts(known: Individual, stated: PedFacts | undefined): Individual {
  if (!stated) return known
  if (known.sex !== 'unknown' && stated.sex !== 'unknown' && known.sex !== stated.sex) {
    const reason = `calls an individual ${stated.sex} whom the node knows as ${known.sex}`
    throw new IngestError('the PED file', undefined, reason)
  }
  const family = stated.family ?? known.family
  const sex = stated.sex === 'unknown' ? known.sex : stated.sex
  return { number: known.number, name: known.name, sex, ...(family === undefined ? {} : { family }) }
}

function toPeople(individuals: readonly Individual[]): People {
  const numbersOf = (sex: string) => individuals.filter((one) => one.sex === sex).map(({ number }) => number)
  return {
    all: new Bitmap(individuals.map(({ number }) => number)),
    males: new Bitmap(numbersOf('male')),
    females: new Bitmap(numbersOf('female')),
  }
}
