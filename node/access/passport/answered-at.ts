import type { IncomingHttpHeaders } from 'node:http'

/**
 * When an answer was made, by the clock of who made it, milliseconds since 1970; undefined: it does not say. One that a cache kept is
 * as much older as the cache says (RFC 9111, section 5.1).
 */
export function toAnsweredAt({ date, age }: Pick<IncomingHttpHeaders, 'date' | 'age'>): number | undefined {
  const made = Date.parse(date ?? '')
  if (Number.isNaN(made)) return undefined
  return /^\d{1,9}$/.test(age ?? '') ? made + Number(age) * 1000 : made
}
