import type { FileGrant } from '../access/file-grant.js'
import { NodeError } from '../errors.js'
import { FormatError } from '../formats/format-error.js'
import { parsePublicKey } from '../formats/crypt4gh/key-files.js'
import type { Selection, SliceableFile } from '../formats/slice.js'
import { isGranted } from '../privacy/granted-selection.js'

/** What of a file is wanted, as far as a grant has a say in it. */
export interface Wanted {
  readonly file: SliceableFile
  readonly selection: Selection
  /** Public key of the only reader, 32 bytes; absent: plain. */
  readonly reader?: Buffer
}

/** The first grant that gives all that is wanted. */
export function findGrant(grants: readonly FileGrant[], wanted: Wanted): FileGrant | undefined {
  return grants.find((grant) => isFor(grant, wanted) && isGranted(grant, wanted.file, wanted.selection))
}

/**
 * As `findGrant`.
 *
 * @param grants the widest first, at least one
 * @throws NodeError permission_denied
 */
export function chooseGrant(grants: readonly FileGrant[], wanted: Wanted): FileGrant {
  const found = findGrant(grants, wanted)
  if (found) return found
  const { file, selection } = wanted
  const forReader = grants.filter((grant) => isFor(grant, wanted))
  if (forReader.length === 0) {
    throw denied('this file leaves only encrypted for the key that the grant names: send that one in X-C4GH-Public-Key')
  }
  if (selection.kind === 'all' || selection.unplaced) {
    throw denied('the grant is for regions of the genome: ask for referenceName, start and end inside them')
  }
  // The regions alone would be enough.
  if (forReader.some((grant) => isGranted(grant, { ...file, format: 'BAM' }, selection))) {
    throw denied('containers of CRAM hold reads of other regions than those of the grant: ask for format=BAM')
  }
  throw denied('the grant does not reach all of the regions that were asked for')
}

function isFor({ readers }: FileGrant, { reader }: Wanted): boolean {
  return !readers || readers.some((key) => isSameKey(key, reader))
}

/** What is written in a grant and is no key is met by none. */
function isSameKey(written: string, reader: Buffer | undefined): boolean {
  if (!reader) return false
  try {
    return parsePublicKey(written).equals(reader)
  } catch (error) {
    if (error instanceof FormatError) return false
    throw error
  }
}

function denied(message: string): NodeError {
  return new NodeError('permission_denied', message)
}
