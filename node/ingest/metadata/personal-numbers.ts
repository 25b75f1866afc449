import { isPersonalNumber } from '../personal-number.js'

/** What stands in a report in the place of a personal identity number. */
const MASK = '(personal identity number)'

// Inside other text only the forms that are hardly anything else: with a separator, or with the century. Ten bare digits inside a
// barcode are a date and a right check digit by chance in one of 300.
const WITHIN = /(?<!\d)(?:(?:\d{2})?\d{6}[-+]\d{4}|(?:18|19|20)\d{10})(?!\d)/g

const LONG_NUMBER = /\d{6}[-+]?\d{4}/
/** The least of ten digits. */
const LEAST_NUMBER = 1_000_000_000

/** Whether a text is a personal identity number or has one within. */
export function holdsPersonalNumber(text: string): boolean {
  if (!LONG_NUMBER.test(text)) return false
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
  const found: string[] = []
  // A stack of keys, because a pointer is made only of what is found: files have millions of texts.
  const keys: (string | number)[] = []
  const report = () => found.push(pointer + keys.map((key) => `/${toPointerPart(String(key))}`).join(''))

  function visit(inner: unknown, key: string | number): void {
    keys.push(key)
    search(inner)
    keys.pop()
  }

  function search(at: unknown): void {
    if (typeof at === 'string') {
      if (holdsPersonalNumber(at)) report()
    } else if (typeof at === 'number') {
      // A number of ten or twelve digits is one too where somebody forgot the quotes.
      if (at > LEAST_NUMBER && holdsPersonalNumber(String(at))) report()
    } else if (Array.isArray(at)) {
      for (const [index, item] of at.entries()) visit(item, index)
    } else if (typeof at === 'object' && at !== null) {
      for (const [key, inner] of Object.entries(at)) {
        if (holdsPersonalNumber(key)) report()
        else visit(inner, key)
      }
    }
  }

  search(value)
  return found
}

/** RFC 6901: `~` and `/` inside a key are escaped. */
export function toPointerPart(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1')
}
