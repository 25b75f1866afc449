import { basename } from 'node:path'
import {
  HG19_OLD_MT_LENGTH,
  ASSEMBLY_IDS,
  CONTIG_MT,
  CONTIGS,
  matchContig,
  type AssemblyId,
} from '../../schemas/index.js'
import { BcfHeaderReader, isBcf, type BcfHeader } from '../formats/bcf/bcf-header.js'
import { inflatePiece, openInputPieces } from '../formats/compressed-file.js'
import { FormatError } from '../formats/format-error.js'
import { VcfHeaderReader, type VcfHeader } from '../formats/vcf/header.js'
import { LineCutter, type TextLine } from '../formats/vcf/lines.js'
import { IngestError } from './ingest-error.js'

/** Most headers have less. */
const HEADER_PIECE_BYTES = 64 << 10

/** A VCF or BCF file whose header was read and fits the dataset's assembly. */
export interface VcfFile {
  readonly path: string
  /** As messages name it. */
  readonly name: string
  readonly size: number
  readonly header: VcfHeader
  /** The file's mitochondrial contig is hg19's old one, whose positions mean something else. */
  readonly hasOldMitochondrion: boolean
  /** Of a BCF file: what its records need to be read. */
  readonly bcf?: Omit<BcfHeader, 'text'>
}

/**
 * @param reader of the header; default: that of a file with samples
 * @throws IngestError unreadable file, no VCF header, or a header of another assembly
 */
export async function openVcfFile(
  path: string,
  assembly: AssemblyId,
  reader = new VcfHeaderReader(),
): Promise<VcfFile> {
  const name = basename(path)
  const { size, bcf } = await readHeader(path, reader)
  if (!reader.finished)
    throw new IngestError(name, undefined, 'the file ends before the #CHROM header line: it is no VCF file')
  const header = reader.finished
  const hasOldMitochondrion = checkContigLengths(name, header, assembly)
  return { path, name, size, header, hasOldMitochondrion, ...(bcf ? { bcf } : {}) }
}

/** Lengths and accessions in the header tell the assembly better than people do. Returns whether MT is hg19's old one. */
function checkContigLengths(name: string, header: VcfHeader, assembly: AssemblyId): boolean {
  let hasOldMitochondrion = false
  for (const [id, length] of header.contigLengths) {
    const match = matchContig(assembly, id)
    if (match.kind === 'other-assembly') {
      throw new IngestError(
        name,
        undefined,
        `contig ${id} belongs to ${match.assembly}, but the dataset is ${assembly}`,
      )
    }
    if (match.kind === 'unknown' || match.contig.length === length) continue
    if (match.contig.number === CONTIG_MT && length === HG19_OLD_MT_LENGTH) {
      hasOldMitochondrion = true
      continue
    }
    const fitting = ASSEMBLY_IDS.find((other) => CONTIGS[other][match.contig.number - 1]!.length === length)
    const hint = fitting ? `that is the length in ${fitting}` : `no assembly we know has it`
    throw new IngestError(
      name,
      undefined,
      `contig ${id} has ${length} bases in the header but ${match.contig.length} in ${assembly}; ${hint}`,
    )
  }
  return hasOldMitochondrion
}

interface FoundHeader {
  readonly size: number
  readonly bcf?: Omit<BcfHeader, 'text'>
}

/** Reads the header lines; what follows is left. */
async function readHeader(path: string, reader: VcfHeaderReader): Promise<FoundHeader> {
  const cutter = new LineCutter()
  const read = (line: TextLine): boolean => {
    reader.read(line)
    return reader.finished === undefined
  }
  try {
    const { size, pieces } = openInputPieces(path, HEADER_PIECE_BYTES)
    let bcfReader: BcfHeaderReader | undefined
    let isFirst = true
    for await (const piece of pieces) {
      const { content, damage } = inflatePiece(piece)
      if (isFirst && isBcf(content)) bcfReader = new BcfHeaderReader()
      if (content.length > 0) isFirst = false
      if (bcfReader) {
        const bcf = bcfReader.push(content)
        if (bcf) {
          if (cutter.push(bcf.text, read)) cutter.finish(read)
          const { dictionary, recordsStart } = bcf
          return { size, bcf: { dictionary, recordsStart } }
        }
      } else if (!cutter.push(content, read)) return { size }
      if (damage) throw damage
    }
    if (bcfReader) throw new FormatError('the file ends inside the BCF header: it is truncated')
    cutter.finish(read)
    return { size }
  } catch (error) {
    throw toIngestError(error, basename(path), cutter.lines)
  }
}

/**
 * What is wrong with a file's records, as an IngestError; those of a BCF file have no lines, so that they are counted.
 *
 * @param read records (of VCF: lines) that were read, with the one that is wrong
 */
export function toRecordError(error: unknown, { name, bcf }: VcfFile, read: number): unknown {
  if (!bcf || !(error instanceof FormatError)) return toIngestError(error, name, read)
  return new IngestError(name, undefined, `${read > 0 ? `record ${read}: ` : ''}${error.message}`)
}

/**
 * What is wrong with a file, as an IngestError; whatever is not the file's fault is returned as it is.
 *
 * @param line the last line that was read; 0 before the first
 */
export function toIngestError(error: unknown, name: string, line: number): unknown {
  if (error instanceof FormatError) return new IngestError(name, line || undefined, error.message)
  const { code } = error as NodeJS.ErrnoException
  if (code === 'ENOENT') return new IngestError(name, undefined, 'there is no such file')
  if (code === 'EISDIR' || code === 'EACCES')
    return new IngestError(name, undefined, `the file cannot be read (${code})`)
  return error
}
