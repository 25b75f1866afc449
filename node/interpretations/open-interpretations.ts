import type Database from 'better-sqlite3'
import { statSync } from 'node:fs'
import type { Variant } from '../variants/variant.js'
import type { Interpretation } from './interpretation.js'
import { oncePerTurn } from '../once-per-turn.js'
import {
  INTERPRETATION_COLUMNS,
  interpretationPath,
  openInterpretationFile,
  toInterpretation,
  type InterpretationRow,
} from './interpretation-file.js'

/** What laboratories say of one allele, as the dataset spells it. */
export type InterpretationsOf = (variant: Variant) => readonly Interpretation[]

/** Where the interpretations of a node's datasets are found. */
export interface InterpretationSource {
  /** Of a dataset as it is now: a file that another process replaced is noticed here. */
  ofDataset(datasetId: string): InterpretationsOf
  close(): void
}

/** Of each file: a look-up reads a handful of pages, and a node may have fifty of these files open. */
const CACHE_KIBIBYTES = 128

interface OpenFile {
  readonly db: Database.Database
  readonly find: Database.Statement<[number, number, string, string], InterpretationRow>
  /** Changes whenever the file is replaced. */
  readonly fingerprint: string
}

const NOTHING_SAID: InterpretationsOf = () => []

/** Used where there are none, such as in testMode. */
export const NO_INTERPRETATIONS: InterpretationSource = { ofDataset: () => NOTHING_SAID, close: () => undefined }

export function openInterpretations(nodeDirectory: string): InterpretationSource {
  const open = new Map<string, OpenFile>()

  function openFile(path: string, fingerprint: string): OpenFile {
    const db = openInterpretationFile(path)
    db.pragma(`cache_size = -${CACHE_KIBIBYTES}`)
    const find = db.prepare<[number, number, string, string], InterpretationRow>(
      `SELECT ${INTERPRETATION_COLUMNS} FROM interpretation
       WHERE contig = ? AND start = ? AND ref = ? AND alt = ? ORDER BY laboratory, condition, date`,
    )
    return { db, find, fingerprint }
  }

  function forget(path: string): void {
    open.get(path)?.db.close()
    open.delete(path)
  }

  function readCurrent(path: string): InterpretationsOf {
    const stat = statSync(path, { throwIfNoEntry: false })
    const fingerprint = stat && `${stat.ino}:${stat.mtimeMs}:${stat.size}`
    if (open.get(path)?.fingerprint !== fingerprint) forget(path)
    if (fingerprint === undefined) return NOTHING_SAID
    const file = open.get(path) ?? openFile(path, fingerprint)
    open.set(path, file)
    return ({ contig, start, referenceBases, alternateBases }) =>
      file.find.all(contig, start, referenceBases, alternateBases).map(toInterpretation)
  }

  const current = new Map<string, () => InterpretationsOf>()

  return {
    ofDataset(datasetId) {
      let read = current.get(datasetId)
      if (!read) {
        const path = interpretationPath(nodeDirectory, datasetId)
        read = oncePerTurn(() => readCurrent(path))
        current.set(datasetId, read)
      }
      return read()
    },
    close() {
      for (const path of [...open.keys()]) forget(path)
    },
  }
}
