import { isPersonalNumber } from '../personal-number.js'

/** What stands in a report in the place of a personal identity number. */
const MASK = '(personal identity number)'

// Inside other text only the forms that are hardly anything else: with a separator, or with the century. Ten bare digits inside a
// barcode are a date and a right check digit by chance in one of 300.
const WITHIN = /(?<!\d)(?:(?:\d{2})?\d{6}[-+]\d{4}|(?:18|19|20)\d{10})(?!\d)/g

/** Whether a text is a personal identity number or has one within. */
export function holdsPersonalNumber(text: string): boolean {
  return isPersonalNumber(text) || [...text.matchAll(WITHIN)].some(([found]) => isPersonalNumber(found))
}

// In a report any ten or twelve digits may be one: a barcode too many that is masked does no harm.
const ANYWHERE = /(?<!\d)(?:\d{2})?\d{6}[-+]?\d{4}(?!\d)/g

/** The text without its personal identity numbers, for reports. */
export function maskPersonalNumbers(text: string): string {
  return text.replace(ANYWHERE, (found) => (isPersonalNumber(found) ? MASK : found))
}

/** JSON pointers of the texts, and of the objects with keys, that hold a personal identity number. */
export function findPersonalNumbers(value: unknown, pointer = ''): readonly string[] {
  if (typeof value === 'string') return holdsPersonalNumber(value) ? [pointer] : []
  // A number of twelve digits is one too where somebody forgot the quotes.
  if (typeof value === 'number') return Number.isInteger(value) && holdsPersonalNumber(String(value)) ? [pointer] : []
  if (Array.isArray(value)) return value.flatMap((item, index) => findPersonalNumbers(item, `${pointer}/${index}`))
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) =>
    holdsPersonalNumber(key) ? [pointer] : findPersonalNumbers(inner, `${pointer}/${toPointerPart(key)}`),
  )
}

/** RFC 6901: `~` and `/` inside a key are escaped. */
export function toPointerPart(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1')
}
