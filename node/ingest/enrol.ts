import type { Individual, Individuals } from '../metadata/individuals.js'
import { Bitmap } from '../variants/bitmap.js'
import type { People } from '../variants/cohort.js'
import type { Columns } from './classify-calls.js'
import { IngestError } from './ingest-error.js'
import type { PedFacts } from './ped.js'
import { isPersonalNumber } from './personal-number.js'
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
  /** Numbers of people who were removed from the node and have columns all the same: nothing of these columns may be stored. */
  readonly leftOut: Bitmap
}

/** Who the samples are: by the sample map, else by their own names; and what the PED file says of them. */
export interface Identities {
  readonly sampleMap: ReadonlyMap<string, string>
  readonly ped: ReadonlyMap<string, PedFacts>
}

/**
 * Finds the people of the files' sample columns. Stores nothing. Who was removed from the node is nobody of the ingest.
 *
 * @throws IngestError a column that is named by a personal number or whose person has another column in the file; a PED file
 * that contradicts what the node knows of a person; only people who were removed
 */
export function enrol(register: Individuals, files: readonly VcfFile[], { sampleMap, ped }: Identities): Enrolled {
  const namesByFile = files.map((file) => nameIndividuals(file, sampleMap))
  const everyName = [...new Set(namesByFile.flat())]
  const removed = new Map(everyName.flatMap((name) => toEntry(name, register.findRemoved(name))))
  const names = everyName.filter((name) => !removed.has(name))
  if (names.length === 0 && removed.size > 0) {
    throw new IngestError(files[0]!.name, undefined, 'everybody in it was removed from the node')
  }
  const individuals = register.identify(names).map((individual) => withFacts(individual, ped.get(individual.name)))
  const byName = new Map<string, Pick<Individual, 'number' | 'sex'>>(
    individuals.map((individual) => [individual.name, individual]),
  )
  for (const [name, number] of removed) byName.set(name, { number, sex: 'unknown' })
  const leftOut = new Bitmap([...removed.values()])
  const columns = namesByFile.map((memberNames): Columns => {
    const members = memberNames.map((name) => byName.get(name)!)
    return {
      numbers: Uint32Array.from(members, ({ number }) => number),
      males: Uint8Array.from(members, ({ sex }) => (sex === 'male' ? 1 : 0)),
      females: Uint8Array.from(members, ({ sex }) => (sex === 'female' ? 1 : 0)),
    }
  })
  const coverage = columns.map(({ numbers }) =>
    numbers.length === everyName.length ? undefined : Bitmap.andNot(new Bitmap(numbers), leftOut),
  )
  return { individuals, people: toPeople(individuals), columns, coverage, leftOut }
}

function toEntry<V>(key: string, value: V | undefined): readonly (readonly [string, V])[] {
  return value === undefined ? [] : [[key, value]]
}

/** By column. A personal number must not become a name on the node, and its text must not stand in an error either. */
function nameIndividuals(file: VcfFile, sampleMap: ReadonlyMap<string, string>): readonly string[] {
  const names = file.header.samples.map((sample) => sampleMap.get(sample) ?? sample)
  const seen = new Map<string, number>()
  for (const [index, name] of names.entries()) {
    const column = index + 1
    if (isPersonalNumber(name)) {
      const reason = `sample column ${column} is named by a personal identity number; replace it by --sample-map`
      throw new IngestError(file.name, undefined, reason)
    }
    const earlier = seen.get(name)
    if (earlier !== undefined) {
      const reason = `sample columns ${earlier} and ${column} belong to one individual; put one of them into a file of its own`
      throw new IngestError(file.name, undefined, reason)
    }
    seen.set(name, column)
  }
  return names
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
  const { number, name, pseudonym } = known
  return { number, name, pseudonym, sex, ...(family === undefined ? {} : { family }) }
}

function toPeople(individuals: readonly Individual[]): People {
  const numbersOf = (sex: string) => individuals.filter((one) => one.sex === sex).map(({ number }) => number)
  return {
    all: new Bitmap(individuals.map(({ number }) => number)),
    males: new Bitmap(numbersOf('male')),
    females: new Bitmap(numbersOf('female')),
  }
}
