import { type RandomAccess } from '../random-access.js'
import { FormatError } from '../format-error.js'
import { KEY_BYTES, OVERHEAD_BYTES, seal, unseal } from './cipher.js'
import { createKeyPair, toReaderKey, toWriterKey, type KeyPair } from './key-exchange.js'

// Crypt4GH section 2.2.
const MAGIC = Buffer.from('crypt4gh', 'latin1')
const VERSION = 1
const PREAMBLE_BYTES = 16
const PACKET_PREFIX_BYTES = 8
/** X25519 and ChaCha20-Poly1305, for packets; ChaCha20-Poly1305, for data. */
const METHOD = 0
const DATA_KEY_PACKET = 0
const EDIT_LIST_PACKET = 1
const WORD_BYTES = 8

/** Far more than any header: a few packets of 108 bytes, and an edit list of eight bytes a number. */
const MAXIMUM_HEADER_BYTES = 16 << 20
const FIRST_READ_BYTES = 1 << 16

/** What a reader learns of a file's header. */
export interface Crypt4ghHeader {
  /** Bytes of the header: where the segments begin. */
  readonly size: number
  /** In the file's order; each segment is encrypted with one of them. */
  readonly dataKeys: readonly Buffer[]
  readonly edits: readonly number[] | undefined
}

export function isCrypt4gh(bytes: Buffer): boolean {
  return bytes.subarray(0, MAGIC.length).equals(MAGIC)
}

/** @throws FormatError no Crypt4GH file, a damaged one, or one for other readers */
export async function readHeader(file: RandomAccess, reader: KeyPair, signal?: AbortSignal): Promise<Crypt4ghHeader> {
  for (let length = Math.min(FIRST_READ_BYTES, file.size); ;) {
    const bytes = await file.read(0, length, signal)
    const packets = findPackets(bytes)
    if (Array.isArray(packets)) return decryptHeader(packets, reader)
    if (packets.needs > file.size) throw new FormatError('the Crypt4GH header is cut off')
    if (packets.needs > MAXIMUM_HEADER_BYTES) throw new FormatError('the Crypt4GH header is too large')
    length = Math.min(file.size, Math.max(packets.needs, 2 * length))
  }
}

/** The packets without their length, or how many bytes the header has at least. */
function findPackets(bytes: Buffer): Buffer[] | { readonly needs: number } {
  if (!isCrypt4gh(bytes)) throw new FormatError('this is no Crypt4GH file')
  if (bytes.length < PREAMBLE_BYTES) return { needs: PREAMBLE_BYTES }
  const version = bytes.readUInt32LE(8)
  if (version !== VERSION) throw new FormatError(`Crypt4GH version ${version} is not supported`)
  const count = bytes.readUInt32LE(12)
  const packets: Buffer[] = []
  let at = PREAMBLE_BYTES
  while (packets.length < count) {
    if (at + PACKET_PREFIX_BYTES > bytes.length) return { needs: at + PACKET_PREFIX_BYTES }
    const size = bytes.readUInt32LE(at)
    if (size < PACKET_PREFIX_BYTES) throw new FormatError('the Crypt4GH header is damaged: a packet without content')
    if (at + size > bytes.length) return { needs: at + size }
    packets.push(bytes.subarray(at + 4, at + size))
    at += size
  }
  return packets
}

function decryptHeader(packets: readonly Buffer[], reader: KeyPair): Crypt4ghHeader {
  const dataKeys: Buffer[] = []
  let edits: readonly number[] | undefined
  for (const packet of packets) {
    const plaintext = decryptPacket(packet, reader)
    if (!plaintext) continue
    const type = plaintext.length >= 4 ? plaintext.readUInt32LE(0) : undefined
    if (type === DATA_KEY_PACKET) dataKeys.push(parseDataKey(plaintext))
    else if (type === EDIT_LIST_PACKET) {
      if (edits) throw new FormatError('the Crypt4GH header has two edit lists')
      edits = parseEditList(plaintext)
    } else throw new FormatError(`a packet of type ${type} in the Crypt4GH header is not supported`)
  }
  if (dataKeys.length === 0) throw new FormatError('the Crypt4GH file is not encrypted for this key')
  const size = packets.reduce((sum, packet) => sum + 4 + packet.length, PREAMBLE_BYTES)
  return { size, dataKeys, edits }
}

/** @returns undefined: for somebody else */
function decryptPacket(packet: Buffer, reader: KeyPair): Buffer | undefined {
  if (packet.readUInt32LE(0) !== METHOD || packet.length < 4 + KEY_BYTES + OVERHEAD_BYTES) return undefined
  try {
    const writer = packet.subarray(4, 4 + KEY_BYTES)
    return unseal(toReaderKey(reader, writer), packet.subarray(4 + KEY_BYTES))
  } catch (error) {
    // Nobody can share a secret with such a writer: whatever the packet is, it is not for us.
    if (error instanceof FormatError) return undefined
    throw error
  }
}

function parseDataKey(packet: Buffer): Buffer {
  if (packet.length !== 8 + KEY_BYTES) throw new FormatError('the Crypt4GH header has a data key of a wrong size')
  const method = packet.readUInt32LE(4)
  if (method !== METHOD) throw new FormatError(`data encryption method ${method} is not supported`)
  return packet.subarray(8)
}

function parseEditList(packet: Buffer): readonly number[] {
  const count = packet.length >= 8 ? packet.readUInt32LE(4) : 0
  if (count === 0 || packet.length < 8 + count * WORD_BYTES) throw new FormatError('the edit list is cut off')
  return Array.from({ length: count }, (_, index) =>
    // A length beyond what a number holds is beyond any file too.
    Math.min(Number(packet.readBigUInt64LE(8 + index * WORD_BYTES)), Number.MAX_SAFE_INTEGER),
  )
}

/**
 * A header for one reader, from a writer who signs nothing and is forgotten afterwards.
 *
 * @param reader the reader's public key, 32 bytes
 * @param edits undefined: everything is kept
 * @throws FormatError a public key that nothing can be encrypted for
 */
export function toHeader(
  dataKeys: readonly Buffer[],
  edits: readonly number[] | undefined,
  reader: Buffer,
  writer: KeyPair = createKeyPair(),
): Buffer {
  const key = toWriterKey(writer, reader)
  const contents = dataKeys.map((dataKey) => Buffer.concat([toWords(DATA_KEY_PACKET, METHOD), dataKey]))
  if (edits) {
    const numbers = new BigUint64Array(edits.map(BigInt))
    contents.push(Buffer.concat([toWords(EDIT_LIST_PACKET, edits.length), new Uint8Array(numbers.buffer)]))
  }
  const packets = contents.map((content) => {
    const sealed = seal(key, content)
    return Buffer.concat([toWords(8 + KEY_BYTES + sealed.length, METHOD), writer.publicKey, sealed])
  })
  return Buffer.concat([MAGIC, toWords(VERSION, packets.length), ...packets])
}

/** Unsigned 32-bit numbers, little-endian. */
function toWords(...numbers: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * numbers.length)
  for (const [index, number] of numbers.entries()) bytes.writeUInt32LE(number, 4 * index)
  return bytes
}
