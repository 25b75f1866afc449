import { StorageError } from './storage-error.js'

const CONTENT_RANGE = /^bytes (\d+)-(\d+)\/(\d+)$/i

export interface ContentRange {
  readonly start: number
  /** Behind the last byte. */
  readonly end: number
  /** Bytes of the whole file. */
  readonly size: number
}

/** RFC 9110, 14.4. @throws StorageError `invalid-answer` */
export function parseContentRange(header: string | undefined): ContentRange {
  const match = CONTENT_RANGE.exec(header ?? '')
  if (!match) throw new StorageError('invalid-answer', 'the answer does not say which bytes it is')
  const [start, last, size] = match.slice(1).map(Number) as [number, number, number]
  if (start > last || last >= size) throw new StorageError('invalid-answer', `the answer is the bytes "${header}"`)
  return { start, end: last + 1, size }
}

/**
 * Whether an answer is the stretch that was asked for, or its beginning.
 *
 * @param size of the file when it was opened
 * @throws StorageError `changed`, `invalid-answer`
 */
export function checkContentRange(header: string | undefined, size: number, start: number, end: number): void {
  const range = parseContentRange(header)
  if (range.size !== size) throw new StorageError('changed', `it has ${range.size} bytes now, and had ${size}`)
  if (range.start !== start || range.end > end) {
    throw new StorageError('invalid-answer', `the answer is the bytes "${header}", not from ${start} to ${end}`)
  }
}

/** What the status of an answer that is none says. */
export function toStatusError(status: number): StorageError {
  const said = `the answer is HTTP ${status}`
  switch (status) {
    case 200:
      return new StorageError('no-ranges', 'its server gives whole files only')
    case 401:
    case 403:
      return new StorageError('denied', said)
    case 404:
    case 410:
      return new StorageError('not-found', said)
    case 412:
    case 416:
      return new StorageError('changed', `it is not what was opened (HTTP ${status})`)
    case 408:
    case 425:
    case 429:
      return new StorageError('unreachable', said)
    default:
      return new StorageError(status >= 500 ? 'unreachable' : 'invalid-answer', said)
  }
}
