import type { AssemblyId } from '../../../schemas/index.js'
import type { Transcript } from './transcript.js'

/** A gene at one place; the same gene can stand at several. 0-based, half-open. */
export interface Gene {
  readonly contig: number
  readonly start: number
  readonly end: number
  readonly symbol: string
  /** Other names that mean this gene and no other: `HGNC:1100`, `ENSG00000012048`, `GENEID:672`. Upper case, without versions. */
  readonly ids: readonly string[]
  /** Names that it had or has elsewhere; another gene may have them too. */
  readonly synonyms: readonly string[]
}

/** What one annotation file tells. */
export interface GeneFile {
  readonly assembly: AssemblyId
  /** File name without its folder. */
  readonly file: string
  /** What the file says of its version; absent where it says nothing. */
  readonly version?: string
  readonly genes: readonly Gene[]
  readonly transcripts: readonly Transcript[]
  readonly skipped: SkippedFeatures
}

/** What a file has that was left out. */
export interface SkippedFeatures {
  /** Features on contigs that the node does not hold, such as patches and alternate loci. */
  readonly otherContigs: number
  /** Transcripts without accession, strand or exons. */
  readonly transcripts: number
}

const WITH_VERSION = /^((?:ENS[A-Z]*|N[MRPG]_|X[MRP]_|YP_|LRG_)\d+)\.(\d+)(?:_PAR_Y)?$/

/** An accession and its version: `NM_007294.4`, `ENST00000381192.10_PAR_Y` (the version of GENCODE's copy on Y). */
export function splitVersion(text: string): { readonly accession: string; readonly version?: string } {
  const match = WITH_VERSION.exec(text.toUpperCase())
  if (match) return { accession: match[1]!, version: match[2]! }
  return { accession: text.toUpperCase().replace(/_PAR_Y$/, '') }
}

/** How a name is looked up: whatever the case, `HGNC:HGNC:1100` as `HGNC:1100`, NCBI's ids as `GENEID:672`, ids without versions. */
export function toLookUpName(text: string): string {
  const name = text.trim().toUpperCase()
  const xref = /^(HGNC|GENEID|NCBIGENE|ENTREZ|NCBI GENE)(?::HGNC)?:(\d+)$/.exec(name)
  if (xref) return `${xref[1] === 'HGNC' ? 'HGNC' : 'GENEID'}:${xref[2]}`
  return splitVersion(name).accession
}
