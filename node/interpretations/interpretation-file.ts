import Database from 'better-sqlite3'
import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { ClinicalRelevance } from '../../schemas/index.js'
import { datasetDirectory } from '../variants/dataset-manifest.js'
import type { Interpretation } from './interpretation.js'

/** Version of the file; a reader refuses others. */
export const INTERPRETATIONS_FORMAT = 1

const DDL = `
  CREATE TABLE interpretation (
    contig INTEGER NOT NULL, start INTEGER NOT NULL, ref TEXT NOT NULL, alt TEXT NOT NULL, anchor TEXT NOT NULL,
    relevance TEXT NOT NULL, laboratory TEXT NOT NULL, date TEXT NOT NULL,
    condition TEXT NOT NULL, condition_label TEXT, causative INTEGER, individual INTEGER
  );
  CREATE INDEX interpretation_allele ON interpretation (contig, start, ref, alt);
`

export const INTERPRETATION_COLUMNS =
  'contig, start, ref, alt, anchor, relevance, laboratory, date, condition, condition_label, causative, individual'

export interface InterpretationRow {
  readonly contig: number
  readonly start: number
  readonly ref: string
  readonly alt: string
  readonly anchor: string
  readonly relevance: ClinicalRelevance
  readonly laboratory: string
  readonly date: string
  readonly condition: string
  readonly condition_label: string | null
  readonly causative: 0 | 1 | null
  readonly individual: number | null
}

export function toInterpretation(row: InterpretationRow): Interpretation {
  const { contig, start, ref, alt, anchor, relevance, laboratory, date, condition } = row
  return {
    variant: { contig, start, referenceBases: ref, alternateBases: alt },
    anchor,
    relevance,
    laboratory,
    date,
    condition,
    ...(row.condition_label === null ? {} : { conditionLabel: row.condition_label }),
    ...(row.causative === null ? {} : { causative: row.causative === 1 }),
    ...(row.individual === null ? {} : { individual: row.individual }),
  }
}

/** Of a dataset: gone with it. */
export function interpretationPath(nodeDirectory: string, datasetId: string): string {
  return join(datasetDirectory(nodeDirectory, datasetId), 'interpretations.sqlite')
}

/** @throws Error a file of another version: our own, so this is an internal error */
export function openInterpretationFile(path: string): Database.Database {
  const db = new Database(path, { readonly: true, fileMustExist: true })
  const format = db.pragma('user_version', { simple: true })
  if (format === INTERPRETATIONS_FORMAT) return db
  db.close()
  throw new Error(`${path} has format ${String(format)}, expected ${INTERPRETATIONS_FORMAT}`)
}

/** Every interpretation of a dataset, in the order of its alleles. */
export function readInterpretations(nodeDirectory: string, datasetId: string): readonly Interpretation[] {
  const path = interpretationPath(nodeDirectory, datasetId)
  if (!existsSync(path)) return []
  const db = openInterpretationFile(path)
  try {
    const order = 'contig, start, ref, alt, laboratory, condition, individual'
    return db
      .prepare<[], InterpretationRow>(`SELECT ${INTERPRETATION_COLUMNS} FROM interpretation ORDER BY ${order}`)
      .all()
      .map(toInterpretation)
  } finally {
    db.close()
  }
}

/** Replaces a dataset's interpretations at one moment. The caller holds the node's ingest lock. */
export function writeInterpretations(
  nodeDirectory: string,
  datasetId: string,
  interpretations: readonly Interpretation[],
): void {
  const path = interpretationPath(nodeDirectory, datasetId)
  const temporary = `${path}.tmp`
  rmSync(temporary, { force: true })
  const db = new Database(temporary)
  db.pragma('journal_mode = MEMORY')
  db.pragma(`user_version = ${INTERPRETATIONS_FORMAT}`)
  db.exec(DDL)
  const columns = INTERPRETATION_COLUMNS.split(',').map(() => '?')
  const insert = db.prepare(`INSERT INTO interpretation (${INTERPRETATION_COLUMNS}) VALUES (${columns.join(', ')})`)
  db.transaction(() => {
    for (const each of interpretations) insert.run(...toValues(each))
  })()
  db.close()
  syncFile(temporary)
  renameSync(temporary, path)
  syncFile(dirname(path))
}

function toValues(each: Interpretation): readonly (string | number | null)[] {
  const { contig, start, referenceBases, alternateBases } = each.variant
  return [
    contig,
    start,
    referenceBases,
    alternateBases,
    each.anchor,
    each.relevance,
    each.laboratory,
    each.date,
    each.condition,
    each.conditionLabel ?? null,
    each.causative === undefined ? null : Number(each.causative),
    each.individual ?? null,
  ]
}

function syncFile(path: string): void {
  const descriptor = openSync(path, 'r')
  fsyncSync(descriptor)
  closeSync(descriptor)
}
