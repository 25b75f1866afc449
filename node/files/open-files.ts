import { watchDatabase } from '../watch-database.js'
import type { FilePerson, FileRecord } from './file-record.js'
import { openFileTables, toRecord, type FileRow } from './file-tables.js'

/** The files that a node serves. What a command changes is seen with the next turn of the event loop. */
export interface FileRegistry {
  find(id: string): FileRecord | undefined
  /** By id. */
  ofDataset(datasetId: string): readonly FileRecord[]
  /** All, by id. */
  list(): readonly FileRecord[]
  close(): void
}

/** So many people of files are kept in memory: some 10 MB. A cohort's file has thousands. */
const MOST_KEPT_PEOPLE = 100_000

/** Opens the register of files, creating it on first use. */
export function openFiles(nodeDirectory: string): FileRegistry {
  const db = openFileTables(nodeDirectory)
  const row = db.prepare<[string], FileRow>('SELECT * FROM file WHERE id = ?')
  const rows = db.prepare<[], FileRow>('SELECT * FROM file ORDER BY id')
  const rowsOfDataset = db.prepare<[string], FileRow>('SELECT * FROM file WHERE dataset = ? ORDER BY id')
  const people = db.prepare<[string], FilePerson>(
    'SELECT sample, individual FROM file_person WHERE file = ? ORDER BY place',
  )
  const hasChanged = watchDatabase(db)
  const kept = new Map<string, FileRecord>()
  const keptOf = new Map<string, readonly FileRecord[]>()
  let keptPeople = 0

  const forget = () => {
    kept.clear()
    keptOf.clear()
    keptPeople = 0
  }
  // A record and its people from one state of the file.
  const read = db.transaction((found: FileRow) => toRecord(nodeDirectory, found, people.all(found.id)))
  const readById = db.transaction((id: string) => {
    const found = row.get(id)
    return found && toRecord(nodeDirectory, found, people.all(id))
  })
  const readAll = db.transaction((found: () => readonly FileRow[]) => found().map((one) => read(one)))

  return {
    find(id) {
      if (hasChanged()) forget()
      const known = kept.get(id)
      if (known) return known
      const record = readById(id)
      // Ids of no file are not kept: there is no end of them.
      if (!record) return undefined
      if (keptPeople > MOST_KEPT_PEOPLE) forget()
      kept.set(id, record)
      keptPeople += 1 + record.people.length
      return record
    },
    ofDataset(datasetId) {
      if (hasChanged()) forget()
      const known = keptOf.get(datasetId)
      if (known) return known
      const records = readAll(() => rowsOfDataset.all(datasetId))
      if (keptPeople > MOST_KEPT_PEOPLE) forget()
      keptOf.set(datasetId, records)
      keptPeople += records.reduce((sum, { people }) => sum + 1 + people.length, 1)
      return records
    },
    list: () => readAll(() => rows.all()),
    close() {
      db.close()
    },
  }
}
