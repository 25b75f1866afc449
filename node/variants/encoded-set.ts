import { EMPTY, fromBytes, toBytes, type Bitmap } from './bitmap.js'
import type { EncodedSet } from './encode-numbers.js'

export function encodeSet(bitmap: Bitmap): EncodedSet {
  return bitmap.isEmpty ? null : toBytes(bitmap)
}

export function decodeSet(set: EncodedSet): Bitmap {
  return set === null ? EMPTY : fromBytes(set)
}
