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

const ENCRYPTED = /\.c4gh$/i

/** Where the index of a file may stand: `x.bam.bai` and `x.bai` for `x.bam`; of an encrypted file it may be encrypted, too. */
export function indexLocations(location: string, format: SliceFormat): readonly string[] {
  const plain = withEnding(location, (path) => path.replace(ENCRYPTED, ''))
  const isShortened = format === 'BAM' || format === 'CRAM'
  const found = ENDINGS[format].flatMap((ending) => [
    withEnding(plain, (path) => `${path}.${ending}`),
    ...(isShortened ? [withEnding(plain, (path) => path.replace(/\.[^./]*$/, '').concat('.', ending))] : []),
  ])
  const all =
    plain === location ? found : [...found, ...found.map((index) => withEnding(index, (path) => `${path}.c4gh`))]
  return [...new Set(all)]
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
