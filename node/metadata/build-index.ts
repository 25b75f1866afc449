import type Database from 'better-sqlite3'
import { Bitmap, toBytes } from '../variants/bitmap.js'
import { indexDocument } from './index-document.js'
import { toBlob } from './metadata-tables.js'
import { RECORD_TYPES, type Document, type RecordType } from './record.js'

/** Longer text is a remark, and no value that somebody filters by. */
const LONGEST_TEXT = 200

interface StoredRow {
  readonly number: number
  readonly individual: number
  readonly document: string
}

/** Makes the index of one dataset anew from its records; part of the transaction that changed them. */
export function buildIndex(db: Database.Database, dataset: string): void {
  for (const table of ['term_set', 'text_set', 'number_list', 'owner_list']) {
    db.prepare(`DELETE FROM ${table} WHERE dataset = ?`).run(dataset)
  }
  for (const type of RECORD_TYPES) buildTypeIndex(db, dataset, type)
}

interface NumberPair {
  readonly value: number
  readonly entity: number
}

function buildTypeIndex(db: Database.Database, dataset: string, type: RecordType): void {
  const terms = new Map<string, { label: string | undefined; readonly entities: Bitmap }>()
  const texts = new Map<string, Map<string, Bitmap>>()
  const numbers = new Map<string, Map<string, NumberPair[]>>()
  const owners: (readonly [entity: number, individual: number])[] = []
  const rows = db
    .prepare<[string, string], StoredRow>(
      'SELECT number, individual, document FROM record WHERE dataset = ? AND type = ? ORDER BY number',
    )
    .iterate(dataset, type)
  for (const { number, individual, document } of rows) {
    const entity = type === 'individual' ? individual : number
    owners.push([entity, individual])
    const indexed = indexDocument(JSON.parse(document) as Document)
    for (const [term, label] of indexed.terms) {
      const known = getOrAdd(terms, term, () => ({ label: undefined, entities: new Bitmap() }))
      known.label ??= label
      known.entities.add(entity)
    }
    for (const { field, kind, value } of indexed.values) {
      if (typeof value === 'number') {
        const byKind = getOrAdd(numbers, field, () => new Map<string, NumberPair[]>())
        getOrAdd(byKind, kind, () => []).push({ value, entity })
      } else if (value.length <= LONGEST_TEXT) {
        const byValue = getOrAdd(texts, field, () => new Map<string, Bitmap>())
        getOrAdd(byValue, value, () => new Bitmap()).add(entity)
      }
    }
  }
  if (owners.length === 0) return
  const putTerm = db.prepare('INSERT INTO term_set VALUES (?, ?, ?, ?, ?)')
  for (const [term, { label, entities }] of terms) putTerm.run(dataset, type, term, label ?? null, toBytes(entities))
  const putText = db.prepare('INSERT INTO text_set VALUES (?, ?, ?, ?, ?)')
  for (const [field, byValue] of texts) {
    for (const [value, entities] of byValue) putText.run(dataset, type, field, value, toBytes(entities))
  }
  const putNumbers = db.prepare('INSERT INTO number_list VALUES (?, ?, ?, ?, ?, ?)')
  for (const [field, byKind] of numbers) {
    for (const [kind, pairs] of byKind) {
      pairs.sort((a, b) => a.value - b.value || a.entity - b.entity)
      const values = Float64Array.from(pairs, ({ value }) => value)
      const entities = Uint32Array.from(pairs, ({ entity }) => entity)
      putNumbers.run(dataset, type, field, kind, toBlob(values), toBlob(entities))
    }
  }
  const entities = Uint32Array.from(owners, ([entity]) => entity)
  const individuals = Uint32Array.from(owners, ([, individual]) => individual)
  db.prepare('INSERT INTO owner_list VALUES (?, ?, ?, ?)').run(dataset, type, toBlob(entities), toBlob(individuals))
}

function getOrAdd<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key)
  if (known !== undefined) return known
  const made = make()
  map.set(key, made)
  return made
}
