import Database from 'better-sqlite3'
import type { AssemblyId } from '../../../schemas/index.js'
import { uniteSiteCounts, type SiteCounts } from '../site-counts.js'
import { isStructural } from '../structural.js'
import { variantEnd, type Variant } from '../variant.js'
import { SHORT_SPAN } from './layout.js'
import { SITE_COLUMNS, SITES_DDL, SITES_FORMAT, toNumberColumns, toSiteCounts, type SiteRow } from './sites-layout.js'

export interface SiteToStore {
  readonly variant: Variant
  readonly anchor: string
  readonly counts: SiteCounts
}

/** What became of a site: `other-file` is stored nowhere, because the people of two files may be the same or not. */
export type SiteOutcome = 'new' | 'united' | 'other-file'

export interface SitesWriter {
  /** @param file place of the site's file in the ingest */
  add(site: SiteToStore, file: number): SiteOutcome
  /** Alleles of which only bounds of the people are known. */
  countWithoutPeople(): number
  /** Writes the rest and closes the file; only then is it whole. */
  finish(): void
  /** Closes without finishing. */
  abandon(): void
}

const BY_KEY = 'contig = ? AND start = ? AND ref = ? AND alt = ?'
const VALUES = `(${Array<string>(SITE_COLUMNS.split(',').length + 1)
  .fill('?')
  .join(', ')})`

/** Creates the file of a pre-counted dataset; `path` must not exist. */
export function createSitesWriter(path: string, assembly: AssemblyId): SitesWriter {
  const db = new Database(path)
  // As in segment-writer.ts: nobody reads the file before it is finished and renamed.
  db.pragma('journal_mode = MEMORY')
  db.pragma('synchronous = OFF')
  db.exec(SITES_DDL)
  db.exec('BEGIN')
  const tables = { site: prepareTable('site'), long_site: prepareTable('long_site') }
  const insertSpan = db.prepare('INSERT INTO long_span VALUES (?, ?, ?, ?, ?)')

  function prepareTable(table: 'site' | 'long_site') {
    return {
      insert: db.prepare(`INSERT INTO ${table} (${SITE_COLUMNS}, file) VALUES ${VALUES} ON CONFLICT DO NOTHING`),
      read: db.prepare<unknown[], SiteRow & { readonly file: number }>(
        `SELECT ${SITE_COLUMNS}, file FROM ${table} WHERE ${BY_KEY}`,
      ),
      update: db.prepare(
        `UPDATE ${table} SET individuals_lower = ?, individuals_upper = ?, count_lower = ?, count_upper = ?,
           allele_number = ?, an_basis = ?, heterozygotes = ?, homozygotes = ?, hemizygotes = ? WHERE ${BY_KEY}`,
      ),
    }
  }

  return {
    add({ variant, anchor, counts }, file) {
      const { contig, start, referenceBases, alternateBases } = variant
      const isLong = referenceBases.length > SHORT_SPAN || isStructural(alternateBases)
      const table = isLong ? tables.long_site : tables.site
      const key = [contig, start, referenceBases, alternateBases]
      const inserted = table.insert.run(...key, anchor, ...toNumberColumns(counts), file)
      if (inserted.changes === 0) {
        const before = table.read.get(...key)!
        if (before.file !== file) return 'other-file'
        table.update.run(...toNumberColumns(uniteSiteCounts(toSiteCounts(before), counts, true)), ...key)
        return 'united'
      }
      if (isLong) insertSpan.run(inserted.lastInsertRowid, contig, contig, start, variantEnd(variant))
      return 'new'
    },
    countWithoutPeople() {
      const count = (table: string) =>
        db
          .prepare<[], number>(`SELECT COUNT(*) FROM ${table} WHERE individuals_lower < individuals_upper`)
          .pluck()
          .get()!
      return count('site') + count('long_site')
    },
    finish() {
      const put = db.prepare('INSERT INTO segment VALUES (?, ?)')
      put.run('format', SITES_FORMAT)
      put.run('content', 'sites')
      put.run('assembly', assembly)
      db.exec('COMMIT')
      db.close()
    },
    abandon() {
      db.close()
    },
  }
}
