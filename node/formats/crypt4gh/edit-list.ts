import { FormatError } from '../format-error.js'

/** Bytes [start, end). */
export interface Span {
  readonly start: number
  readonly end: number
}

/**
 * The stretches that an edit list keeps (Crypt4GH section 4.2): its numbers are by turns bytes to leave out and bytes to keep, and
 * after a last number that leaves out, the rest is kept.
 *
 * @param edits undefined: everything is kept
 * @param size bytes of the plaintext
 * @returns in order, without empty and without touching ones
 */
export function toKept(edits: readonly number[] | undefined, size: number): readonly Span[] {
  if (!edits) return size > 0 ? [{ start: 0, end: size }] : []
  if (edits.length === 0) throw new FormatError('the edit list is empty')
  const kept: Span[] = []
  let at = 0
  for (let index = 0; index < edits.length; index += 2) {
    const start = at + edits[index]!
    at = Math.min(start + (edits[index + 1] ?? Infinity), size)
    if (start >= size) break
    append(kept, { start, end: at })
  }
  return kept
}

/** The inverse of toKept. */
export function toEdits(kept: readonly Span[]): readonly number[] {
  let at = 0
  return kept.flatMap(({ start, end }) => {
    const pair = [start - at, end - start]
    at = end
    return pair
  })
}

export function spansLength(spans: readonly Span[]): number {
  return spans.reduce((sum, { start, end }) => sum + end - start, 0)
}

/** Adds a stretch behind the last; a stretch that begins where the last one ends lengthens it. */
export function append(spans: Span[], span: Span): void {
  if (span.end <= span.start) return
  const last = spans.at(-1)
  if (last && last.end === span.start) spans[spans.length - 1] = { start: last.start, end: span.end }
  else spans.push(span)
}

/**
 * Where bytes of what is kept lie in the whole.
 *
 * @param start in bytes of what is kept, as `end`
 */
export function toWhole(kept: readonly Span[], start: number, end: number): readonly Span[] {
  const spans: Span[] = []
  let at = 0
  for (const span of kept) {
    const from = span.start + Math.max(0, start - at)
    at += span.end - span.start
    append(spans, { start: from, end: span.end - Math.max(0, at - end) })
    if (at >= end) break
  }
  return spans
}
