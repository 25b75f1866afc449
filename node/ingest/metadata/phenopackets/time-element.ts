import { isObject } from '../source-record.js'
import { readMessage, toPart, toTerm, type Conversion } from './conversion.js'

const KINDS = ['gestationalAge', 'age', 'ageRange', 'ontologyClass', 'timestamp', 'interval'] as const
const SHAPE = { name: 'TimeElement', used: KINDS }

const DAY_MS = 86_400_000
/** RFC 3339 as Protocol Buffers write it, or the day alone. */
const MOMENT = /^(\d{4})-(\d{2})-(\d{2})(?:[Tt ].*)?$/

/**
 * Beacon's form of a time element: flat, without the name of its kind. A moment becomes the age at it where the date of birth is known,
 * else an interval without length, because Beacon has no moments there.
 */
export function toTimeElement(conversion: Conversion, value: unknown, pointer: string): unknown {
  const element = readMessage(conversion, value, pointer, SHAPE)
  const kinds = element ? KINDS.filter((kind) => element[kind] !== undefined) : []
  const [kind] = kinds
  if (!element || kind === undefined) return undefined
  if (kinds.length > 1) {
    conversion.problems.push({ field: pointer, reason: `has more than one of ${kinds.join(', ')}` })
    return undefined
  }
  const inner = element[kind]
  const at = `${pointer}/${kind}`
  if (kind === 'ontologyClass') return toTerm(conversion, inner, at)
  if (kind === 'timestamp') return fromMoment(conversion, inner, at)
  if (!isObject(inner)) {
    conversion.problems.push({ field: at, reason: 'must be an object' })
    return undefined
  }
  if (kind === 'interval') {
    // Both ends are moments: with a date of birth they are the ages between which it was.
    const ages = [toAgeAt(conversion, inner['start']), toAgeAt(conversion, inner['end'])]
    const [start, end] = ages
    if (start !== undefined && end !== undefined) {
      return toPart(conversion, at, { start: { iso8601duration: start }, end: { iso8601duration: end } })
    }
  }
  return toPart(conversion, at, inner)
}

function fromMoment(conversion: Conversion, moment: unknown, pointer: string): unknown {
  const age = toAgeAt(conversion, moment)
  if (age !== undefined) return toPart(conversion, pointer, { iso8601duration: age })
  if (conversion.dateOfBirth !== undefined && typeof moment === 'string' && isBefore(moment, conversion.dateOfBirth)) {
    conversion.problems.push({ field: pointer, reason: 'is before the date of birth' })
    return undefined
  }
  return toPart(conversion, pointer, { start: moment, end: moment })
}

function isBefore(moment: string, other: string): boolean {
  return MOMENT.test(moment) && moment.slice(0, 10) < other.slice(0, 10)
}

/** The age in whole years, months and days; undefined without a date of birth or for what is no moment after it. */
export function toAgeAt({ dateOfBirth }: Conversion, moment: unknown): string | undefined {
  if (dateOfBirth === undefined || typeof moment !== 'string') return undefined
  const [birth, then] = [MOMENT.exec(dateOfBirth), MOMENT.exec(moment)]
  if (!birth || !then) return undefined
  const [birthYear, birthMonth, birthDay] = birth.slice(1).map(Number) as [number, number, number]
  const [year, month, day] = then.slice(1).map(Number) as [number, number, number]
  let months = (year - birthYear) * 12 + month - birthMonth
  if (day < birthDay) months--
  if (months < 0) return undefined
  // In a month without their day, somebody born on the 31st is a month older on its last day.
  const lastDay = new Date(Date.UTC(birthYear, birthMonth + months, 0)).getUTCDate()
  const anniversary = Date.UTC(birthYear, birthMonth - 1 + months, Math.min(birthDay, lastDay))
  const days = Math.round((Date.UTC(year, month - 1, day) - anniversary) / DAY_MS)
  const parts = [
    [Math.floor(months / 12), 'Y'],
    [months % 12, 'M'],
    [days, 'D'],
  ] as const
  const text = parts.map(([count, unit]) => (count === 0 ? '' : `${count}${unit}`)).join('')
  return text === '' ? 'P0D' : `P${text}`
}

/** The day of a moment; undefined for anything else. */
export function toDay(moment: unknown): string | undefined {
  return typeof moment === 'string' && MOMENT.test(moment) ? moment.slice(0, 10) : undefined
}
