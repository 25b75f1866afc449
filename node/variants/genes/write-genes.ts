import type Database from 'better-sqlite3'
import { existsSync } from 'node:fs'
import { ASSEMBLY_IDS, type AssemblyId } from '../../../schemas/index.js'
import { toLookUpName, splitVersion, type Gene, type GeneFile } from './gene.js'
import { genesPath, openGeneTables } from './gene-tables.js'
import type { Span, Transcript } from './transcript.js'

/**
 * Replaces the genes and transcripts of an assembly by those of some files: all of it or nothing. Nodes that serve go on
 * with the old table until then, and with the new one from then on.
 *
 * @param files of the one assembly
 */
export function replaceGenes(nodeDirectory: string, assembly: AssemblyId, files: readonly GeneFile[], now: Date): void {
  const db = openGeneTables(nodeDirectory)
  try {
    db.transaction(() => {
      clear(db, assembly)
      const addSource = db.prepare('INSERT INTO source VALUES (?, ?, ?, ?, ?, ?, ?)')
      for (const { file, version, genes, transcripts } of files) {
        // How far before a place a transcript may begin that has it.
        const longest = transcripts.reduce((most, { exons }) => Math.max(most, lengthOf(spanOf(exons))), 0)
        addSource.run(assembly, file, version ?? null, now.toISOString(), genes.length, transcripts.length, longest)
        addGenes(db, assembly, genes)
        addTranscripts(db, transcripts)
      }
    }).immediate()
    // What was written stands in the log file until then, twice the size for good otherwise.
    db.pragma('wal_checkpoint(TRUNCATE)')
  } finally {
    db.close()
  }
}

/** Forgets the genes of an assembly. @returns whether there were any */
export function removeGenes(nodeDirectory: string, assembly: AssemblyId): boolean {
  if (!existsSync(genesPath(nodeDirectory))) return false
  const db = openGeneTables(nodeDirectory)
  try {
    return db.transaction(() => clear(db, assembly)).immediate()
  } finally {
    db.close()
  }
}

function clear(db: Database.Database, assembly: AssemblyId): boolean {
  if (!ASSEMBLY_IDS.includes(assembly)) throw new TypeError(`no assembly ${assembly}`)
  for (const table of ['gene', 'gene_name', 'transcript']) {
    db.prepare(`DELETE FROM ${table} WHERE assembly = ?`).run(assembly)
  }
  return db.prepare('DELETE FROM source WHERE assembly = ?').run(assembly).changes > 0
}

function addGenes(db: Database.Database, assembly: AssemblyId, genes: readonly Gene[]): void {
  const add = db.prepare('INSERT INTO gene (assembly, contig, start, end, symbol) VALUES (?, ?, ?, ?, ?)')
  const addName = db.prepare('INSERT OR IGNORE INTO gene_name VALUES (?, ?, ?, ?)')
  for (const { contig, start, end, symbol, ids, synonyms } of genes) {
    const { lastInsertRowid } = add.run(assembly, contig, start, end, symbol)
    for (const name of [symbol, ...ids]) addName.run(assembly, toLookUpName(name), 0, lastInsertRowid)
    for (const name of synonyms) addName.run(assembly, toLookUpName(name), 1, lastInsertRowid)
  }
}

function addTranscripts(db: Database.Database, transcripts: readonly Transcript[]): void {
  const add = db.prepare(`
    INSERT INTO transcript
      (assembly, accession, version, protein, protein_version, contig, start, end, strand, symbol, exons, coding_start, coding_end, caveat, coding_caveat)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  `)
  for (const { assembly, accession, version, protein, contig, strand, symbol, exons, coding, caveat } of transcripts) {
    const translated = protein === undefined ? undefined : splitVersion(protein)
    add.run(
      assembly,
      accession,
      version ?? null,
      translated?.accession ?? null,
      translated?.version ?? null,
      contig,
      ...spanOf(exons),
      strand,
      symbol ?? null,
      spellExons(exons),
      coding?.start ?? null,
      coding?.end ?? null,
      caveat ?? null,
      coding?.caveat ?? null,
    )
  }
}

/** From the first to the last exon. */
function spanOf(exons: readonly Span[]): Span {
  return [exons[0]![0], exons.at(-1)![1]]
}

function lengthOf([start, end]: Span): number {
  return end - start
}

/** The first start, then by turns the lengths of exons and of introns: a third of what the coordinates take. */
function spellExons(exons: readonly Span[]): string {
  let before = 0
  const steps: number[] = []
  for (const border of exons.flat()) {
    steps.push(border - before)
    before = border
  }
  return steps.join(',')
}

/** Reads what `spellExons` wrote. */
export function parseExons(text: string): readonly Span[] {
  let border = 0
  const borders = text.split(',').map((step) => (border += Number(step)))
  return Array.from({ length: borders.length / 2 }, (_, index): Span => [borders[2 * index]!, borders[2 * index + 1]!])
}
