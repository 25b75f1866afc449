import { FormatError } from '../format-error.js'
import type { RandomAccess } from '../random-access.js'
import { MOST_INDEX_BYTES, parseIndex, type BinningIndex } from './parse-index.js'

/** @throws FormatError it is no index, or damaged */
export async function readIndex(file: RandomAccess, signal?: AbortSignal): Promise<BinningIndex> {
  if (file.size > MOST_INDEX_BYTES) throw new FormatError(`an index of ${file.size} bytes is too large`)
  return parseIndex(await file.read(0, file.size, signal))
}
