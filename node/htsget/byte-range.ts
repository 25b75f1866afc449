/** A request's Range against a representation of known size (RFC 9110, 14). */
export type RangeOutcome =
  | { readonly kind: 'whole' }
  | { readonly kind: 'part'; readonly start: number; readonly end: number }
  | { readonly kind: 'unsatisfiable' }

const SINGLE = /^bytes=\s*(\d*)-(\d*)\s*$/i
const WHOLE: RangeOutcome = { kind: 'whole' }

/**
 * What part is wanted. A header that cannot be read is ignored, as is one that names several ranges: so the standard allows.
 *
 * @param ifRange the strong ETag, or a date, of what the caller has a part of; when it is not this, all is sent
 * @param size bytes
 */
export function chooseRange(
  range: string | undefined,
  ifRange: string | undefined,
  etag: string | undefined,
  size: number,
): RangeOutcome {
  const [, first, last] = SINGLE.exec(range ?? '') ?? []
  if (first === undefined || last === undefined || (first === '' && last === '')) return WHOLE
  if (ifRange !== undefined && ifRange !== etag) return WHOLE
  if (first === '') {
    const length = Number(last)
    return length === 0 || size === 0
      ? { kind: 'unsatisfiable' }
      : { kind: 'part', start: Math.max(0, size - length), end: size }
  }
  const start = Number(first)
  const end = last === '' ? size : Math.min(Number(last) + 1, size)
  if (last !== '' && Number(last) < start) return WHOLE
  return start >= size ? { kind: 'unsatisfiable' } : { kind: 'part', start, end }
}
