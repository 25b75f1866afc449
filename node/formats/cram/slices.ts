import { FormatError } from '../format-error.js'
import { type RandomAccess } from '../random-access.js'
import { ByteReader } from './byte-reader.js'
import { parseCompressionHeader, type CompressionHeader } from './compression-header.js'
import {
  COMPRESSION_HEADER,
  CORE_DATA,
  EXTERNAL_DATA,
  MAPPED_SLICE_HEADER,
  parseBlock,
  type CramContainer,
} from './containers.js'
import { type CramVersion } from './cram-version.js'
import { decompress } from './decompress.js'
import { BitReader, type SliceStreams } from './encodings.js'

/** The slice has records of several references, and each says its own. */
export const SEVERAL_REFERENCES = -2

/** CRAM specification section 8.5. */
export interface SliceHeader {
  /** By its number in the header; -1: reads without a place; -2: several. */
  readonly reference: number
  /** 1-based; of one reference. */
  readonly start: number
  /** Bases. */
  readonly span: number
  readonly records: number
  /** Records of the file before the slice. */
  readonly recordsBefore: number
  /** Its blocks of data. */
  readonly blocks: number
  /** Which of them has the bases of the reference; negative: none. */
  readonly embeddedReference: number
  /** Of the reference's bases; zeros: not told. */
  readonly md5: Buffer
}

/** What is needed to decode the records of a slice. */
export interface CramSlice {
  readonly header: SliceHeader
  readonly compression: CompressionHeader
  readonly streams: SliceStreams
}

/** Where a slice of a container lies in the file. */
export function sliceExtent({ blocks, end, landmarks }: CramContainer, index: number): { start: number; end: number } {
  const next = landmarks[index + 1]
  return { start: blocks + landmarks[index]!, end: next === undefined ? end : blocks + next }
}

/** Far more than any slice header: five bytes for each block. */
const HEADER_BYTES = 1 << 16

export async function readSliceHeader(
  file: RandomAccess,
  version: CramVersion,
  container: CramContainer,
  index: number,
  signal?: AbortSignal,
): Promise<SliceHeader> {
  const { start, end } = sliceExtent(container, index)
  const bytes = await file.read(start, Math.min(end, start + HEADER_BYTES), signal)
  return parseSliceHeader(new ByteReader(bytes), version)
}

async function parseSliceHeader(reader: ByteReader, version: CramVersion): Promise<SliceHeader> {
  const block = parseBlock(reader, version)
  if (block.contentType !== MAPPED_SLICE_HEADER) throw new FormatError('the CRAM data are corrupt: there is no slice')
  const content = new ByteReader(await decompress(block))
  const [reference, start, span, records] = [content.itf8(), content.itf8(), content.itf8(), content.itf8()]
  const recordsBefore = version.major === 2 ? content.itf8() : content.ltf8()
  const blocks = content.itf8()
  for (let count = content.itf8(); count > 0; count--) content.itf8()
  const embeddedReference = content.itf8()
  const md5 = content.take(16)
  if (records < 0 || blocks < 0 || start < 0 || span < 0)
    throw new FormatError('the CRAM data are corrupt: a slice is none')
  return { reference, start, span, records, recordsBefore, blocks, embeddedReference, md5 }
}

export async function readCompressionHeader(
  file: RandomAccess,
  version: CramVersion,
  { blocks, end, landmarks }: CramContainer,
  signal?: AbortSignal,
): Promise<CompressionHeader> {
  const bytes = await file.read(blocks, landmarks[0] === undefined ? end : blocks + landmarks[0], signal)
  const block = parseBlock(new ByteReader(bytes), version)
  if (block.contentType !== COMPRESSION_HEADER) {
    throw new FormatError('the CRAM data are corrupt: there is no compression header')
  }
  return parseCompressionHeader(await decompress(block))
}

/** Reads a slice with all its data, decompressed. */
export async function readSlice(
  file: RandomAccess,
  version: CramVersion,
  container: CramContainer,
  compression: CompressionHeader,
  index: number,
  signal?: AbortSignal,
): Promise<CramSlice> {
  const { start, end } = sliceExtent(container, index)
  const reader = new ByteReader(await file.read(start, end, signal))
  const header = await parseSliceHeader(reader, version)
  let core: Buffer = Buffer.alloc(0)
  const external = new Map<number, ByteReader>()
  for (let count = 0; count < header.blocks; count++) {
    const block = parseBlock(reader, version)
    const content = await decompress(block)
    if (block.contentType === CORE_DATA) core = content
    else if (block.contentType === EXTERNAL_DATA) external.set(block.id, new ByteReader(content))
  }
  const nothing = new ByteReader(Buffer.alloc(0))
  return { header, compression, streams: { core: new BitReader(core), external: (id) => external.get(id) ?? nothing } }
}
