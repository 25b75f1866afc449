import type { Validation } from '../../../schemas/index.js'
import { findPersonalNumbers } from '../../ingest/metadata/personal-numbers.js'
import { RegisterError } from './register-error.js'

/**
 * Checks what somebody wrote against its schema, and that no personal identity number stands in it: registers are read aloud,
 * printed and sent to auditors.
 *
 * @throws RegisterError invalid
 */
export function parseInput<T>(what: string, check: (value: unknown) => Validation, value: unknown): T {
  checkInput(what, check, value)
  refusePersonalNumbers(what, value)
  return value as T
}

/** @throws RegisterError invalid */
export function checkInput(what: string, check: (value: unknown) => Validation, value: unknown): void {
  const result = check(value)
  if (result.ok) return
  const key = result.violation.pointer.slice(1).replaceAll('/', '.')
  throw new RegisterError('invalid', `${what}: ${key ? `${key} ` : 'it '}${result.violation.message}`)
}

/** @throws RegisterError invalid */
export function refusePersonalNumbers(what: string, value: unknown): void {
  const [found] = findPersonalNumbers(value)
  if (found === undefined) return
  const key = found.slice(1).replaceAll('/', '.')
  throw new RegisterError('invalid', `${what}${key ? `: ${key}` : ''} holds a personal identity number; leave it out`)
}

const DAY_MS = 24 * 60 * 60_000
const DAY = /^\d{4}-\d{2}-\d{2}$/
// Without an offset a time would be that of the machine.
const MOMENT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/

/**
 * Reads a date or a date with a time and an offset. A date alone is a whole day in UTC: a period begins with it, and ends behind it.
 *
 * @returns ISO 8601 in UTC with milliseconds, so that texts compare as times do
 * @throws RegisterError invalid
 */
export function toMoment(what: string, text: string, edge: 'from' | 'to'): string {
  const time = DAY.test(text) || MOMENT.test(text) ? Date.parse(text) : NaN
  // `2026-02-31` is read as March by some.
  const isDay = DAY.test(text)
  if (Number.isNaN(time) || (isDay && !new Date(time).toISOString().startsWith(text))) {
    throw new RegisterError('invalid', `${what} is no date: write 2026-12-31, or 2026-12-31T15:00Z`)
  }
  return new Date(isDay && edge === 'to' ? time + DAY_MS : time).toISOString()
}

/** The same for a period. @throws RegisterError invalid */
export function toPeriod(what: string, from: string, to: string): { readonly from: string; readonly to: string } {
  const period = { from: toMoment(`${what}: from`, from, 'from'), to: toMoment(`${what}: to`, to, 'to') }
  if (period.from >= period.to) throw new RegisterError('invalid', `${what}: it ends before it begins`)
  return period
}
