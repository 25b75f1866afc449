import { basename } from 'node:path'
import { existsSync, statSync } from 'node:fs'
import { matchContig, parseAssemblyId, type AssemblyId } from '../../../schemas/index.js'
import { inflatePiece, openInputPieces } from '../../formats/compressed-file.js'
import { FormatError } from '../../formats/format-error.js'
import { gffDialectOf, parseGffLine, type GffDialect } from '../../formats/gff.js'
import { LineCutter, type TextLine } from '../../formats/vcf/lines.js'
import { createGeneFileBuilder, isWantedType } from './gene-file-builder.js'
import type { GeneFile } from './gene.js'

const PIECE_BYTES = 1 << 20
/** From here on a GFF3 file has sequences. */
const FASTA_SECTION = '##FASTA'

/**
 * Reads an annotation file of NCBI RefSeq, Ensembl or GENCODE: GFF3 or GTF, plain, gzip or BGZF.
 *
 * @throws FormatError with file and line: no such file, damaged, of another assembly, or without genes
 */
export async function readGeneFile(path: string, assembly: AssemblyId): Promise<GeneFile> {
  const file = basename(path)
  if (!existsSync(path) || !statSync(path).isFile()) throw new FormatError(`${file}: there is no such file`)
  const builder = createGeneFileBuilder(assembly)
  const header = createHeader(assembly)
  const cutter = new LineCutter()
  let dialect: GffDialect | undefined

  /** @returns false at the end of what is to be read */
  function readLine({ bytes, start, end }: TextLine): boolean {
    if (start === end) return true
    const text = bytes.toString('utf8', start, end)
    if (text === FASTA_SECTION) return false
    if (text.startsWith('#')) {
      header.read(text)
      return true
    }
    dialect ??= gffDialectOf(text)
    if (!dialect) throw new FormatError('this is neither GFF3 (name=value in the ninth column) nor GTF (name "value";)')
    const feature = parseGffLine(text, dialect, isWantedType)
    if (feature) builder.add(feature)
    return true
  }

  let goesOn = true
  try {
    for await (const piece of openInputPieces(path, PIECE_BYTES).pieces) {
      const { content, damage } = inflatePiece(piece)
      goesOn = cutter.push(content, readLine)
      if (!goesOn) break
      if (damage) throw damage
    }
    if (goesOn) cutter.finish(readLine)
  } catch (error) {
    if (error instanceof FormatError) throw new FormatError(`${file}:${cutter.lines}: ${error.message}`)
    throw error
  }
  const { genes, transcripts, skipped } = builder.finish()
  if (genes.length === 0) throw new FormatError(`${file}: the file has no gene on a chromosome of ${assembly}`)
  const version = header.version()
  return { assembly, file, ...(version === undefined ? {} : { version }), genes, transcripts, skipped }
}

/** What the comment lines say of the file's version and assembly. */
function createHeader(assembly: AssemblyId): { read(line: string): void; version(): string | undefined } {
  let version: string | undefined
  return {
    read(line) {
      // NCBI: "#!annotation-source NCBI RefSeq GCF_000001405.40-RS_2023_10"; Ensembl: "#!genebuild-last-updated 2023-03".
      const source = /^#!annotation-source\s+(.+)$/.exec(line) ?? /^#!(genebuild-last-updated\s+.+)$/.exec(line)
      // GENCODE: "##description: evidence-based annotation of the human genome (GRCh38), version 44 (Ensembl 110)".
      const description = /^##description:.*\((GRCh\d+)\),\s*(version .+)$/.exec(line)
      if (source) version ??= source[1]!.trim()
      if (description) version ??= `GENCODE ${description[2]!.trim()}`
      const build = /^#!genome-(?:build|version|build-accession)\s+(?:NCBI_Assembly:)?(\S+)/.exec(line)?.[1]
      const stated = build ?? description?.[1]
      const other = stated === undefined ? undefined : parseAssemblyId(stated)
      if (other && other !== assembly) throw new FormatError(`the file says that it is of ${other}, not ${assembly}`)
      checkRegion(line, assembly)
    },
    version: () => version,
  }
}

/** `##sequence-region 17 1 83257441`; Ensembl leaves the ends of Y out, which are those of X. */
function checkRegion(line: string, assembly: AssemblyId): void {
  const match = /^##sequence-region\s+(\S+)\s+(\d+)\s+(\d+)\s*$/.exec(line)
  if (!match) return
  const contig = matchContig(assembly, match[1]!)
  if (contig.kind === 'other-assembly')
    throw new FormatError(`${match[1]} belongs to ${contig.assembly}, not ${assembly}`)
  if (contig.kind !== 'contig') return
  const { name, length } = contig.contig
  const [from, to] = [Number(match[2]), Number(match[3])]
  if (to > length || (from === 1 && to < length)) {
    throw new FormatError(`the file's ${name} has ${to} bases; that of ${assembly} has ${length}`)
  }
}
