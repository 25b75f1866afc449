import { toPointerPart } from '../personal-numbers.js'
import { isObject, type FieldProblem, type JsonObject, type Notes } from '../source-record.js'

/** What one packet's conversion collects. */
export interface Conversion {
  readonly problems: FieldProblem[]
  readonly notes: Notes
  /** Where in the packet an object of a Beacon document comes from. */
  readonly origins: WeakMap<object, string>
  /** Of the subject: a moment becomes an age by it. */
  readonly dateOfBirth?: string
}

export interface MessageShape {
  /** The message's name in Phenopackets v2. */
  readonly name: string
  /** Fields that become something in Beacon. */
  readonly used: readonly string[]
  /** Fields that Beacon has no place for. */
  readonly unused?: readonly string[]
}

/**
 * A message's fields. A field that Phenopackets v2 does not have is a problem: a misspelt `excluded` would make somebody a
 * carrier of what was ruled out. What Beacon has no place for is left out and counted.
 */
export function readMessage(
  conversion: Conversion,
  value: unknown,
  pointer: string,
  { name, used, unused = [] }: MessageShape,
): JsonObject | undefined {
  if (value === undefined) return undefined
  if (!isObject(value)) {
    conversion.problems.push({ field: pointer || '/', reason: `must be an object (${name} of Phenopackets v2)` })
    return undefined
  }
  for (const key of Object.keys(value)) {
    if (used.includes(key)) continue
    if (unused.includes(key)) conversion.notes.add(`left out: ${name}.${key}, for which Beacon has no field`)
    else {
      const allowed = [...used, ...unused].join(', ')
      const field = `${pointer}/${toPointerPart(key)}`
      conversion.problems.push({ field, reason: `is no field of ${name} in Phenopackets v2; allowed are ${allowed}` })
    }
  }
  return value
}

/** A list's items with their pointers. */
export function readList(
  conversion: Conversion,
  value: unknown,
  pointer: string,
): readonly (readonly [item: unknown, pointer: string])[] {
  if (value === undefined) return []
  if (Array.isArray(value)) return value.map((item: unknown, index) => [item, `${pointer}/${index}`] as const)
  conversion.problems.push({ field: pointer, reason: 'must be an array' })
  return []
}

/** An object of a Beacon document: absent fields are left out, and where it came from is kept. */
export function toPart(conversion: Conversion, pointer: string, fields: JsonObject): JsonObject {
  const part = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
  conversion.origins.set(part, pointer)
  return part
}

/** An ontology class as it stands; the empty label that Protocol Buffers write means none. */
export function toTerm(conversion: Conversion, value: unknown, pointer: string): unknown {
  if (!isObject(value)) return value
  const { id, label, ...rest } = value
  return toPart(conversion, pointer, { id, label: label === '' ? undefined : label, ...rest })
}

export function toTerms(conversion: Conversion, value: unknown, pointer: string): readonly unknown[] | undefined {
  const items = readList(conversion, value, pointer)
  return items.length === 0 ? undefined : items.map(([item, at]) => toTerm(conversion, item, at))
}

/** Empty texts and lists are what Protocol Buffers write for nothing. */
export function toText(value: unknown): unknown {
  return value === '' ? undefined : value
}

export function nonEmpty<T>(items: readonly T[]): readonly T[] | undefined {
  return items.length === 0 ? undefined : items
}
