import roaring from 'roaring'

/** A set of individuals by their node-wide numbers. */
export const Bitmap = roaring.RoaringBitmap32
export type Bitmap = roaring.RoaringBitmap32

/** Shared and never to be changed. */
export const EMPTY: Bitmap = new Bitmap()
EMPTY.freeze()

export function fromBytes(bytes: Uint8Array): Bitmap {
  return Bitmap.deserialize(bytes, 'portable')
}

export function toBytes(bitmap: Bitmap): Buffer {
  bitmap.runOptimize()
  const bytes = bitmap.serialize('portable')
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
