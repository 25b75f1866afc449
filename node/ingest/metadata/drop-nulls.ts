import type { Notes } from './source-record.js'

/**
 * A document without the keys whose value is null: programs write null for what they do not know, and Beacon has no nulls. A null
 * in an array stays and is refused: nobody can tell what it was.
 */
export function dropNulls(value: unknown, notes: Notes): unknown {
  if (!holdsNull(value)) return value
  if (Array.isArray(value)) return value.map((item) => dropNulls(item, notes))
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value)
  const kept = entries.filter(([, inner]) => inner !== null)
  if (kept.length < entries.length) notes.add('null values were taken as absent', entries.length - kept.length)
  // Not by assignment: a key `__proto__` would change the object instead of its fields.
  return Object.fromEntries(kept.map(([key, inner]) => [key, dropNulls(inner, notes)]))
}

/** Whether a copy is needed: files have millions of objects, and nulls are rare. */
function holdsNull(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(holdsNull)
  if (typeof value !== 'object' || value === null) return false
  return Object.values(value).some((inner) => inner === null || holdsNull(inner))
}
