import { existsSync } from 'node:fs'
import { basename } from 'node:path'
import { inflatePiece, openInputPieces } from '../../formats/compressed-file.js'
import { IngestError } from '../ingest-error.js'

/** Bytes of text that are held at once. */
const PIECE_BYTES = 1 << 18

/**
 * Reads a text file (plain, gzip or BGZF) piece by piece, without a byte order mark.
 *
 * @throws IngestError there is no such file, or its text is not UTF-8
 */
export async function* readTextPieces(path: string): AsyncGenerator<string> {
  if (!existsSync(path)) throw new IngestError(basename(path), undefined, 'there is no such file')
  // Windows writes UTF-16 when asked for "Unicode"; the first invalid byte then says so.
  const decoder = new TextDecoder('utf-8', { fatal: true })
  try {
    for await (const piece of openInputPieces(path, PIECE_BYTES).pieces) {
      const { content, damage } = inflatePiece(piece)
      yield decoder.decode(content, { stream: true })
      if (damage) throw damage
    }
    yield decoder.decode()
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') {
      throw new IngestError(basename(path), undefined, 'the text is not UTF-8; save it with that encoding')
    }
    if (code === 'EISDIR') throw new IngestError(basename(path), undefined, 'is a folder; name the files in it')
    throw error
  }
}
