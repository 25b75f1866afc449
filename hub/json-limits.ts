/** Our documents nest less than 20 deep; a bound keeps every later walk, and JSON.stringify, off the end of the stack. */
export const MAXIMUM_JSON_DEPTH = 64

export type JsonVerdict = 'ok' | 'too-deep' | 'forbidden-key'

/** Walks a parsed JSON value with a stack of its own: too deep, or with a `__proto__` key (which plain assignment would obey). */
export function checkJson(value: unknown): JsonVerdict {
  const pending: { readonly value: unknown; readonly depth: number }[] = [{ value, depth: 1 }]
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (typeof next.value !== 'object' || next.value === null) continue
    if (next.depth > MAXIMUM_JSON_DEPTH) return 'too-deep'
    if (Object.hasOwn(next.value, '__proto__')) return 'forbidden-key'
    for (const child of Object.values(next.value)) {
      if (typeof child === 'object' && child !== null) pending.push({ value: child, depth: next.depth + 1 })
    }
  }
  return 'ok'
}

export type JsonObject = { readonly [key: string]: unknown }

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
