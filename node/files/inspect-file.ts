import { buildCrai } from '../formats/cram/build-crai.js'
import type { KeyPair } from '../formats/crypt4gh/key-exchange.js'
import { buildCsi } from '../formats/index/build-csi.js'
import { detectFormat, openSliceable } from '../formats/open-sliceable.js'
import type { RandomAccess } from '../formats/random-access.js'
import type { Contig, SliceFormat } from '../formats/slice.js'
import type { Storage } from '../storage/open-storage.js'
import type { StoredFile } from '../storage/stored-file.js'
import { checkIndexEnd, hasEndOfFile, whyIndexIsOld } from './check-fit.js'
import { FilesError } from './files-error.js'
import { findIndex } from './find-index.js'
import { toPlainFile } from './readable-file.js'

export interface InspectOptions {
  readonly storage: Storage
  /** The node's own, for files that are kept as Crypt4GH. */
  readonly key?: KeyPair
  /** Bytes that were read to build an index. */
  readonly onProgress?: (read: number, total: number) => void
}

/** What is learnt of a file that is to be served. */
export interface InspectedFile {
  readonly location: string
  readonly stored: StoredFile
  readonly isEncrypted: boolean
  readonly format: SliceFormat
  readonly samples: readonly string[]
  readonly contigs: readonly Contig[]
  /** Where it stands, or its bytes: it is to be kept by the node. */
  readonly index:
    | { readonly kind: 'found'; readonly location: string; readonly version: string }
    | { readonly kind: 'built'; readonly bytes: Buffer }
  /** False: it may have been cut off. */
  readonly hasEndOfFile: boolean
}

/**
 * Opens a file with its index, which is built where there is none.
 *
 * @param indexLocation absent: beside the file
 * @throws StorageError; FormatError, FilesError the file cannot be served
 */
export async function inspectFile(
  location: string,
  indexLocation: string | undefined,
  { storage, key, onProgress }: InspectOptions,
): Promise<InspectedFile> {
  const stored = await storage.open(location)
  const { data, encrypted } = await toPlainFile(stored, key)
  const format = await detectFormat(data)
  const found =
    indexLocation === undefined
      ? await findIndex(storage, location, format)
      : { location: indexLocation, file: await storage.open(indexLocation) }
  const report = (read: number) => onProgress?.(read, data.size)
  const built = found ? undefined : await buildIndex(data, format, report)
  const index = found ? (await toPlainFile(found.file, key)).data : toRandomAccess(built!)
  if (found) {
    const old = whyIndexIsOld(stored, found.file)
    if (old !== undefined) throw new FilesError(`${stored.name}: ${old}`)
    await checkIndexEnd(data, index, format)
  }
  const { samples, contigs } = await openSliceable(data, index)
  return {
    location,
    stored,
    isEncrypted: encrypted !== undefined,
    format,
    samples,
    contigs,
    index: found
      ? { kind: 'found', location: found.location, version: found.file.version }
      : { kind: 'built', bytes: built! },
    hasEndOfFile: await hasEndOfFile(data, format),
  }
}

function buildIndex(data: RandomAccess, format: SliceFormat, onProgress: (read: number) => void): Promise<Buffer> {
  return format === 'CRAM' ? buildCrai(data) : buildCsi(data, format, { onProgress })
}

function toRandomAccess(bytes: Buffer): RandomAccess {
  return {
    size: bytes.length,
    read: async (start, end) => bytes.subarray(start, end),
    async *stream(start, end) {
      yield bytes.subarray(start, end)
    },
  }
}
