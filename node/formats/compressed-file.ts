import { closeSync, createReadStream, fstatSync, openSync, readSync } from 'node:fs'
import { createGunzip } from 'node:zlib'
import {
  BGZF_EOF,
  findBlock,
  inflateBlocks,
  isBgzfHeader,
  SMALLEST_ZLIB_CHUNK,
  type BgzfBlock,
  type InflatedBlocks,
} from './bgzf.js'
import { FormatError } from './format-error.js'

const READ_BYTES = 1 << 20
/** Pieces begin small and double, so that a reader who needs the beginning first has it soon. */
const FIRST_PIECE_BYTES = 64 << 10

type Compression = 'none' | 'gzip' | 'bgzf'

/** A stretch of a file, in order. Its bytes are its own, so that they can be given to another thread. */
export interface InputPiece {
  /** Whole BGZF blocks; of any other file the decompressed bytes. */
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly isBgzf: boolean
  /** Bytes of the file as stored up to the piece's end. */
  readonly position: number
}

export interface InputPieces {
  /** Size as stored, bytes. */
  readonly size: number
  readonly pieces: AsyncIterable<InputPiece>
}

/**
 * Opens a plain, gzip or BGZF file by its first bytes, whatever its name.
 *
 * @param pieceBytes size of a piece when decompressed: at most about so many bytes and one BGZF block more
 * @throws FormatError while reading, after all pieces before the fault: truncated or corrupt compression
 */
export function openInputPieces(path: string, pieceBytes: number): InputPieces {
  const descriptor = openSync(path, 'r')
  const head = Buffer.alloc(18)
  const { size } = fstatSync(descriptor)
  const length = readSync(descriptor, head, 0, head.length, 0)
  const isGzip = length >= 2 && head[0] === 0x1f && head[1] === 0x8b
  const compression: Compression = !isGzip ? 'none' : isBgzfHeader(head.subarray(0, length)) ? 'bgzf' : 'gzip'
  if (compression === 'none') return { size, pieces: readPlain(descriptor, pieceBytes) }
  if (compression === 'bgzf') return { size, pieces: readBgzf(descriptor, pieceBytes) }
  closeSync(descriptor)
  return { size, pieces: inflateGzip(path, pieceBytes) }
}

/** The piece's text. */
export function inflatePiece({ bytes, isBgzf }: Pick<InputPiece, 'bytes' | 'isBgzf'>): InflatedBlocks {
  const content = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return isBgzf ? inflateBlocks(content) : { content }
}

async function* readPlain(descriptor: number, pieceBytes: number): AsyncGenerator<InputPiece> {
  let size = Math.min(FIRST_PIECE_BYTES, pieceBytes)
  try {
    for (let position = 0; ; size = Math.min(2 * size, pieceBytes)) {
      const bytes = new Uint8Array(size)
      const count = readSync(descriptor, bytes, 0, size, position)
      if (count === 0) return
      position += count
      yield { bytes: bytes.subarray(0, count), isBgzf: false, position }
    }
  } finally {
    closeSync(descriptor)
  }
}

interface WholeBlocks {
  readonly blocks: readonly BgzfBlock[]
  /** What is wrong after the blocks. */
  readonly fault: FormatError | undefined
}

function findBlocks(bytes: Buffer): WholeBlocks {
  const blocks: BgzfBlock[] = []
  try {
    for (let block = findBlock(bytes, 0); block; block = findBlock(bytes, block.to)) blocks.push(block)
  } catch (error) {
    if (!(error instanceof FormatError)) throw error
    return { blocks, fault: error }
  }
  return { blocks, fault: undefined }
}

/** SAM/VCF specification 4.1.2: a BGZF file ends with an empty block; without it, whole blocks may be missing. */
async function* readBgzf(descriptor: number, pieceBytes: number): AsyncGenerator<InputPiece> {
  const buffer = Buffer.allocUnsafe(READ_BYTES)
  let size = Math.min(FIRST_PIECE_BYTES, pieceBytes)
  let kept = 0
  let position = 0
  let lastBlock = Buffer.alloc(0)
  try {
    for (;;) {
      const count = readSync(descriptor, buffer, kept, READ_BYTES - kept, position + kept)
      if (count === 0 && kept === 0) break
      const bytes = buffer.subarray(0, kept + count)
      const { blocks, fault } = findBlocks(bytes)
      let from = 0
      let contentBytes = 0
      for (const { to, contentBytes: more } of blocks) {
        contentBytes += more
        // What is too little for a piece waits for what follows, so that no piece is small for the way the file is read.
        const isLast = to === blocks.at(-1)!.to && (count === 0 || fault !== undefined || from === 0)
        if (contentBytes < size && !isLast) continue
        yield { bytes: new Uint8Array(bytes.subarray(from, to)), isBgzf: true, position: position + to }
        from = to
        contentBytes = 0
        size = Math.min(2 * size, pieceBytes)
      }
      if (fault) throw fault
      const last = blocks.at(-1)
      if (last) lastBlock = Buffer.from(bytes.subarray(last.from, last.to))
      bytes.copyWithin(0, from)
      position += from
      kept = bytes.length - from
      if (count === 0) break
    }
  } finally {
    closeSync(descriptor)
  }
  if (kept > 0) throw new FormatError('the BGZF data ends inside a block: the file is truncated')
  if (!lastBlock.equals(BGZF_EOF))
    throw new FormatError('the BGZF end-of-file marker is missing: the file is truncated')
}

async function* inflateGzip(path: string, pieceBytes: number): AsyncGenerator<InputPiece> {
  const source = createReadStream(path, { highWaterMark: READ_BYTES })
  let position = 0
  source.on('data', (chunk) => (position += chunk.length))
  // One chunk ahead and no more.
  const options = { chunkSize: Math.max(pieceBytes, SMALLEST_ZLIB_CHUNK), readableHighWaterMark: 1 }
  const gunzip = createGunzip(options)
  source.on('error', (error) => gunzip.destroy(error))
  try {
    for await (const chunk of source.pipe(gunzip))
      yield { bytes: new Uint8Array(chunk as Buffer), isBgzf: false, position }
  } catch (error) {
    // What the stream still has when it fails is not told by iterating; whether there is any depends on who is faster.
    const rest = gunzip.read() as Buffer | null
    if (rest) yield { bytes: new Uint8Array(rest), isBgzf: false, position }
    const { code } = error as NodeJS.ErrnoException
    if (code === 'Z_BUF_ERROR') throw new FormatError('the gzip data ends too early: the file is truncated')
    if (code?.startsWith('Z_')) throw new FormatError('the gzip data is corrupt')
    throw error
  } finally {
    source.destroy()
  }
}
