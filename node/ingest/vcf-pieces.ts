import { BcfTranslator } from '../formats/bcf/bcf-to-vcf.js'
import { cutBcfRecords } from '../formats/bcf/bcf-records.js'
import type { InflatedBlocks } from '../formats/bgzf.js'
import { inflatePiece, openInputPieces, type InputPiece } from '../formats/compressed-file.js'
import type { VcfFile } from './vcf-file.js'

/**
 * The pieces of a file that is to be scanned: of a VCF file all of it, of a BCF file whole records from the first one on.
 *
 * @throws FormatError while reading, after all pieces before the fault
 */
export function openVcfPieces({ path, bcf }: VcfFile, pieceBytes: number): AsyncIterable<InputPiece> {
  const { pieces } = openInputPieces(path, pieceBytes)
  return bcf ? cutBcfRecords(pieces, bcf.recordsStart) : pieces
}

/** Tells the text of a file's pieces, whatever its form. */
export function createPieceReader({
  bcf,
  header,
}: VcfFile): (piece: Pick<InputPiece, 'bytes' | 'isBgzf'>) => InflatedBlocks {
  if (!bcf) return inflatePiece
  const translator = new BcfTranslator(bcf.dictionary, header.samples.length)
  return ({ bytes }) => translator.translate(bytes)
}
