import type Database from 'better-sqlite3'
import { TERM_KINDS, termsOf, uniteAnnotations } from '../annotation.js'
import type { Bitmap } from '../bitmap.js'
import { addStored } from '../stored-bitmap.js'
import type { Variant } from '../variant.js'
import { alleleType } from '../variant-types.js'
import { decodeAnnotation, hashTerm, toPlace, type AnnotationRow } from './annotation-row.js'
import { createKeyList, decodeKeys, type KeyColumns, type KeyList } from './allele-keys.js'
import { isCarriedBy } from './bin-totals.js'
import type { EncodedSets } from './encoded-calls.js'
import { CARRIERS, isLongAllele, SOMATIC, type SetColumn } from './layout.js'

/**
 * What is known of a segment's alleles; only a segment that knows something has these tables. `annotation.genes` is a row of
 * `annotation_genes`: neighbours lie in the same genes, so that each set of genes stands once for each stretch and type of allele
 * (`LONG` of long ones), with where its alleles begin, which of them somebody has, and who. `is_whole` is 0 where nobody has one of
 * its alleles, and NULL where an allele of it went to another set: then they must be read. `terms` holds the rest: for each term the number of its head, its tail's length and its tail. `annotation_key`
 * leads from what can be asked without a place (hashed, so that a match must be looked at) to where its alleles start.
 */
const ANNOTATION_DDL = `
  CREATE TABLE annotation (
    contig INTEGER NOT NULL, start INTEGER NOT NULL, ref TEXT NOT NULL, alt TEXT NOT NULL, genes INTEGER, terms BLOB NOT NULL,
    PRIMARY KEY (contig, start, ref, alt)
  ) WITHOUT ROWID;
  CREATE TABLE annotation_head (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);
  CREATE TABLE annotation_genes (
    id INTEGER PRIMARY KEY, contig INTEGER NOT NULL, stretch INTEGER NOT NULL, text TEXT NOT NULL, type TEXT NOT NULL,
    first INTEGER NOT NULL, last INTEGER NOT NULL, is_whole INTEGER,
    carriers, somatic, alleles INTEGER NOT NULL, substitutions BLOB, others TEXT, UNIQUE (contig, stretch, text, type)
  );
  CREATE TABLE annotation_gene (
    name TEXT NOT NULL COLLATE NOCASE, genes INTEGER NOT NULL, PRIMARY KEY (name, genes)
  ) WITHOUT ROWID;
  CREATE TABLE annotation_key (key INTEGER NOT NULL, place INTEGER NOT NULL, PRIMARY KEY (key, place)) WITHOUT ROWID;
  CREATE TEMP TABLE annotation_key_unsorted (key INTEGER NOT NULL, place INTEGER NOT NULL);
`

/** Starts of one set of genes are kept for each 2^20 bases: names of repeats, such as Y_RNA, stand all over a chromosome. */
const STRETCH_BITS = 20
/** What is remembered of heads before they are looked up in their table again: characters. */
const REMEMBERED_CHARACTERS = 8 << 20
/** The same of sets of genes, each of which has its alleles and their carriers beside it. */
const REMEMBERED_GENE_SETS = 1_000

/** Stands for the types of long alleles: structural ones have several at once. */
export const LONG = 'long'

/** An allele in ten transcripts has twenty keys: written one by one they take longer than all else. */
const KEYS_AT_ONCE = 64

/** Of which terms the head is the whole, because many alleles share them. */
const SHARED: ReadonlySet<string> = new Set<string>([TERM_KINDS.effect, TERM_KINDS.interpretation])
const HGVS: ReadonlySet<string> = new Set<string>([
  TERM_KINDS.genomicHgvs,
  TERM_KINDS.transcriptHgvs,
  TERM_KINDS.proteinHgvs,
])
const GENES: ReadonlySet<string> = new Set<string>([TERM_KINDS.gene, TERM_KINDS.geneId])
/** What can be asked without a place. */
const KEYED: ReadonlySet<string> = new Set<string>([TERM_KINDS.aminoacidChange, ...HGVS])

/** Where a term is cut: after a sequence's name, which many alleles share. */
function headLength(term: string): number {
  const kind = term[0]!
  if (SHARED.has(kind)) return term.length
  return HGVS.has(kind) ? term.lastIndexOf(':') + 1 || 1 : 1
}

interface GeneSetRow extends KeyColumns {
  readonly id: number
  readonly first: number
  readonly last: number
  readonly is_whole: 0 | 1 | null
  readonly carriers: SetColumn
  readonly somatic: SetColumn
}

interface GeneSet {
  readonly id: number
  first: number
  last: number
  isWhole: 0 | 1 | null
  readonly keys: KeyList
  readonly carriers: Bitmap
  readonly somatic: Bitmap
  /** Everybody of the segment has one of its alleles: more of them change nothing. */
  full: boolean
}

export interface AnnotationWriter {
  /**
   * Adds what is known of an allele of the segment to what was known of it.
   *
   * @param sets who has it, by this record
   */
  add(variant: Variant, annotation: string, sets: EncodedSets): void
  /**
   * Must follow when several records of an allele were united, whichever of them are annotated.
   *
   * @param sets who has it, by all of them
   */
  unite(variant: Variant, sets: EncodedSets): void
  finish(): void
}

/**
 * @param people how many the segment has
 * @param toColumn, fromColumn sets as the segment stores them
 */
export function createAnnotationWriter(
  db: Database.Database,
  people: number,
  toColumn: (bitmap: Bitmap) => SetColumn,
  fromColumn: (column: SetColumn) => Bitmap,
): AnnotationWriter {
  db.exec(ANNOTATION_DDL)
  const key = 'contig = ? AND start = ? AND ref = ? AND alt = ?'
  const insert = db.prepare('INSERT INTO annotation VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING')
  const read = db.prepare<unknown[], AnnotationRow>(`SELECT genes, terms FROM annotation WHERE ${key}`)
  const update = db.prepare(`UPDATE annotation SET genes = ?, terms = ? WHERE ${key}`)
  const insertHead = db.prepare('INSERT INTO annotation_head (text) VALUES (?) ON CONFLICT DO NOTHING')
  const findHead = db.prepare<[string], number>('SELECT id FROM annotation_head WHERE text = ?').pluck()
  const readHead = db.prepare<[number], string>('SELECT text FROM annotation_head WHERE id = ?').pluck()
  const insertGenes = db.prepare(
    'INSERT INTO annotation_genes VALUES (NULL, ?, ?, ?, ?, ?, ?, 1, NULL, NULL, 0, NULL, NULL) ON CONFLICT DO NOTHING',
  )
  const findGenes = db.prepare<unknown[], GeneSetRow>(
    'SELECT * FROM annotation_genes WHERE contig = ? AND stretch = ? AND text = ? AND type = ?',
  )
  const updateGenes = db.prepare(
    `UPDATE annotation_genes SET first = ?, last = ?, is_whole = ?, carriers = ?, somatic = ?,
       alleles = ?, substitutions = ?, others = ? WHERE id = ?`,
  )
  const spoilGenes = db.prepare('UPDATE annotation_genes SET is_whole = NULL WHERE id = ?')
  const readGenes = db.prepare<[number], string>('SELECT text FROM annotation_genes WHERE id = ?').pluck()
  const insertGene = db.prepare('INSERT INTO annotation_gene VALUES (?, ?) ON CONFLICT DO NOTHING')
  const insertKey = db.prepare('INSERT INTO annotation_key_unsorted VALUES (?, ?)')
  const insertKeys = db.prepare(
    `INSERT INTO annotation_key_unsorted VALUES ${Array<string>(KEYS_AT_ONCE).fill('(?, ?)').join(',')}`,
  )
  let keys: number[] = []
  let heads = new Map<string, number>()
  let headCharacters = 0
  let geneSets = new Map<string, GeneSet>()
  let scratch = Buffer.alloc(1 << 10)

  function headOf(text: string): number {
    let id = heads.get(text)
    if (id !== undefined) return id
    insertHead.run(text)
    id = findHead.get(text)!
    if (headCharacters > REMEMBERED_CHARACTERS) {
      heads = new Map()
      headCharacters = 0
    }
    heads.set(text, id)
    headCharacters += text.length
    return id
  }

  function flushGenes(): void {
    for (const { id, first, last, isWhole, keys, carriers, somatic } of geneSets.values()) {
      const { substitutions, others } = keys.toColumns()
      const people = [toColumn(carriers), toColumn(somatic)]
      updateGenes.run(first, last, isWhole, ...people, keys.size, substitutions, others, id)
    }
    geneSets = new Map()
  }

  function genesOf(variant: Variant, text: string): GeneSet | undefined {
    if (text === '') return undefined
    const { contig, start } = variant
    const stretch = start >> STRETCH_BITS
    const type = isLongAllele(variant) ? LONG : alleleType(variant)
    const name = `${contig}:${stretch}:${type}:${text}`
    let set = geneSets.get(name)
    if (!set) {
      const { changes } = insertGenes.run(contig, stretch, text, type, start, start)
      const row = findGenes.get(contig, stretch, text, type)!
      set = toGeneSet(row)
      // Symbols and ids are asked alike, so that their kind does not matter here.
      if (changes > 0) for (const term of termsOf(text)) insertGene.run(term.slice(1), set.id)
      if (geneSets.size >= REMEMBERED_GENE_SETS) flushGenes()
      geneSets.set(name, set)
    }
    if (start < set.first) set.first = start
    if (start > set.last) set.last = start
    return set
  }

  function toGeneSet(row: GeneSetRow): GeneSet {
    const carriers = fromColumn(row.carriers).clone()
    const keys = createKeyList()
    keys.addAll(decodeKeys(row))
    const full = carriers.size === people
    return { ...row, isWhole: row.is_whole, keys, carriers, somatic: fromColumn(row.somatic).clone(), full }
  }

  function addCarriers(set: GeneSet, variant: Variant, sets: EncodedSets): void {
    if (!isCarriedBy(sets)) {
      set.isWhole &&= 0
      return
    }
    set.keys.add(variant)
    const somatic = sets[SOMATIC]!
    if (somatic !== null) addStored(somatic, set.somatic)
    if (set.full) return
    for (const index of CARRIERS) {
      const carriers = sets[index]!
      if (carriers !== null) addStored(carriers, set.carriers)
    }
    set.full = set.carriers.size === people
  }

  /** The set does not know any more which alleles it has. */
  function spoil(id: number): void {
    spoilGenes.run(id)
    for (const set of geneSets.values()) if (set.id === id) set.isWhole = null
  }

  /** What is not of genes, as `terms` holds it. */
  function encode(terms: readonly string[]): Buffer {
    let at = 0
    const put = (value: number): void => {
      let rest = value
      for (; rest > 0x7f; rest >>>= 7) scratch[at++] = (rest & 0x7f) | 0x80
      scratch[at++] = rest
    }
    for (const term of terms) {
      const length = headLength(term)
      const tail = Buffer.from(term.slice(length))
      const most = at + tail.length + 2 * MOST_VARINT_BYTES
      if (most > scratch.length) scratch = Buffer.concat([scratch.subarray(0, at)], 2 * most)
      put(headOf(term.slice(0, length)))
      put(tail.length)
      at += tail.copy(scratch, at)
    }
    return Buffer.from(scratch.subarray(0, at))
  }

  function toParts(variant: Variant, annotation: string): readonly [GeneSet | undefined, Buffer] {
    const terms = termsOf(annotation)
    const genes = genesOf(variant, terms.filter((term) => GENES.has(term[0]!)).join('\n'))
    return [genes, encode(terms.filter((term) => !GENES.has(term[0]!)))]
  }

  return {
    add(variant, annotation, sets) {
      if (annotation === '') return
      const { contig, start, referenceBases, alternateBases } = variant
      const row = [contig, start, referenceBases, alternateBases]
      for (const term of termsOf(annotation)) {
        if (KEYED.has(term[0]!)) keys.push(hashTerm(term), toPlace(contig, start))
        if (keys.length < 2 * KEYS_AT_ONCE) continue
        insertKeys.run(keys)
        keys = []
      }
      const [genes, terms] = toParts(variant, annotation)
      if (insert.run(...row, genes?.id ?? null, terms).changes > 0) {
        if (genes) addCarriers(genes, variant, sets)
        return
      }
      const before = read.get(...row)!
      const known = decodeAnnotation(
        before,
        (id) => readHead.get(id)!,
        (id) => readGenes.get(id)!,
      )
      const united = uniteAnnotations([known, annotation])
      if (united === known) return
      const [unitedGenes, unitedTerms] = united === annotation ? [genes, terms] : toParts(variant, united)
      update.run(unitedGenes?.id ?? null, unitedTerms, ...row)
      if (before.genes !== null && before.genes !== unitedGenes?.id) spoil(before.genes)
    },
    unite(variant, sets) {
      const { contig, start, referenceBases, alternateBases } = variant
      const genes = read.get(contig, start, referenceBases, alternateBases)?.genes ?? null
      if (genes !== null) addCarriers(genesOf(variant, readGenes.get(genes)!)!, variant, sets)
    },
    finish() {
      flushGenes()
      for (let at = 0; at < keys.length; at += 2) insertKey.run(keys[at], keys[at + 1])
      // In order, so that the tree is written once, from left to right; the sorter keeps to its own bound of memory.
      db.exec(`INSERT INTO annotation_key SELECT DISTINCT key, place FROM annotation_key_unsorted ORDER BY key, place;
               DROP TABLE annotation_key_unsorted`)
    },
  }
}

/** Of numbers below 2^35. */
const MOST_VARINT_BYTES = 5
