import { Agent, request, type Dispatcher } from 'undici'
import { checkContentRange, parseContentRange, toStatusError } from './content-range.js'
import type { StorageLimits } from './limits.js'
import { nameLocation } from './location.js'
import { RemoteFile, tryOften } from './remote-file.js'
import { StorageError } from './storage-error.js'
import type { StoredFile } from './stored-file.js'

const MOST_REDIRECTS = 3

type Headers = Readonly<Record<string, string>>
type Answer = Dispatcher.ResponseData

/** By what another version of the file is known (RFC 9110, 8.8). */
interface Validators {
  readonly size: number
  readonly etag?: string
  readonly lastModified?: string
}

/** Connections to web servers, which are kept for the next file. */
export function createHttpAgent(limits: StorageLimits): Dispatcher {
  return new Agent({ connect: { timeout: limits.connectMs } })
}

/**
 * Opens a file of a web server that gives stretches of files.
 *
 * @throws StorageError; whatever `signal` was aborted with
 */
export async function openHttpFile(
  url: URL,
  dispatcher: Dispatcher,
  limits: StorageLimits,
  signal?: AbortSignal,
): Promise<StoredFile> {
  const name = nameLocation({ kind: 'http', url })
  // A GET, because an address that is signed for GET refuses HEAD.
  const validators = await tryOften(name, limits, signal, async (during) => {
    const answer = await ask(url, { range: 'bytes=0-0' }, dispatcher, during)
    return readValidators(answer, during)
  })
  const { size } = validators
  const conditions = toConditions(validators)
  const source = {
    name,
    size,
    version: toVersion(validators),
    async fetch(start: number, end: number, during: AbortSignal) {
      const answer = await ask(url, { range: `bytes=${start}-${end - 1}`, ...conditions }, dispatcher, during)
      if (answer.statusCode !== 206) throw await refuse(answer)
      checkContentRange(headerOf(answer, 'content-range'), size, start, end)
      checkSame(answer, validators)
      return answer.body as AsyncIterable<Uint8Array>
    },
  }
  return new RemoteFile(source, limits)
}

/** Follows redirects on the server itself; no other is asked for a file of this one. */
async function ask(url: URL, headers: Headers, dispatcher: Dispatcher, signal: AbortSignal): Promise<Answer> {
  let to = url
  for (let redirects = 0; ; redirects++) {
    const answer = await request(to, {
      dispatcher,
      signal,
      headers: { 'accept-encoding': 'identity', ...headers },
      headersTimeout: 0,
      bodyTimeout: 0,
    })
    const place = headerOf(answer, 'location')
    if (answer.statusCode < 300 || answer.statusCode >= 400 || place === undefined) return checkPlain(answer)
    await answer.body.dump()
    if (redirects === MOST_REDIRECTS) throw new StorageError('invalid-answer', 'its server redirects without end')
    if (!URL.canParse(place, to)) throw new StorageError('invalid-answer', 'its server redirects to no address')
    to = new URL(place, to)
    if (to.origin !== url.origin) {
      throw new StorageError('invalid-answer', `its server redirects to another one, ${to.origin}: give that address`)
    }
  }
}

function checkPlain(answer: Answer): Answer {
  const encoding = headerOf(answer, 'content-encoding') ?? 'identity'
  if (encoding.toLowerCase() === 'identity') return answer
  answer.body.destroy()
  throw new StorageError('invalid-answer', 'the answer is compressed, which was not asked for')
}

/** What the first byte of the file comes with. */
async function readValidators(answer: Answer, signal: AbortSignal): Promise<Validators> {
  const range = headerOf(answer, 'content-range')
  const isEmpty = answer.statusCode === 416 && range === 'bytes */0'
  if (answer.statusCode !== 206 && !isEmpty) throw await refuse(answer)
  await answer.body.dump({ limit: 1 << 10, signal })
  const size = isEmpty ? 0 : parseContentRange(range).size
  const etag = headerOf(answer, 'etag')
  const lastModified = headerOf(answer, 'last-modified')
  if (etag === undefined && lastModified === undefined) {
    throw new StorageError(
      'no-ranges',
      'its server sends neither ETag nor Last-Modified, so a change could not be noticed',
    )
  }
  return { size, ...(etag === undefined ? {} : { etag }), ...(lastModified === undefined ? {} : { lastModified }) }
}

/** The error that an answer without the stretch is. */
async function refuse(answer: Answer): Promise<StorageError> {
  // What it says is of no use, and may be a whole genome.
  if (answer.statusCode === 200) answer.body.destroy()
  else await answer.body.dump()
  return toStatusError(answer.statusCode)
}

function isStrong(etag: string | undefined): etag is string {
  return etag?.startsWith('"') === true
}

/** RFC 9110, 13.1: If-Match never fits a weak ETag. */
function toConditions({ etag, lastModified }: Validators): Headers {
  if (isStrong(etag)) return { 'if-match': etag }
  return lastModified === undefined ? {} : { 'if-unmodified-since': lastModified }
}

function toVersion({ size, etag, lastModified }: Validators): string {
  if (isStrong(etag)) return etag
  return [size, lastModified, etag].filter((part) => part !== undefined).join(' ')
}

/** Not every server heeds conditions. */
function checkSame(answer: Answer, { etag, lastModified }: Validators): void {
  const isSame = isStrong(etag)
    ? headerOf(answer, 'etag') === etag
    : headerOf(answer, 'etag') === etag && headerOf(answer, 'last-modified') === lastModified
  if (isSame) return
  answer.body.destroy()
  throw new StorageError('changed', 'it is not what was opened')
}

function headerOf({ headers }: Answer, name: string): string | undefined {
  const value = headers[name]
  return typeof value === 'string' ? value : value?.[0]
}
