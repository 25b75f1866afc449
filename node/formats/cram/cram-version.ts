import { FormatError } from '../format-error.js'

/** What a file begins with (CRAM specification section 6). */
export interface CramVersion {
  readonly major: 2 | 3
  readonly minor: number
}

const MAGIC = Buffer.from('CRAM', 'latin1')
/** Magic, version and 20 bytes that name the file. */
export const DEFINITION_BYTES = 26

/** Section 9: an empty container that stands at the end of every file since 2.1. */
export const CRAM3_EOF = Buffer.from(
  '0f000000ffffffff0fe0454f4600000000010005bdd94f0001000606010001000100ee63014b',
  'hex',
)
export const CRAM2_EOF = Buffer.from('0b000000ffffffff0fe0454f460000000001000001000606010001000100', 'hex')

/** @param bytes the beginning of a file */
export function parseCramDefinition(bytes: Buffer): CramVersion {
  if (bytes.length < DEFINITION_BYTES || !bytes.subarray(0, MAGIC.length).equals(MAGIC)) {
    throw new FormatError('this is no CRAM file')
  }
  const [major, minor] = [bytes[4]!, bytes[5]!]
  const isKnown = (major === 2 && minor <= 1) || (major === 3 && minor <= 1)
  if (!isKnown) throw new FormatError(`CRAM version ${major}.${minor} is not supported`)
  return { major, minor }
}

/** @returns a definition that does not name the file: writers put its path there */
export function toCramDefinition({ major, minor }: CramVersion): Buffer {
  const bytes = Buffer.alloc(DEFINITION_BYTES)
  MAGIC.copy(bytes)
  bytes[4] = major
  bytes[5] = minor
  return bytes
}

export function cramEof({ major }: CramVersion): Buffer {
  return major === 2 ? CRAM2_EOF : CRAM3_EOF
}

/** Since version 3 everything is followed by its CRC-32. */
export function hasChecksums({ major }: CramVersion): boolean {
  return major >= 3
}
