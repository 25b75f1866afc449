/** A JSON Schema document (draft 2020-12) as we write it: plain JSON, without `$id` so that it is valid at whatever URL serves it. */
export type JsonSchema = { readonly [key: string]: unknown }

export const DRAFT_2020_12 = 'https://json-schema.org/draft/2020-12/schema'

/** Adds `$schema` and the closed-or-open root object that every document of ours is. */
export function objectSchema(
  title: string,
  required: readonly string[],
  properties: JsonSchema,
  rest: JsonSchema = {},
): JsonSchema {
  return { $schema: DRAFT_2020_12, title, type: 'object', required, properties, ...rest }
}

/** An object without unknown keys, for documents that only we write. */
export const closed = { additionalProperties: false } as const

export const count = { type: 'integer', minimum: 0 } as const
/** A share of something. */
export const fraction = { type: 'number', minimum: 0, maximum: 1 } as const
export const text = { type: 'string', minLength: 1 } as const
export const dateTime = { type: 'string', format: 'date-time' } as const
