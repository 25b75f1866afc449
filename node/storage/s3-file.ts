import { readFile } from 'node:fs/promises'
import type * as s3 from '@aws-sdk/client-s3'
import { checkContentRange, toStatusError } from './content-range.js'
import type { StorageLimits } from './limits.js'
import { RemoteFile, tryOften } from './remote-file.js'
import { StorageError } from './storage-error.js'
import type { StoredFile } from './stored-file.js'

/** An object store that speaks S3. */
export interface S3Settings {
  /** Address of the store. */
  readonly endpoint: string
  readonly region: string
  /** Whether the bucket stands in the path, not in the host name. */
  readonly pathStyle: boolean
  /** Absent: the buckets are open to everybody. */
  readonly credentials?: {
    readonly accessKeyIdFile: string
    readonly secretAccessKeyFile: string
    readonly sessionTokenFile?: string
  }
}

/** Parts of the package that are needed; it is loaded when a file of a store is opened, because it is large. */
export type S3Package = Pick<typeof s3, 'GetObjectCommand' | 'HeadObjectCommand' | 'S3Client'>

/** How long keys are used until their files are read anew, so that keys can be changed while the node serves. */
const KEYS_MS = 60_000
/** Nothing is signed with them, but without any the package would look for others. */
const NO_KEYS = { accessKeyId: '', secretAccessKey: '' }

/** Everything is said here that the package would otherwise look for in the environment and in the home directory. */
export function createS3Client(
  { S3Client }: S3Package,
  settings: S3Settings,
  { connectMs }: StorageLimits,
): s3.S3Client {
  const { endpoint, region, pathStyle, credentials } = settings
  return new S3Client({
    endpoint,
    region,
    forcePathStyle: pathStyle,
    // Tries and their pauses are ours, because an answer can break off after its beginning, too.
    maxAttempts: 1,
    retryMode: 'standard',
    useDualstackEndpoint: false,
    useFipsEndpoint: false,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: { connectionTimeout: connectMs, httpAgent: { keepAlive: true }, httpsAgent: { keepAlive: true } },
    ...(credentials
      ? { credentials: () => readKeys(credentials) }
      : { credentials: NO_KEYS, signer: { sign: (request) => Promise.resolve(request) } }),
  })
}

async function readKeys(files: NonNullable<S3Settings['credentials']>) {
  const { accessKeyIdFile, secretAccessKeyFile, sessionTokenFile } = files
  const token = sessionTokenFile === undefined ? {} : { sessionToken: await readSecret(sessionTokenFile) }
  return {
    accessKeyId: await readSecret(accessKeyIdFile),
    secretAccessKey: await readSecret(secretAccessKeyFile),
    ...token,
    expiration: new Date(Date.now() + KEYS_MS),
  }
}

async function readSecret(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new StorageError('denied', `the key in ${path} cannot be read (${error.code})`)
  })
  if (text.trim() === '') throw new StorageError('denied', `there is no key in ${path}`)
  return text.trim()
}

/**
 * Opens an object.
 *
 * @throws StorageError; whatever `signal` was aborted with
 */
export async function openS3File(
  { GetObjectCommand, HeadObjectCommand }: S3Package,
  client: s3.S3Client,
  { bucket, key }: { readonly bucket: string; readonly key: string },
  limits: StorageLimits,
  signal?: AbortSignal,
): Promise<StoredFile> {
  const name = `s3://${bucket}/${key}`
  const place = { Bucket: bucket, Key: key }
  const { size, etag } = await tryOften(name, limits, signal, async (abortSignal) => {
    const head = await client.send(new HeadObjectCommand(place), { abortSignal }).catch(rethrow)
    if (head.ContentLength === undefined || !head.ETag) {
      throw new StorageError('invalid-answer', 'the store tells neither size nor ETag')
    }
    return { size: head.ContentLength, etag: head.ETag }
  })
  const source = {
    name,
    size,
    version: etag,
    async fetch(start: number, end: number, abortSignal: AbortSignal) {
      const command = new GetObjectCommand({ ...place, Range: `bytes=${start}-${end - 1}`, IfMatch: etag })
      const { $metadata, Body, ContentRange, ETag } = await client.send(command, { abortSignal }).catch(rethrow)
      const status = $metadata.httpStatusCode ?? 0
      try {
        if (status !== 206) throw toStatusError(status)
        checkContentRange(ContentRange, size, start, end)
        // Not every store heeds conditions.
        if (ETag !== etag) throw new StorageError('changed', 'it is not what was opened')
      } catch (error) {
        const body = Body as { destroy?: () => void } | undefined
        body?.destroy?.()
        throw error
      }
      return Body as unknown as AsyncIterable<Uint8Array>
    },
  }
  return new RemoteFile(source, limits)
}

/** A refusal has a status; whatever has none did not come from the store. */
function rethrow(error: unknown): never {
  const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode
  throw status === undefined ? error : toStatusError(status)
}
