import type { Bitmap } from '../bitmap.js'

/** What a decoded bitmap takes beside its bytes: its object, its containers and its place in the cache. Estimated. */
const OVERHEAD_BYTES = 400

/** Decoded bitmaps of all segments within one budget of bytes; the least recently used make room. */
export interface BitmapCache {
  /** A number for a segment, so that two segments' bitmaps of one id are not confused. */
  newOwner(): number
  /** @param decode gives the bitmap and the number of its bytes, when it is not there */
  get(owner: number, id: number, decode: () => { readonly bitmap: Bitmap; readonly bytes: number }): Bitmap
}

/** Ids of one segment stay below this: rowids of a table that is written once. */
const IDS_PER_OWNER = 2 ** 32

export function createBitmapCache(budgetBytes: number): BitmapCache {
  const cached = new Map<number, { readonly bitmap: Bitmap; readonly bytes: number }>()
  let owners = 0
  let used = 0
  return {
    newOwner: () => owners++,
    get(owner, id, decode) {
      const key = owner * IDS_PER_OWNER + id
      const known = cached.get(key)
      if (known) {
        // A Map keeps the order of insertion: what was used last stands last.
        cached.delete(key)
        cached.set(key, known)
        return known.bitmap
      }
      const { bitmap, bytes } = decode()
      const entry = { bitmap, bytes: bytes + OVERHEAD_BYTES }
      cached.set(key, entry)
      used += entry.bytes
      for (const [oldest, { bytes: freed }] of cached) {
        if (used <= budgetBytes) break
        cached.delete(oldest)
        used -= freed
      }
      return bitmap
    },
  }
}
