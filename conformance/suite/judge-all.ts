import { fail, pass, skip, type Verdict } from './case.js'

/** What is wrong with one answer: what was seen, and what is required. */
export interface Complaint {
  readonly seen: string
  readonly required: string
}

/** Judges every answer of the whole run that a case is about. */
export function judgeAll<Exchange extends { readonly where: string }>(
  exchanges: readonly Exchange[],
  isAbout: (exchange: Exchange) => boolean,
  complain: (exchange: Exchange) => Complaint | undefined,
): Verdict {
  const about = exchanges.filter(isAbout)
  if (about.length === 0) return skip('no answer of this kind')
  const complaints = about.flatMap((exchange) => {
    const complaint = complain(exchange)
    return complaint ? [{ ...complaint, where: exchange.where }] : []
  })
  const [first] = complaints
  if (!first) return pass(`${about.length} answers`)
  const more = complaints.length > 1 ? ` (and ${complaints.length - 1} more of ${about.length} answers)` : ''
  return fail(first.seen + more, first.required, first.where)
}

export function toComplaint(
  errors: readonly { readonly pointer: string; readonly message: string }[],
  required: string,
): Complaint | undefined {
  const [error] = errors
  return error ? { seen: `${error.pointer} ${error.message}`, required } : undefined
}
