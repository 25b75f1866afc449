import { parseDuration } from '../../metadata/duration.js'
import { toPointerPart } from './personal-numbers.js'
import { isObject } from './source-record.js'

/** A moment or an age as a number; undefined for anything else. */
function toNumber(value: unknown): number | undefined {
  if (isObject(value)) {
    const { iso8601duration } = value
    return typeof iso8601duration === 'string' ? parseDuration(iso8601duration) : undefined
  }
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN
  return Number.isNaN(time) ? undefined : time
}

/** JSON pointers of the intervals and age ranges of a document that end before they begin; `info` is free. */
export function findReversed(value: unknown, pointer = ''): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => findReversed(item, `${pointer}/${index}`))
  if (!isObject(value)) return []
  const [start, end] = [toNumber(value['start']), toNumber(value['end'])]
  const own = start !== undefined && end !== undefined && end < start ? [pointer] : []
  const inner = Object.entries(value).flatMap(([key, item]) =>
    key === 'info' || typeof item !== 'object' ? [] : findReversed(item, `${pointer}/${toPointerPart(key)}`),
  )
  return [...own, ...inner]
}
