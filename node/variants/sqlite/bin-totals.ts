import type Database from 'better-sqlite3'
import { Bitmap } from '../bitmap.js'
import { addStored } from '../stored-bitmap.js'
import type { Variant } from '../variant.js'
import { createKeyList, decodeKeys, type KeyColumns, type KeyList } from './allele-keys.js'
import type { EncodedSets } from './encoded-calls.js'
import { CARRIERS, SOMATIC, type SetColumn } from './layout.js'

/**
 * Short alleles with carriers, the union of their carriers, and of the people who have one in a tumour, for every 16 kb by the allele's start, and again for every
 * 1 Mb: what a question over a wide range is answered from. Bins of 16 kb (as the linear index of BAM) leave at most 32 kb of
 * rows to look at; bins of 1 Mb make at most 237 of a chromosome.
 */
export const FINE_BIN_SHIFT = 14
export const COARSE_BIN_SHIFT = 20

export interface BinRow {
  readonly alleles: number
  readonly carriers: SetColumn
  readonly somatic: SetColumn
}

/** Full bins within [from, to): a part of it that begins and ends on borders of fine bins; undefined when there is none. */
export function wholeBins(from: number, to: number): { readonly from: number; readonly to: number } | undefined {
  const size = 2 ** FINE_BIN_SHIFT
  const start = Math.ceil(from / size) * size
  const end = Math.floor(to / size) * size
  return start < end ? { from: start, to: end } : undefined
}

export interface BinRange {
  readonly shift: number
  readonly from: number
  readonly to: number
}

/** The fewest bins that make up [from, to), whose borders are those of fine bins: coarse ones inside, fine ones at both ends. */
export function binsOf(from: number, to: number): readonly BinRange[] {
  const toBins = (shift: number, start: number, end: number): BinRange => ({
    shift,
    from: start >> shift,
    to: end >> shift,
  })
  const size = 2 ** COARSE_BIN_SHIFT
  const start = Math.ceil(from / size) * size
  const end = Math.floor(to / size) * size
  if (start >= end) return [toBins(FINE_BIN_SHIFT, from, to)]
  return [
    toBins(FINE_BIN_SHIFT, from, start),
    toBins(COARSE_BIN_SHIFT, start, end),
    toBins(FINE_BIN_SHIFT, end, to),
  ].filter((bins) => bins.from < bins.to)
}

/** Bins kept in memory while a segment is written. A sorted file needs one; several files or unsorted ones come back to some. */
const HOT_BINS = 4_096
/** Bins of a contig stay below this: 2^31 bases. */
const BINS_PER_CONTIG = 2 ** (31 - FINE_BIN_SHIFT)

interface Bin {
  alleles: number
  readonly carriers: Bitmap
  readonly somatic: Bitmap
  /** Everybody of the segment carries something here: more carriers change nothing. */
  full: boolean
}

/** Which alleles is kept of fine bins alone: those of a coarse one are those of its fine ones. */
interface FineBin extends Bin {
  readonly keys: KeyList
}

export function isCarriedBy(sets: EncodedSets): boolean {
  return sets[SOMATIC] !== null || CARRIERS.some((index) => sets[index] !== null)
}

export interface BinTotalsWriter {
  /**
   * Counts an allele and its carriers.
   *
   * @param isNew nobody had the allele before
   * @param sets of the allele, read at once; only decoded while the bin lacks somebody
   */
  add(variant: Variant, isNew: boolean, sets: EncodedSets): void
  finish(): void
}

function createBin(): Bin {
  return { alleles: 0, carriers: new Bitmap(), somatic: new Bitmap(), full: false }
}

function createFineBin(): FineBin {
  return { ...createBin(), keys: createKeyList() }
}

/** Gathers the totals while alleles are written, and stores them in `allele_bin` of the same file. */
export function createBinTotalsWriter(
  db: Database.Database,
  people: number,
  toColumn: (bitmap: Bitmap) => SetColumn,
  fromColumn: (column: SetColumn) => Bitmap,
): BinTotalsWriter {
  const key = 'shift = ? AND contig = ? AND bin = ?'
  const read = db.prepare<unknown[], BinRow>(`SELECT alleles, carriers, somatic FROM allele_bin WHERE ${key}`)
  const write = db.prepare('INSERT OR REPLACE INTO allele_bin VALUES (?, ?, ?, ?, ?, ?)')
  const readKeys = db.prepare<unknown[], KeyColumns>(
    'SELECT substitutions, others FROM allele_key WHERE contig = ? AND bin = ?',
  )
  const writeKeys = db.prepare('INSERT OR REPLACE INTO allele_key VALUES (?, ?, ?, ?)')
  const hot = new Map<number, FineBin>()
  let lastKey = -1
  let last: FineBin | undefined

  function store(contig: number, shift: number, number: number, bin: Bin): void {
    write.run(shift, contig, number, bin.alleles, toColumn(bin.carriers), toColumn(bin.somatic))
  }

  function flush(): void {
    for (const [place, bin] of hot) {
      const contig = Math.floor(place / BINS_PER_CONTIG)
      const number = place % BINS_PER_CONTIG
      const before = read.get(FINE_BIN_SHIFT, contig, number)
      if (before) {
        bin.alleles += before.alleles
        bin.carriers.orInPlace(fromColumn(before.carriers))
        bin.somatic.orInPlace(fromColumn(before.somatic))
      }
      store(contig, FINE_BIN_SHIFT, number, bin)
      if (before) bin.keys.addAll(decodeKeys(readKeys.get(contig, number)!))
      const { substitutions, others } = bin.keys.toColumns()
      writeKeys.run(contig, number, substitutions, others)
    }
    hot.clear()
    lastKey = -1
  }

  function binAt(place: number): FineBin {
    if (place === lastKey && last) return last
    last = hot.get(place)
    if (!last) {
      if (hot.size >= HOT_BINS) flush()
      last = createFineBin()
      hot.set(place, last)
    }
    lastKey = place
    return last
  }

  return {
    add(variant, isNew, sets) {
      const bin = binAt(variant.contig * BINS_PER_CONTIG + (variant.start >> FINE_BIN_SHIFT))
      if (isNew) {
        bin.alleles++
        bin.keys.add(variant)
      }
      const somatic = sets[SOMATIC]!
      if (somatic !== null) addStored(somatic, bin.somatic)
      if (bin.full) return
      for (const index of CARRIERS) {
        const carriers = sets[index]!
        if (carriers !== null) addStored(carriers, bin.carriers)
      }
      bin.full = bin.carriers.size === people
    },
    finish() {
      flush()
      const fine = db.prepare<unknown[], BinRow & { contig: number; bin: number }>(
        'SELECT contig, bin, alleles, carriers, somatic FROM allele_bin WHERE shift = ? AND (contig, bin) > (?, ?) ORDER BY contig, bin LIMIT ?',
      )
      let coarse: { readonly contig: number; readonly number: number; readonly bin: Bin } | undefined
      let page = fine.all(FINE_BIN_SHIFT, 0, 0, HOT_BINS)
      const storeCoarse = () => coarse && store(coarse.contig, COARSE_BIN_SHIFT, coarse.number, coarse.bin)
      // A page at a time: the connection is busy while rows are stepped through, and cannot write.
      while (page.length > 0) {
        for (const { contig, bin, alleles, carriers, somatic } of page) {
          const number = bin >> (COARSE_BIN_SHIFT - FINE_BIN_SHIFT)
          if (coarse?.contig !== contig || coarse.number !== number) {
            storeCoarse()
            coarse = { contig, number, bin: createBin() }
          }
          coarse.bin.alleles += alleles
          coarse.bin.carriers.orInPlace(fromColumn(carriers))
          coarse.bin.somatic.orInPlace(fromColumn(somatic))
        }
        const { contig, bin } = page.at(-1)!
        page = fine.all(FINE_BIN_SHIFT, contig, bin, HOT_BINS)
      }
      storeCoarse()
    },
  }
}
