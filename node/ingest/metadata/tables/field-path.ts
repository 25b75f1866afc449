import { ConfigError, SCHEMAS, type JsonSchema } from '../../../../schemas/index.js'
import { schemaOf } from '../schema-of.js'
import type { MetadataType } from '../source-record.js'
import { propertiesOf } from '../walk-terms.js'

/** A field of a mapping: where in a record its value goes. */
export interface FieldPath {
  /** As it stands in the mapping. */
  readonly name: string
  /** Keys down to the value, or down to the list. */
  readonly keys: readonly string[]
  /** Of a field of a list's items: which of the mapping's groups it belongs to, and the keys inside an item. */
  readonly list?: { readonly group: string; readonly keys: readonly string[] }
  /** Of the value. */
  readonly schema: JsonSchema
}

const PART = /^([^.[\]]+)(?:\[([^[\]]*)\])?$/
/** Members of a cohort are ids; they are kept beside its record. */
const MEMBERS: JsonSchema = { type: 'array', items: { type: 'string' } }

/**
 * Parses `sex`, `info.age`, `diseases[].ageOfOnset` or `phenotypicFeatures[absent].featureType`.
 *
 * @throws ConfigError the record type has no such field
 */
export function parseFieldPath(file: string, type: MetadataType, name: string): FieldPath {
  const fail = (reason: string): never => {
    throw new ConfigError(`${file}: fields.${name} ${reason}`)
  }
  let schema: JsonSchema = SCHEMAS[schemaOf(type)]
  const keys: string[] = []
  let list: { group: string; keys: string[] } | undefined
  for (const part of name.split('.')) {
    const [, key, group] = PART.exec(part) ?? fail('is no path; write e.g. sex, diseases[].diseaseCode or info.ward')
    const properties = type === 'cohort' && keys.length === 0 ? { members: MEMBERS } : {}
    const found = findProperty(schema, key!) ?? (properties as Readonly<Record<string, JsonSchema>>)[key!]
    if (!found) fail(`is no field of ${type}: ${toAllowed(schema)}`)
    schema = found!
    ;(list?.keys ?? keys).push(key!)
    const items = schema['items'] as JsonSchema | undefined
    if (group === undefined && items) fail(`is a list; write ${part}[]`)
    if (group === undefined) continue
    if (!items) fail(`is no list; write it without []`)
    if (list) fail('is a list inside a list, which a table cannot fill')
    list = { group: `${keys.join('.')}[${group}]`, keys: [] }
    schema = items!
  }
  return { name, keys, ...(list ? { list } : {}), schema }
}

/** Inside `info` anything goes; a time element has the keys of all its kinds. */
function findProperty(schema: JsonSchema, key: string): JsonSchema | undefined {
  const own = propertiesOf(schema)[key]
  if (own) return own
  for (const branch of [schema['then'], schema['else']]) {
    const found = branch ? findProperty(branch as JsonSchema, key) : undefined
    if (found) return found
  }
  return isFree(schema) ? FREE : undefined
}

/** What a value inside `info` may be. */
const FREE: JsonSchema = { type: ['string', 'object'] }

function isFree(schema: JsonSchema): boolean {
  if (schema === FREE) return true
  const isRoot = schema['$schema'] !== undefined
  return !isRoot && schema['type'] === 'object' && !schema['if'] && schema['additionalProperties'] !== false
}

function toAllowed(schema: JsonSchema): string {
  const keys = Object.keys(propertiesOf(schema))
  return keys.length > 0 ? `allowed are ${keys.join(', ')}` : 'it has no fields inside'
}
