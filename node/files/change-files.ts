import type Database from 'better-sqlite3'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { isPersonalNumber } from '../ingest/personal-number.js'
import type { FileRecord } from './file-record.js'
import { indexesDirectory, isOwnIndex, openFileTables, toKeptIndex, type FileRow } from './file-tables.js'
import { FilesError } from './files-error.js'

type Place = Pick<FileRecord, 'id' | 'datasetId' | 'location'>

/** @throws FilesError the id is that of a file in another dataset or at another place */
export function checkNoOtherFile(nodeDirectory: string, place: Place): void {
  const db = openFileTables(nodeDirectory)
  try {
    checkFree(db, place)
  } finally {
    db.close()
  }
}

function checkFree(db: Database.Database, { id, datasetId, location }: Place): void {
  const known = db.prepare<[string], FileRow>('SELECT * FROM file WHERE id = ?').get(id)
  if (!known || (known.dataset === datasetId && known.location === location)) return
  throw new FilesError(`there is another file ${id} already: give this one another id by --id, or remove that one`)
}

/**
 * Stores records, all or none. A file that stands there already, under its id, in its dataset and at its place, is replaced.
 *
 * @throws FilesError another file has the id
 */
export function storeFiles(nodeDirectory: string, records: readonly FileRecord[]): void {
  change(nodeDirectory, (db) => {
    const put = db.prepare('INSERT INTO file VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)')
    const putPerson = db.prepare('INSERT INTO file_person VALUES (?, ?, ?, ?)')
    for (const record of records) {
      const { id, datasetId, format, isEncrypted, location, size, version, indexLocation, indexVersion } = record
      checkFree(db, record)
      db.prepare('DELETE FROM file WHERE id = ?').run(id)
      const index = toKeptIndex(nodeDirectory, indexLocation)
      const encrypted = isEncrypted ? 1 : 0
      const { addDateTime } = record
      put.run(id, datasetId, format, encrypted, location, size, version, index, indexVersion ?? null, addDateTime)
      for (const [place, { sample, individual }] of record.people.entries()) {
        putPerson.run(id, place, sample, individual)
      }
    }
  })
}

/**
 * Forgets files, all or none; they stay where they are.
 *
 * @throws FilesError there is no such file
 */
export function removeFiles(nodeDirectory: string, ids: readonly string[]): void {
  change(nodeDirectory, (db) => {
    const remove = db.prepare('DELETE FROM file WHERE id = ?')
    for (const id of ids) if (remove.run(id).changes === 0) throw new FilesError(`there is no file ${id}`)
  })
}

/** Whether samples in files of a dataset are named by personal identity numbers. */
export function namesPersonalNumbers(nodeDirectory: string, datasetId: string): boolean {
  const db = openFileTables(nodeDirectory)
  try {
    const samples = db
      .prepare<[string], string>(
        'SELECT DISTINCT sample FROM file_person WHERE file IN (SELECT id FROM file WHERE dataset = ?)',
      )
      .pluck()
      .all(datasetId)
    return samples.some(isPersonalNumber)
  } finally {
    db.close()
  }
}

/** Forgets the files of a dataset. */
export function removeFilesOf(nodeDirectory: string, datasetId: string): void {
  change(nodeDirectory, (db) => db.prepare('DELETE FROM file WHERE dataset = ?').run(datasetId))
}

/** Takes a person out of every file, and forgets the files that have nobody else. */
export function removePersonFromFiles(nodeDirectory: string, individual: number): void {
  change(nodeDirectory, (db) => {
    db.prepare('DELETE FROM file_person WHERE individual = ?').run(individual)
    db.exec('DELETE FROM file WHERE id NOT IN (SELECT file FROM file_person)')
  })
}

/** One transaction; indexes of the node's own that no file has after it are removed. */
function change(nodeDirectory: string, work: (db: Database.Database) => void): void {
  const db = openFileTables(nodeDirectory)
  try {
    const listOwn = (): readonly string[] =>
      db.prepare<[], string>('SELECT DISTINCT index_location FROM file').pluck().all().filter(isOwnIndex)
    const before = listOwn()
    db.transaction(() => work(db))()
    const after = new Set(listOwn())
    for (const name of before)
      if (!after.has(name)) rmSync(join(indexesDirectory(nodeDirectory), name), { force: true })
  } finally {
    db.close()
  }
}
