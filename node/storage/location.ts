import { isAbsolute } from 'node:path'
import { StorageError } from './storage-error.js'

/** Where a file is kept. */
export type Location =
  | { readonly kind: 'local'; readonly path: string }
  | { readonly kind: 's3'; readonly bucket: string; readonly key: string }
  | { readonly kind: 'http'; readonly url: URL }

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html; stores beside Amazon's also take `_`. */
const S3_LOCATION = /^s3:\/\/([a-z0-9][a-z0-9._-]{1,62})\/(.+)$/s
const SCHEME = /^([a-z][a-z0-9+.-]*):\/\//i

/** Whether a text says by its beginning that it is a location; any other is a path from somewhere. */
export function isLocation(text: string): boolean {
  return isAbsolute(text) || SCHEME.test(text)
}

/**
 * Parses an absolute path, `s3://bucket/key` or an `http(s)://` address.
 *
 * @throws StorageError `invalid-location`
 */
export function parseLocation(text: string): Location {
  if (text.includes('\0')) throw invalid('a location has no zero byte')
  if (isAbsolute(text)) return { kind: 'local', path: text }
  const scheme = SCHEME.exec(text)?.[1]!.toLowerCase()
  if (scheme === 's3') {
    const match = S3_LOCATION.exec(text)
    if (!match) throw invalid('a location in S3 is s3://bucket/key')
    return { kind: 's3', bucket: match[1]!, key: match[2]! }
  }
  if (scheme === 'http' || scheme === 'https') return { kind: 'http', url: parseUrl(text) }
  throw invalid('a location is an absolute path, s3://bucket/key, or an http or https address')
}

function parseUrl(text: string): URL {
  if (!URL.canParse(text)) throw invalid('the address cannot be read')
  const url = new URL(text)
  // Lists and logs show locations.
  if (url.username !== '' || url.password !== '') throw invalid('an address must not hold a user name or password')
  url.hash = ''
  return url
}

/** A location as messages may show it: the query of an address can hold a signature. */
export function nameLocation(location: Location): string {
  if (location.kind === 'local') return location.path
  if (location.kind === 's3') return `s3://${location.bucket}/${location.key}`
  return `${location.url.origin}${location.url.pathname}`
}

/** The location of a file beside another one. */
export function withEnding(text: string, change: (path: string) => string): string {
  const location = parseLocation(text)
  if (location.kind !== 'http') return change(text)
  const url = new URL(location.url)
  url.pathname = change(url.pathname)
  return url.href
}

function invalid(reason: string): StorageError {
  return new StorageError('invalid-location', reason)
}
