import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { JsonSchema } from './json-schema.js'
import { SCHEMAS, type SchemaPath } from './registry.js'

// Only a base for relative references inside one process; nothing is ever fetched from it.
const BASE = 'https://schemas.invalid/'

const ajv = new Ajv2020({ allErrors: false, strict: false })
addFormats.default(ajv)
for (const [path, schema] of Object.entries(SCHEMAS)) ajv.addSchema({ ...schema, $id: BASE + path })

/** One thing that is wrong with a document: where (JSON pointer, empty for the root) and what is allowed. */
export interface Violation {
  readonly pointer: string
  readonly message: string
}

export type Validation = { readonly ok: true } | { readonly ok: false; readonly violation: Violation }

/** Words for one ajv error, with the allowed values or the unknown key, which ajv's own message leaves out. */
function toMessage(error: ErrorObject): string {
  const params = error.params as {
    allowedValues?: readonly unknown[]
    additionalProperty?: string
    allowedValue?: unknown
  }
  if (params.allowedValues) return `must be one of ${params.allowedValues.join(', ')}`
  if (params.allowedValue !== undefined) return `must be ${JSON.stringify(params.allowedValue)}`
  if (params.additionalProperty !== undefined) return `has an unknown key "${params.additionalProperty}"`
  return error.message ?? 'is not valid'
}

function run(check: ValidateFunction, value: unknown): Validation {
  if (check(value)) return { ok: true }
  const error = check.errors![0]!
  return { ok: false, violation: { pointer: error.instancePath, message: toMessage(error) } }
}

/** Checks a value against a schema of ours; schemas are compiled once, on first use. */
export function validate(path: SchemaPath, value: unknown): Validation {
  return run(ajv.getSchema(BASE + path)!, value)
}

/** Compiles a document schema that only one process knows, such as a dataset's manifest. */
export function compileSchema(schema: JsonSchema): (value: unknown) => Validation {
  const check = ajv.compile({ ...schema })
  return (value) => run(check, value)
}
