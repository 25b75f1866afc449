import { ontologyTermSchema, SCHEMAS, type JsonSchema, type SchemaPath } from '../../../schemas/index.js'
import { toPointerPart } from './personal-numbers.js'
import { isObject } from './source-record.js'

/** The properties of a schema's object, by key. */
export function propertiesOf(schema: JsonSchema): Readonly<Record<string, JsonSchema>> {
  return (schema['properties'] ?? {}) as Readonly<Record<string, JsonSchema>>
}

/** A data use is a term with more keys. */
function isTermSchema(schema: JsonSchema): boolean {
  return schema === ontologyTermSchema || propertiesOf(schema)['id'] === propertiesOf(ontologyTermSchema)['id']
}

/**
 * Calls `visit` for every ontology term of a document: only where the schema has one, because ids of people and records may look like
 * terms.
 */
export function walkTerms(path: SchemaPath, document: unknown, visit: (id: string, pointer: string) => void): void {
  walk(SCHEMAS[path], document, '', visit)
}

function walk(schema: JsonSchema, value: unknown, pointer: string, visit: (id: string, pointer: string) => void): void {
  if (Array.isArray(value)) {
    const items = schema['items'] as JsonSchema | undefined
    if (items) for (const [index, item] of value.entries()) walk(items, item, `${pointer}/${index}`, visit)
    return
  }
  if (!isObject(value)) return
  if (isTermSchema(schema) && typeof value['id'] === 'string') visit(value['id'], `${pointer}/id`)
  for (const [key, inner] of Object.entries(propertiesOf(schema))) {
    if (value[key] !== undefined) walk(inner, value[key], `${pointer}/${toPointerPart(key)}`, visit)
  }
  // The kinds of a time element or a measured value have no key in common that is a term in one and something else in another.
  for (const branch of ['then', 'else']) {
    const inner = schema[branch] as JsonSchema | undefined
    if (inner) walk(inner, value, pointer, visit)
  }
}
