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
function countListed(bytes: Uint8Array): number {
  if (bytes.length < HEADER_BYTES + 2) return 0
  if (shortAt(bytes, 0) !== COOKIE_WITHOUT_RUNS || shortAt(bytes, 2) !== 0) return 0
  if (shortAt(bytes, 4) !== 1 || shortAt(bytes, 6) !== 0) return 0
  const count = shortAt(bytes, 10) + 1
  return count <= LARGEST_ARRAY ? count : 0
}

function shortAt(bytes: Uint8Array, index: number): number {
  return bytes[index]! | (bytes[index + 1]! << 8)
}

function listedAt(bytes: Uint8Array, index: number): number {
  return shortAt(bytes, 8) * 65_536 + shortAt(bytes, HEADER_BYTES + 2 * index)
}

/** Whether a stored set and another have somebody in common. */
export function storedIntersects(bytes: Uint8Array, set: Bitmap): boolean {
  const count = countListed(bytes)
  if (count === 0) return fromBytes(bytes).intersects(set)
  for (let index = 0; index < count; index++) if (set.has(listedAt(bytes, index))) return true
  return false
}

/** From so many values on, decoding costs less than to add them one by one. */
const MOST_ADDED = 32

/** Adds a stored set to another. */
export function addStored(bytes: Uint8Array, set: Bitmap): void {
  const count = countListed(bytes)
  if (count === 0 || count > MOST_ADDED) {
    set.orInPlace(fromBytes(bytes))
    return
  }
  for (let index = 0; index < count; index++) set.add(listedAt(bytes, index))
}
