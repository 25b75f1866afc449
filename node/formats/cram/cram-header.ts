import { promisify } from 'node:util'
import { crc32, gzip } from 'node:zlib'
import { FormatError } from '../format-error.js'
import { uint32 } from '../little-endian.js'
import { type RandomAccess } from '../random-access.js'
import { ByteReader, toItf8 } from './byte-reader.js'
import { FILE_HEADER, parseBlock, readContainer } from './containers.js'
import {
  cramEof,
  DEFINITION_BYTES,
  hasChecksums,
  parseCramDefinition,
  toCramDefinition,
  type CramVersion,
} from './cram-version.js'
import { decompressHeader, GZIP, RAW } from './decompress.js'

/** What stands before the records of a CRAM file. */
export interface CramHeader {
  readonly version: CramVersion
  /** The SAM header. */
  readonly text: string
  /** Where the first container of records begins in the file. */
  readonly start: number
  /** Where they end: before the end-of-file container, where the file has one. */
  readonly end: number
}

/** The first writers of version 2.1 told the length of the header's container a few bytes too short. */
const MISSING_BYTES = 64

/** @throws FormatError this is no CRAM file, or a version or a compression of the header that is not supported */
export async function readCramHeader(file: RandomAccess, signal?: AbortSignal): Promise<CramHeader> {
  const version = parseCramDefinition(await file.read(0, Math.min(DEFINITION_BYTES, file.size), signal))
  const container = await readContainer(file, version, DEFINITION_BYTES, signal)
  const bytes = await file.read(container.blocks, Math.min(container.end + MISSING_BYTES, file.size), signal)
  const reader = new ByteReader(bytes)
  const block = parseBlock(reader, version)
  // Writers leave room in further blocks.
  for (let count = 1; count < container.blockCount; count++) parseBlock(reader, version)
  const start = Math.max(container.end, container.blocks + reader.at)
  if (block.contentType !== FILE_HEADER) throw new FormatError('the CRAM data are corrupt: there is no SAM header')
  const content = new ByteReader(await decompressHeader(block))
  // And behind the text.
  const text = content.take(content.int32()).toString('utf8').replace(/\0+$/, '')
  const eof = cramEof(version)
  const eofStart = file.size - eof.length
  const hasEof = eofStart >= start && (await file.read(eofStart, file.size, signal)).equals(eof)
  return { version, text, start, end: hasEof ? eofStart : file.size }
}

const gzipBytes = promisify(gzip)

/**
 * The beginning of a CRAM file with another SAM header. The references must stay in their order; containers of the file of this
 * version fit behind it.
 */
export async function toCramHeader(version: CramVersion, text: string): Promise<Buffer> {
  const textBytes = Buffer.from(text)
  const content = Buffer.concat([uint32(textBytes.length), textBytes])
  const compressed = await gzipBytes(content)
  const isSmaller = compressed.length < content.length
  const data = isSmaller ? compressed : content
  const block = withChecksum(version, [
    Buffer.from([isSmaller ? GZIP : RAW, FILE_HEADER]),
    toItf8(0),
    toItf8(data.length),
    toItf8(content.length),
    data,
  ])
  // No reference, no stretch, no records, none before them, no bases; one block, and it begins where the blocks begin.
  const fields = [0, 0, 0, 0, 0, 0, 1, 1, 0].map(toItf8)
  const container = withChecksum(version, [uint32(block.length), ...fields])
  return Buffer.concat([toCramDefinition(version), container, block])
}

function withChecksum(version: CramVersion, parts: readonly Buffer[]): Buffer {
  const bytes = Buffer.concat(parts)
  return hasChecksums(version) ? Buffer.concat([bytes, uint32(crc32(bytes))]) : bytes
}
