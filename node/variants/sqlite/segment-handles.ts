import Database from 'better-sqlite3'
import { existsSync } from 'node:fs'
import { createBitmapCache, type BitmapCache } from './bitmap-cache.js'

/** What all open segments of a process may use together. */
export interface CacheBudget {
  /** Open files. */
  readonly handles: number
  /** Pages and decoded bitmaps, bytes. */
  readonly bytes: number
}

const MEBIBYTE = 1024 * 1024

/**
 * Of the main thread, and of all query threads, which read in order and gain little from a cache. An open file costs about a
 * megabyte beside its pages (statements, schema, the R*Trees' own statements): with 48 and 16 files a process of
 * 50 datasets took 241 MB, with these 202 to 206. Memory decides here, because the operating system has the pages anyway.
 */
export const MAIN_BUDGET: CacheBudget = { handles: 24, bytes: 32 * MEBIBYTE }
export const THREADS_BUDGET: CacheBudget = { handles: 8, bytes: 4 * MEBIBYTE }

/** Share of the bytes for decoded bitmaps; the rest is for pages. */
const BITMAP_SHARE = 1 / 4

/** A statement, and the shape of its rows. It is prepared once for each open file. */
export interface Statement<Row> {
  readonly sql: string
  /** The row is its first column. */
  readonly pluck?: boolean
  /** The row is an array of its columns, which is cheaper than an object. */
  readonly raw?: boolean
  /** Never there: it carries the type. */
  readonly row?: Row
}

/** An open segment file. Use it at once and ask for it again the next time: it may be closed in between. */
export interface SegmentHandle {
  get<Row>(statement: Statement<Row>, ...parameters: unknown[]): Row | undefined
  all<Row>(statement: Statement<Row>, ...parameters: unknown[]): Row[]
  /** Row by row, for files that are read whole: nothing may close the file meanwhile. */
  iterate<Row>(statement: Statement<Row>, ...parameters: unknown[]): IterableIterator<Row>
}

/** Open segment files within one budget: the least recently used is closed for the next one, and opened again when it is asked for. */
export interface SegmentHandles {
  /** @throws MissingSegmentError the file is gone */
  use(path: string): SegmentHandle
  readonly bitmaps: BitmapCache
  /** Closes a file that is not needed any more. */
  forget(path: string): void
  close(): void
}

/** A segment that was published is gone: it was compacted or removed meanwhile. The newest manifest says what stands in its place. */
export class MissingSegmentError extends Error {
  override readonly name = 'MissingSegmentError'
}

interface Open extends SegmentHandle {
  readonly db: Database.Database
  usedAt: number
}

export function createSegmentHandles(budget: CacheBudget = MAIN_BUDGET): SegmentHandles {
  const open = new Map<string, Open>()
  const bitmaps = createBitmapCache(budget.bytes * BITMAP_SHARE)
  const pageKibibytes = (budget.bytes * (1 - BITMAP_SHARE)) / 1024
  let clock = 0
  let divisor = 1

  /** Equal shares, in steps of two so that not every file that is opened changes all others. */
  function divide(): void {
    const wanted = 2 ** Math.ceil(Math.log2(Math.max(1, open.size)))
    if (wanted === divisor) return
    divisor = wanted
    for (const { db } of open.values()) setShare(db)
  }

  function setShare(db: Database.Database): void {
    db.pragma(`cache_size = -${Math.floor(pageKibibytes / divisor)}`)
  }

  function openFile(path: string): Open {
    if (open.size >= budget.handles) closeLeastRecent()
    let db: Database.Database
    try {
      db = new Database(path, { readonly: true, fileMustExist: true })
    } catch (error) {
      if (!existsSync(path)) throw new MissingSegmentError(`segment ${path} is gone`, { cause: error })
      throw error
    }
    // Nobody writes a published segment. To lock, check and unlock it takes longer than to find an allele, so a reader's lock
    // (readers never get another one) is taken once and kept.
    db.pragma('locking_mode = EXCLUSIVE')
    const handle = createHandle(db)
    open.set(path, handle)
    setShare(db)
    divide()
    return handle
  }

  function closeLeastRecent(): void {
    let oldest: string | undefined
    let usedAt = Infinity
    for (const [path, handle] of open) {
      if (handle.usedAt >= usedAt) continue
      oldest = path
      usedAt = handle.usedAt
    }
    if (oldest !== undefined) forget(oldest)
  }

  function forget(path: string): void {
    open.get(path)?.db.close()
    open.delete(path)
  }

  return {
    bitmaps,
    use(path) {
      const handle = open.get(path) ?? openFile(path)
      handle.usedAt = ++clock
      return handle
    },
    forget(path) {
      forget(path)
      divide()
    },
    close() {
      for (const { db } of open.values()) db.close()
      open.clear()
    },
  }
}

function createHandle(db: Database.Database): Open {
  const prepared = new Map<Statement<unknown>, Database.Statement<unknown[], unknown>>()
  function prepare<Row>(statement: Statement<Row>): Database.Statement<unknown[], Row> {
    let known = prepared.get(statement)
    if (!known) {
      known = db.prepare<unknown[], unknown>(statement.sql)
      if (statement.pluck) known.pluck()
      if (statement.raw) known.raw()
      prepared.set(statement, known)
    }
    return known as Database.Statement<unknown[], Row>
  }
  return {
    db,
    usedAt: 0,
    get: (statement, ...parameters) => prepare(statement).get(...parameters),
    all: (statement, ...parameters) => prepare(statement).all(...parameters),
    iterate: (statement, ...parameters) => prepare(statement).iterate(...parameters),
  }
}
