import { SCHEMAS } from '../../../schemas/index.js'
import { schemaOf } from './schema-of.js'
import { isObject, type JsonObject, type MetadataType, type Notes } from './source-record.js'
import { propertiesOf } from './walk-terms.js'

/** Letters alone, without a plural. */
function plain(key: string): string {
  return key
    .toLowerCase()
    .replaceAll(/[^a-z]/g, '')
    .replace(/s$/, '')
}

/** The field of the standard that an unknown key seems to mean. */
export function meantField(type: MetadataType, key: string): string | undefined {
  const known = Object.keys(propertiesOf(SCHEMAS[schemaOf(type)]))
  return known.includes(key) ? undefined : known.find((one) => plain(one) === plain(key))
}

/**
 * A document in which only the standard's own fields stand where questions and answers look: an unknown field of a record moves into
 * its `info`, which is neither searched nor sent; inside the record's parts it is left out. A key that is a field in other letters
 * stays where it is, to be refused.
 */
export function tidyDocument(type: MetadataType, document: JsonObject, notes: Notes): JsonObject {
  const known = propertiesOf(SCHEMAS[schemaOf(type)])
  const { info = {} } = document
  const moved = Object.entries(document).filter(
    ([key]) => !Object.hasOwn(known, key) && meantField(type, key) === undefined && isObject(info),
  )
  for (const [key] of moved) {
    notes.add(
      `${type}: ${JSON.stringify(key)} is no field of Beacon; it was moved to info, where nothing can be asked of it`,
    )
  }
  const kept = Object.entries(document)
    .filter(([key]) => !moved.some(([other]) => other === key))
    .map(([key, value]) => [key, key === 'info' ? value : withoutExtras(value, notes)] as const)
  if (moved.length === 0) return Object.fromEntries(kept)
  return { ...Object.fromEntries(kept), info: { ...(info as JsonObject), ...Object.fromEntries(moved) } }
}

/** `_…` and `info` are where programs put what is not in the standard. */
function isExtra(key: string): boolean {
  return key === 'info' || key.startsWith('_')
}

function withoutExtras(value: unknown, notes: Notes): unknown {
  if (Array.isArray(value)) return value.map((item) => withoutExtras(item, notes))
  if (!isObject(value)) return value
  const kept = Object.entries(value).filter(([key]) => !isExtra(key))
  const dropped = Object.keys(value).length - kept.length
  if (dropped > 0) notes.add('left out: "info" and "_…" inside the parts of records', dropped)
  return Object.fromEntries(kept.map(([key, inner]) => [key, withoutExtras(inner, notes)]))
}
