import Database from 'better-sqlite3'
import { statSync } from 'node:fs'
import type { AssemblyId } from '../../../schemas/index.js'
import { splitVersion, toLookUpName } from './gene.js'
import { genesPath, requireGenesFormat } from './gene-tables.js'
import type { Transcript } from './transcript.js'
import { parseExons } from './write-genes.js'

/** Where a gene is. 0-based, half-open. */
export interface GenePlace {
  readonly contig: number
  readonly start: number
  readonly end: number
  /** As the annotation spells it now. */
  readonly symbol: string
}

/** A file that the table was loaded from. */
export interface GeneSource {
  readonly assembly: AssemblyId
  readonly file: string
  /** Absent where the file says nothing of its version. */
  readonly version?: string
  /** RFC 3339. */
  readonly added: string
  readonly genes: number
  readonly transcripts: number
}

/** What the table has under an accession. */
export interface TranscriptMatch {
  /** Of the version asked for, or of the only one: usually one; a transcript of both sex chromosomes stands on both. */
  readonly transcripts: readonly Transcript[]
  /** Every version of the accession, in order; those without one as an empty text. Empty: the accession is not known. */
  readonly versions: readonly string[]
}

/** The genes and transcripts of a node. */
export interface Genes {
  /** The files that are loaded for an assembly, or for all; empty: there is no table. */
  sources(assembly?: AssemblyId): readonly GeneSource[]
  /**
   * Every place of a gene, by symbol, id or, when no gene has it for a symbol or id, by synonym, whatever the case. A synonym of several
   * genes gives the places of all. Empty: not known.
   */
  places(symbolOrId: string, assembly: AssemblyId): readonly GenePlace[]
  /** Every transcript that has a base, of an exon or an intron, in a stretch of a contig, in no order. */
  transcriptsIn(assembly: AssemblyId, place: Pick<GenePlace, 'contig' | 'start' | 'end'>): readonly Transcript[]
  /** Transcripts by accession, with a version or without: without one, or with an absent one, those of the only version. */
  transcript(accession: string, assembly: AssemblyId): TranscriptMatch
  /** The same by what they are translated to, `NP_009225.1`; `versions` are the protein's. */
  translatedTo(protein: string, assembly: AssemblyId): TranscriptMatch
  close(): void
}

interface TranscriptRow {
  readonly accession: string
  readonly version: string | null
  readonly protein: string | null
  readonly protein_version: string | null
  readonly contig: number
  readonly strand: '+' | '-'
  readonly symbol: string | null
  readonly exons: string
  readonly coding_start: number | null
  readonly coding_end: number | null
  readonly caveat: string | null
  readonly coding_caveat: string | null
}

type SourceRow = Omit<GeneSource, 'version'> & { readonly version: string | null }

/**
 * Opens a node's gene table for reading. What another process loads or removes shows from the next question on, also where
 * there was no table before.
 *
 * @throws FormatError the table was written by another version
 */
export function openGenes(nodeDirectory: string): Genes {
  const path = genesPath(nodeDirectory)
  let opened: ReturnType<typeof openTable> | undefined
  let openedFile: number | undefined

  /** Nothing is kept of what was read, so that SQLite alone decides what is current; a file put in its place is opened. */
  function table(): ReturnType<typeof openTable> | undefined {
    const file = statSync(path, { throwIfNoEntry: false })?.ino
    if (file === openedFile) return opened
    opened?.db.close()
    opened = undefined
    if (file !== undefined) opened = openTable(path)
    openedFile = file
    return opened
  }

  table()
  return {
    sources(assembly) {
      const rows = table()?.sources.all() ?? []
      return rows
        .map(({ version, ...rest }): GeneSource => ({ ...rest, ...(version === null ? {} : { version }) }))
        .filter((source) => assembly === undefined || source.assembly === assembly)
    },
    places(symbolOrId, assembly) {
      const open = table()
      if (!open) return []
      const name = toLookUpName(symbolOrId)
      const current = open.places.all(assembly, name, 0)
      return current.length > 0 ? current : open.places.all(assembly, name, 1)
    },
    transcriptsIn(assembly, { contig, start, end }) {
      const rows = table()?.placed.all({ assembly, contig, start, end }) ?? []
      return rows.map((row) => toTranscript(row, assembly))
    },
    transcript(accession, assembly) {
      const asked = splitVersion(accession.trim())
      const rows = table()?.transcripts.all(asked.accession, assembly) ?? []
      return choose(rows, assembly, asked.version, ({ version }) => version ?? '')
    },
    translatedTo(protein, assembly) {
      const asked = splitVersion(protein.trim())
      const rows = table()?.translated.all(asked.accession, assembly) ?? []
      return choose(rows, assembly, asked.version, (row) => row.protein_version ?? '')
    },
    close() {
      opened?.db.close()
      opened = undefined
      openedFile = undefined
    },
  }
}

function openTable(path: string) {
  const db = new Database(path, { readonly: true })
  requireGenesFormat(db, path)
  return {
    db,
    sources: db.prepare<[], SourceRow>(
      'SELECT assembly, file, version, added, genes, transcripts FROM source ORDER BY assembly, file',
    ),
    places: db.prepare<[string, string, 0 | 1], GenePlace>(`
      SELECT DISTINCT gene.contig, gene.start, gene.end, gene.symbol
      FROM gene_name JOIN gene ON gene.id = gene_name.gene
      WHERE gene_name.assembly = ? AND gene_name.name = ? AND gene_name.is_synonym = ?
      ORDER BY gene.contig, gene.start, gene.end, gene.symbol
    `),
    placed: db.prepare<[{ assembly: string; contig: number; start: number; end: number }], TranscriptRow>(`
      SELECT * FROM transcript
      WHERE assembly = :assembly AND contig = :contig AND "end" > :start AND start < :end
        AND start > :start - (SELECT max(longest) FROM source WHERE assembly = :assembly)
    `),
    transcripts: db.prepare<[string, string], TranscriptRow>(
      'SELECT * FROM transcript WHERE accession = ? AND assembly = ? ORDER BY id',
    ),
    translated: db.prepare<[string, string], TranscriptRow>(
      'SELECT * FROM transcript WHERE protein = ? AND assembly = ? ORDER BY id',
    ),
  }
}

function choose(
  rows: readonly TranscriptRow[],
  assembly: AssemblyId,
  asked: string | undefined,
  versionOf: (row: TranscriptRow) => string,
): TranscriptMatch {
  const versions = [...new Set(rows.map(versionOf))].sort((a, b) => Number(a) - Number(b))
  const version =
    asked !== undefined && versions.includes(asked) ? asked : versions.length === 1 ? versions[0] : undefined
  return {
    transcripts: rows.filter((row) => versionOf(row) === version).map((row) => toTranscript(row, assembly)),
    versions,
  }
}

function toTranscript(row: TranscriptRow, assembly: AssemblyId): Transcript {
  const { accession, version, protein, contig, strand, symbol, caveat } = row
  const { coding_start: start, coding_end: end, coding_caveat: codingCaveat, protein_version: proteinVersion } = row
  const translated = proteinVersion === null ? protein : `${protein}.${proteinVersion}`
  return {
    accession,
    assembly,
    contig,
    strand,
    exons: parseExons(row.exons),
    ...(version === null ? {} : { version }),
    ...(symbol === null ? {} : { symbol }),
    ...(translated === null ? {} : { protein: translated }),
    ...(caveat === null ? {} : { caveat }),
    ...(start === null || end === null
      ? {}
      : { coding: { start, end, ...(codingCaveat === null ? {} : { caveat: codingCaveat }) } }),
  }
}
