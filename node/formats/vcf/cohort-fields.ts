/** INFO fields that are counted anew over the columns that stay, where a record has genotypes. */
export const RECOUNTED_FIELDS = ['AC', 'AN', 'AF', 'NS'] as const
export type RecountedField = (typeof RECOUNTED_FIELDS)[number]

export function isRecounted(key: string): key is RecountedField {
  return (RECOUNTED_FIELDS as readonly string[]).includes(key)
}

/** Words that, alone or between underscores, name a number counted over people: `AC_Het`, `EAS_AF`, `MAF`. */
const COUNTING_WORDS = new Set([
  'AC',
  'AN',
  'AF',
  'NS',
  'MAC',
  'MAF',
  'HET',
  'HOM',
  'HEMI',
  'HWE',
  'NHOMALT',
  'NCC',
  'GTC',
])
/** Other numbers over all columns, of bcftools and GATK: sums of depths, and tests of genotypes. */
const COUNTING_KEYS = new Set([
  'AD',
  'ADF',
  'ADR',
  'DP',
  'DP4',
  'EXCHET',
  'EXCESSHET',
  'F_MISSING',
  'INBREEDINGCOEFF',
  'MLEAC',
  'MLEAF',
])

/**
 * Whether an INFO field may tell of people whose columns go: those counted over a cohort, by their names. A frequency of another
 * cohort (`gnomAD_AF`) has such a name, too, and cannot be told from them.
 */
export function isCountedOverPeople(key: string): boolean {
  const upper = key.toUpperCase()
  return COUNTING_KEYS.has(upper) || upper.split(/[_.]/).some((word) => COUNTING_WORDS.has(word))
}

/** Called alleles of some columns. */
export class GenotypeCounts {
  /** By allele, REF first. */
  readonly #alleles: number[]
  #called = 0
  #people = 0

  /** @param alternates how many ALTs the record has */
  constructor(alternates: number) {
    this.#alleles = new Array<number>(alternates + 1).fill(0)
  }

  /** @param alleles of one person, missing ones left out. @returns false: the record has no such allele */
  add(alleles: readonly number[]): boolean {
    if (alleles.length > 0) this.#people++
    for (const allele of alleles) {
      if (!(allele < this.#alleles.length)) return false
      this.#alleles[allele]! += 1
      this.#called++
    }
    return true
  }

  /** Of AC and AF one for each ALT; of AF undefined where nobody was called. */
  valuesOf(field: RecountedField): readonly (number | undefined)[] {
    if (field === 'AN') return [this.#called]
    if (field === 'NS') return [this.#people]
    const carried = this.#alleles.slice(1)
    return field === 'AC' ? carried : carried.map((count) => (this.#called === 0 ? undefined : count / this.#called))
  }
}

/** Columns that stay, and the same as stretches [from, to) that are copied whole. */
export interface KeptColumns {
  readonly columns: readonly number[]
  readonly stretches: readonly { readonly from: number; readonly to: number }[]
}

/**
 * The places of some columns among all, in the file's order.
 *
 * @returns undefined: all of them
 * @throws TypeError the file has no such column
 */
export function findColumns(all: readonly string[], kept: readonly string[]): KeptColumns | undefined {
  const unknown = kept.find((name) => !all.includes(name))
  if (unknown !== undefined) throw new TypeError(`the file has no sample ${unknown}`)
  const names = new Set(kept)
  const columns = all.flatMap((name, column) => (names.has(name) ? [column] : []))
  if (columns.length === all.length) return undefined
  const stretches: { from: number; to: number }[] = []
  for (const column of columns) {
    const last = stretches.at(-1)
    if (last?.to === column) last.to++
    else stretches.push({ from: column, to: column + 1 })
  }
  return { columns, stretches }
}
