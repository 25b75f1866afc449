/** What JSON can say. A property that is undefined is not there. */
export type JsonValue =
  null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue | undefined }

/**
 * The one text of a value by the JSON Canonicalization Scheme (RFC 8785): no white space, keys in the order of their UTF-16
 * code units, numbers and strings as ECMAScript writes them. Text that is not Unicode (lone surrogates, which the RFC refuses)
 * has U+FFFD in its place, so that a caller's odd text can never keep an entry from being written.
 *
 * @throws TypeError a number is not finite
 */
export function canonicalise(value: JsonValue): string {
  if (typeof value === 'string') return quote(value)
  if (typeof value === 'number' && !Number.isFinite(value)) throw new TypeError(`${value} is no number of JSON`)
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (isList(value)) return `[${value.map(canonicalise).join(',')}]`
  return `{${toMembers(value).join(',')}}`
}

/** The members of an object as they stand in its text, in their order. */
export function toMembers(value: { readonly [key: string]: JsonValue | undefined }): string[] {
  const parts: string[] = []
  // The default order of sort is that of UTF-16 code units, which the RFC asks for.
  for (const key of Object.keys(value).sort()) {
    const member = value[key]
    if (member !== undefined) parts.push(`${quote(key)}:${canonicalise(member)}`)
  }
  return parts
}

function isList(value: object): value is readonly JsonValue[] {
  return Array.isArray(value)
}

/** Visible ASCII but for the quotation mark and the backslash: most text, and the same in JSON. */
const PLAIN = /^[ !#-[\]-~]*$/

function quote(text: string): string {
  if (PLAIN.test(text)) return `"${text}"`
  const quoted = JSON.stringify(text)
  // Half a character, and little else, is written so.
  return quoted.includes('\\ud') ? JSON.stringify(text.replace(/\p{Surrogate}/gu, '\ufffd')) : quoted
}
