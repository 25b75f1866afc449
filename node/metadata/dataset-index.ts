import type Database from 'better-sqlite3'
import { Bitmap, EMPTY, fromBytes } from '../variants/bitmap.js'
import { toFloat64, toUint32 } from './metadata-tables.js'
import { RECORD_TYPES, type RecordType } from './record.js'

/** A field's numbers in ascending order, each with the record it stands in. */
export interface NumberList {
  readonly kind: string
  readonly numbers: Float64Array
  readonly entities: Uint32Array
}

/** What one dataset knows of its records of one entry type. Sets are of entities: record numbers, of individuals people. */
export interface TypeIndex {
  /** Every record. */
  readonly all: Bitmap
  /** The people whose records these are. */
  readonly people: Bitmap
  readonly terms: ReadonlyMap<string, { readonly label: string | undefined; readonly entities: Bitmap }>
  /** By field, then by value. */
  readonly texts: ReadonlyMap<string, ReadonlyMap<string, Bitmap>>
  /** By field; a field may hold numbers of several kinds. */
  readonly numbers: ReadonlyMap<string, readonly NumberList[]>
  /** The people whose records are in the set. */
  readonly toIndividuals: (entities: Bitmap) => Bitmap
  /** The records of the people in the set. */
  readonly toEntities: (individuals: Bitmap) => Bitmap
}

export type DatasetIndex = Readonly<Record<RecordType, TypeIndex>>

/** Reads the whole index of a dataset: a few sets for each term, small beside the alleles. */
export function readDatasetIndex(db: Database.Database, dataset: string): DatasetIndex {
  const read = (type: RecordType) => readTypeIndex(db, dataset, type)
  return Object.fromEntries(RECORD_TYPES.map((type) => [type, read(type)])) as Record<RecordType, TypeIndex>
}

function readTypeIndex(db: Database.Database, dataset: string, type: RecordType): TypeIndex {
  const owners = db
    .prepare<[string, string], { entities: Buffer; individuals: Buffer }>(
      'SELECT entities, individuals FROM owner_list WHERE dataset = ? AND type = ?',
    )
    .get(dataset, type)
  const terms = db
    .prepare<[string, string], { term: string; label: string | null; entities: Buffer }>(
      'SELECT term, label, entities FROM term_set WHERE dataset = ? AND type = ?',
    )
    .all(dataset, type)
  const texts = new Map<string, Map<string, Bitmap>>()
  const textRows = db
    .prepare<[string, string], { field: string; value: string; entities: Buffer }>(
      'SELECT field, value, entities FROM text_set WHERE dataset = ? AND type = ?',
    )
    .iterate(dataset, type)
  for (const { field, value, entities } of textRows) {
    const byValue = texts.get(field) ?? new Map<string, Bitmap>()
    byValue.set(value, fromBytes(entities))
    texts.set(field, byValue)
  }
  const numbers = new Map<string, NumberList[]>()
  const numberRows = db
    .prepare<[string, string], { field: string; kind: string; numbers: Buffer; entities: Buffer }>(
      'SELECT field, kind, numbers, entities FROM number_list WHERE dataset = ? AND type = ?',
    )
    .iterate(dataset, type)
  for (const { field, kind, numbers: values, entities } of numberRows) {
    const list = { kind, numbers: toFloat64(values), entities: toUint32(entities) }
    numbers.set(field, [...(numbers.get(field) ?? []), list])
  }
  return {
    ...(type === 'individual' ? toPeopleAlone(owners) : toOwned(owners)),
    terms: new Map(
      terms.map(({ term, label, entities }) => [term, { label: label ?? undefined, entities: fromBytes(entities) }]),
    ),
    texts,
    numbers,
  }
}

type Owned = Pick<TypeIndex, 'all' | 'people' | 'toIndividuals' | 'toEntities'>
type OwnerRow = { readonly entities: Buffer; readonly individuals: Buffer } | undefined

/** Records of individuals are the individuals. */
function toPeopleAlone(row: OwnerRow): Owned {
  const all = row ? new Bitmap(toUint32(row.individuals)) : EMPTY
  return { all, people: all, toIndividuals: (set) => set, toEntities: (set) => Bitmap.and(set, all) }
}

function toOwned(row: OwnerRow): Owned {
  const entities = row ? toUint32(row.entities) : new Uint32Array()
  const individuals = row ? toUint32(row.individuals) : new Uint32Array()
  const owners = new Map<number, number>()
  for (const [index, entity] of entities.entries()) owners.set(entity, individuals[index]!)
  return {
    all: new Bitmap(entities),
    people: new Bitmap(individuals),
    toIndividuals(set) {
      const people = new Bitmap()
      for (const entity of set) {
        const owner = owners.get(entity)
        if (owner !== undefined) people.add(owner)
      }
      return people
    },
    toEntities(set) {
      const found = new Bitmap()
      for (let index = 0; index < entities.length; index++) {
        if (set.has(individuals[index]!)) found.add(entities[index])
      }
      return found
    },
  }
}
