import { crc32 } from 'node:zlib'
import { FormatError } from '../format-error.js'
import { type RandomAccess } from '../random-access.js'
import { ByteReader, EndOfBytes } from './byte-reader.js'
import { hasChecksums, type CramVersion } from './cram-version.js'

/** A container: a compression header and slices that use it (CRAM specification section 7). */
export interface CramContainer {
  /** In the file, bytes. */
  readonly start: number
  /** Where its blocks begin in the file. */
  readonly blocks: number
  /** Where it ends in the file. */
  readonly end: number
  readonly records: number
  readonly blockCount: number
  /** Where its slices begin, from `blocks` on. */
  readonly landmarks: readonly number[]
}

const FIRST_READ_BYTES = 1 << 10
/** Far more than any container header: five bytes for each slice. */
const MAXIMUM_HEADER_BYTES = 1 << 20

/**
 * Reads the header of the container that begins at `start`.
 *
 * @throws FormatError there is none, or it reaches beyond the file
 */
export async function readContainer(
  file: RandomAccess,
  version: CramVersion,
  start: number,
  signal?: AbortSignal,
): Promise<CramContainer> {
  for (let length = FIRST_READ_BYTES; ; length *= 8) {
    const end = Math.min(start + length, file.size)
    const bytes = await file.read(start, end, signal)
    try {
      const container = parseContainer(bytes, version, start)
      if (container.end > file.size) throw new FormatError('the CRAM file ends inside a container: it is truncated')
      return container
    } catch (error) {
      if (!(error instanceof EndOfBytes) || length > MAXIMUM_HEADER_BYTES) throw error
      if (end === file.size) throw new FormatError('the CRAM file ends inside a container: it is truncated')
    }
  }
}

function parseContainer(bytes: Buffer, version: CramVersion, start: number): CramContainer {
  const reader = new ByteReader(bytes)
  const length = reader.int32()
  // The reference and the stretch of it: each slice has its own.
  for (let field = 0; field < 3; field++) reader.itf8()
  const records = reader.itf8()
  // Records and bases before it, both counted in 64 bits, the records since version 3.
  if (version.major === 2) reader.itf8()
  else reader.ltf8()
  reader.ltf8()
  const blockCount = reader.itf8()
  const count = reader.itf8()
  if (length < 0 || records < 0 || count < 0)
    throw new FormatError('the CRAM data are corrupt: a container header is none')
  const landmarks: number[] = []
  while (landmarks.length < count) landmarks.push(reader.itf8())
  checkChecksum(reader, version, 0, 'a container header')
  const blocks = start + reader.at
  const isOrdered = landmarks.every((landmark, index) => landmark >= (landmarks[index - 1] ?? 0) && landmark <= length)
  if (!isOrdered) throw new FormatError('the CRAM data are corrupt: slices lie outside their container')
  return { start, blocks, end: blocks + length, records, blockCount, landmarks }
}

/** The containers one after the other, up to `end`. */
export async function* walkContainers(
  file: RandomAccess,
  version: CramVersion,
  start: number,
  end: number,
  signal?: AbortSignal,
): AsyncGenerator<CramContainer> {
  for (let at = start; at < end;) {
    const container = await readContainer(file, version, at, signal)
    yield container
    at = container.end
  }
}

export const FILE_HEADER = 0
export const COMPRESSION_HEADER = 1
export const MAPPED_SLICE_HEADER = 2
export const EXTERNAL_DATA = 4
export const CORE_DATA = 5

/** A block as it is stored (section 8). */
export interface CramBlock {
  readonly method: number
  readonly contentType: number
  /** Its number among the blocks of external data. */
  readonly id: number
  readonly data: Buffer
  /** Bytes of the content when decompressed. */
  readonly contentBytes: number
}

export function parseBlock(reader: ByteReader, version: CramVersion): CramBlock {
  const start = reader.at
  const method = reader.byte()
  const contentType = reader.byte()
  const id = reader.itf8()
  const size = reader.itf8()
  const contentBytes = reader.itf8()
  const data = reader.take(size)
  checkChecksum(reader, version, start, 'a block')
  return { method, contentType, id, data, contentBytes }
}

function checkChecksum(reader: ByteReader, version: CramVersion, start: number, what: string): void {
  if (!hasChecksums(version)) return
  const expected = crc32(reader.bytes.subarray(start, reader.at))
  if (reader.uint32() !== expected) throw new FormatError(`the CRAM data are corrupt: ${what} fails its checksum`)
}
