import type { SliceFormat } from '../formats/slice.js'
import { withEnding } from '../storage/location.js'
import type { Storage } from '../storage/open-storage.js'
import type { StoredFile } from '../storage/stored-file.js'

/** Endings of indexes, in the order in which they are looked for. */
const ENDINGS: Readonly<Record<SliceFormat, readonly string[]>> = {
  BAM: ['bai', 'csi'],
  CRAM: ['crai'],
  VCF: ['tbi', 'csi'],
  BCF: ['csi'],
}

/** An index of the plaintext fits an encrypted file. */
const ENCRYPTED = /\.c4gh$/i

/** Where the index of a file may stand: `x.bam.bai` and `x.bai` for `x.bam`. */
export function indexLocations(location: string, format: SliceFormat): readonly string[] {
  const beside = (change: (path: string) => string) =>
    withEnding(location, (path) => change(path.replace(ENCRYPTED, '')))
  return ENDINGS[format].flatMap((ending) => [
    beside((path) => `${path}.${ending}`),
    ...(format === 'VCF' || format === 'BCF' ? [] : [beside((path) => path.replace(/\.[^./]*$/, `.${ending}`))]),
  ])
}

/** A store may say that what is not there is not allowed: who may not list a bucket is not told what is in it. */
const ABSENT: ReadonlySet<unknown> = new Set(['not-found', 'denied'])

/**
 * Finds the index beside a file.
 *
 * @returns undefined: there is none
 * @throws StorageError other than that there is none
 */
export async function findIndex(
  storage: Storage,
  location: string,
  format: SliceFormat,
): Promise<{ readonly location: string; readonly file: StoredFile } | undefined> {
  for (const candidate of indexLocations(location, format)) {
    try {
      return { location: candidate, file: await storage.open(candidate) }
    } catch (error) {
      if (!ABSENT.has((error as { code?: unknown }).code)) throw error
    }
  }
  return undefined
}
