import { fromBytes, type Bitmap } from './bitmap.js'

/**
 * Questions to a bitmap's bytes that need not decode it, which takes longer than the answer for the few carriers that most
 * alleles have. Portable format (github.com/RoaringBitmap/RoaringFormatSpec): cookie 12346 says that no container is of runs;
 * the header of one container is 16 bytes (cookie, number of containers, high bits, values less one, offset), and then come the
 * low bits of its values, if they are at most 4,096.
 */
const COOKIE_WITHOUT_RUNS = 12_346
const HEADER_BYTES = 16
const LARGEST_ARRAY = 4_096

/** Number of values when the bytes are one container that lists them; else 0. */
function countListed(bytes: Buffer): number {
  if (bytes.length < HEADER_BYTES + 2) return 0
  if (bytes.readUInt32LE(0) !== COOKIE_WITHOUT_RUNS || bytes.readUInt32LE(4) !== 1) return 0
  const count = bytes.readUInt16LE(10) + 1
  return count <= LARGEST_ARRAY ? count : 0
}

function listedAt(bytes: Buffer, index: number): number {
  return bytes.readUInt16LE(8) * 65_536 + bytes.readUInt16LE(HEADER_BYTES + 2 * index)
}

/** Whether a stored set and another have somebody in common. */
export function storedIntersects(bytes: Buffer, set: Bitmap): boolean {
  const count = countListed(bytes)
  if (count === 0) return fromBytes(bytes).intersects(set)
  for (let index = 0; index < count; index++) if (set.has(listedAt(bytes, index))) return true
  return false
}

/** Adds a stored set to another. */
export function addStored(bytes: Buffer, set: Bitmap): void {
  const count = countListed(bytes)
  if (count === 0) set.orInPlace(fromBytes(bytes))
  for (let index = 0; index < count; index++) set.add(listedAt(bytes, index))
}
