import { basename } from 'node:path'
import type { Sex } from '../metadata/individuals.js'
import { IngestError } from './ingest-error.js'
import { readTextFile } from './read-text-file.js'

/** What a PED file says of a person. */
export interface PedFacts {
  readonly sex: Sex
  readonly family?: string
}

// PLINK: family, individual, father, mother, sex (1 male, 2 female, other unknown), phenotype.
const LEAST_COLUMNS = 5
const SEXES: Readonly<Record<string, Sex>> = { '1': 'male', '2': 'female' }

/**
 * Reads a PED file: sex and family by individual. Family `0` means none.
 *
 * @throws IngestError too few columns, or an individual with two different lines
 */
export function readPed(path: string): ReadonlyMap<string, PedFacts> {
  const people = new Map<string, PedFacts>()
  const lines = readTextFile(path).split(/\r?\n/)
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue
    const [family, individual, , , sexCode] = line.trim().split(/\s+/)
    if (sexCode === undefined || individual === undefined) {
      const reason = `a PED line has at least ${LEAST_COLUMNS} columns: family, individual, father, mother, sex`
      throw new IngestError(basename(path), index + 1, reason)
    }
    const sex = SEXES[sexCode] ?? 'unknown'
    const facts: PedFacts = family === undefined || family === '0' ? { sex } : { sex, family }
    const known = people.get(individual)
    if (known && (known.sex !== facts.sex || known.family !== facts.family)) {
      throw new IngestError(basename(path), index + 1, 'an individual has two lines that contradict each other')
    }
    people.set(individual, facts)
  }
  return people
}
