import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { JsonSchema } from './json-schema.js'
import { SCHEMAS, type SchemaPath } from './registry.js'

// Only a base for relative references inside one process; nothing is ever fetched from it.
const BASE = 'https://schemas.invalid/'

// `verbose` gives an error its data and the schema that they break, which names the keys that are allowed.
// That our schemas are schemas is tested; checking them takes a twentieth of a second that every command would wait for, and
// the schemas of schemas that would be needed for it (`meta`) a tenth of that.
// JSON can say 1e999, which is no number that can be counted with, nor written as JSON again.
// Compiled code that was not tidied (`code.optimize`) checks as quickly, and a third of the compiling is saved.
const OPTIONS = {
  strict: false,
  strictNumbers: true,
  verbose: true,
  validateSchema: false,
  meta: false,
  code: { optimize: false },
} as const
// By name: without names the plugin adds keywords of its own that nobody uses, and compiles their schema at every start.
const FORMATS: addFormats.FormatName[] = ['date', 'date-time', 'uri', 'uri-template']

interface Validator {
  readonly ajv: Ajv2020
  /** The check of a schema of ours, compiled when it is first asked for. */
  readonly checkOf: (path: SchemaPath) => ValidateFunction
}

/** Those of our schemas that a part of the one at `path` refers to. */
function referredIn(part: unknown, path: SchemaPath): readonly SchemaPath[] {
  if (typeof part !== 'object' || part === null) return []
  return Object.entries(part).flatMap(([key, value]): readonly SchemaPath[] =>
    key === '$ref' && typeof value === 'string'
      ? [new URL(value, BASE + path).pathname.slice(1) as SchemaPath]
      : referredIn(value, path),
  )
}

function createValidator(allErrors: boolean): Validator {
  const ajv = new Ajv2020({ ...OPTIONS, allErrors })
  addFormats.default(ajv, FORMATS)
  const added = new Set<SchemaPath>()
  const checks = new Map<SchemaPath, ValidateFunction>()
  // With what it refers to, and no more: every command would wait until all were read.
  const add = (path: SchemaPath): void => {
    if (added.has(path)) return
    added.add(path)
    ajv.addSchema({ ...SCHEMAS[path], $id: BASE + path })
    referredIn(SCHEMAS[path], path).forEach(add)
  }
  return {
    ajv,
    checkOf(path) {
      const known = checks.get(path)
      if (known) return known
      add(path)
      const check = ajv.getSchema(BASE + path)!
      checks.set(path, check)
      return check
    },
  }
}

const { ajv, checkOf } = createValidator(false)
/** Goes on after the first error, for records of people; made when it is first used. */
let thorough: Validator | undefined

/** One thing that is wrong with a document: where (JSON pointer, empty for the root) and what is allowed. */
export interface Violation {
  readonly pointer: string
  readonly message: string
  /** The key below `pointer` that is unknown. */
  readonly unknownKey?: string
}

export type Validation = { readonly ok: true } | { readonly ok: false; readonly violation: Violation }

const LONGEST_SHOWN_KEY = 40

/** Words for one ajv error, with the allowed values, which ajv's own message leaves out. */
function toMessage(error: ErrorObject): string {
  const params = error.params as {
    allowedValues?: readonly unknown[]
    allowedValue?: unknown
    missingProperty?: string
  }
  if (params.allowedValues) return `must be one of ${params.allowedValues.join(', ')}`
  if (params.allowedValue !== undefined) return `must be ${JSON.stringify(params.allowedValue)}`
  if (params.missingProperty !== undefined) return `must have the key "${params.missingProperty}"`
  return error.message ?? 'is not valid'
}

/** The unknown key of a closed object. A misspelt key is both missing and unknown, and its spelling is what helps. */
function findUnknownKey(
  { params, data }: ErrorObject,
  allowed: readonly string[],
  isClosed: boolean,
): string | undefined {
  const { additionalProperty, missingProperty } = params as { additionalProperty?: string; missingProperty?: string }
  if (missingProperty === undefined || !isClosed) return additionalProperty
  return Object.keys(data as object).find((key) => !allowed.includes(key))
}

function run(check: ValidateFunction, value: unknown): Validation {
  if (check(value)) return { ok: true }
  const error = check.errors![0]!
  const pointer = error.instancePath
  const parent = (error.parentSchema ?? {}) as { properties?: object; additionalProperties?: unknown }
  const allowed = Object.keys(parent.properties ?? {})
  const unknownKey = findUnknownKey(error, allowed, parent.additionalProperties === false)
  if (unknownKey === undefined) return { ok: false, violation: { pointer, message: toMessage(error) } }
  const message = `has an unknown key "${unknownKey.slice(0, LONGEST_SHOWN_KEY)}"; allowed are ${allowed.join(', ')}`
  return { ok: false, violation: { pointer, message, unknownKey } }
}

/** Compiles a schema of ours before its first use, which would wait for it. */
export function prepareValidation(path: SchemaPath): void {
  checkOf(path)
}

/** Checks a value against a schema of ours; schemas are compiled once, on first use. */
export function validate(path: SchemaPath, value: unknown): Validation {
  return run(checkOf(path), value)
}

/** Everything that is wrong with a value, in the order of the schema; empty when it is valid. */
export function findViolations(path: SchemaPath, value: unknown): readonly Violation[] {
  thorough ??= createValidator(true)
  const check = thorough.checkOf(path)
  if (check(value)) return []
  // `if` only says that one of its branches failed, and the branch has said why.
  const errors = check.errors!.filter(({ keyword }) => keyword !== 'if')
  return errors.map((error): Violation => {
    const { additionalProperty } = error.params as { additionalProperty?: string }
    const pointer = error.instancePath
    if (additionalProperty === undefined) return { pointer, message: toMessage(error) }
    const allowed = Object.keys((error.parentSchema as { properties?: object }).properties ?? {})
    const message = `has an unknown key "${additionalProperty.slice(0, LONGEST_SHOWN_KEY)}"; allowed are ${allowed.join(', ')}`
    return { pointer, message, unknownKey: additionalProperty }
  })
}

/**
 * The check of a document that only one process knows, such as a dataset's manifest. Compiled when it is first used: most
 * commands use few of those that they load.
 */
export function compileSchema(schema: JsonSchema): (value: unknown) => Validation {
  let check: ValidateFunction | undefined
  return (value) => run((check ??= ajv.compile({ ...schema })), value)
}
