import { ABSENT, MISSING, type Genotypes } from '../formats/vcf/genotypes.js'
import { toFractionEntry } from '../variants/fraction-entry.js'
import { encodeNumbers, type EncodedSet } from '../variants/encode-numbers.js'
import type { Ploidy } from '../variants/ploidy.js'

/** Sample columns of one file as people: parallel arrays by column. */
export interface Columns {
  /** Node-wide numbers. */
  readonly numbers: Uint32Array
  readonly males: Uint8Array
  readonly females: Uint8Array
}

/** Calls that contradict the person's sex or ploidy; reported, never guessed at. */
export interface Contradictions {
  maleHeterozygousXY: number
  femaleOnY: number
  polyploid: number
  /** How many of the first two kinds each person has, by number: somebody with many has the wrong sex in the register. */
  readonly ofIndividuals: Record<string, number>
}

/** The people of one record: per ALT (index 0 = first ALT) and for the whole site. */
export interface ClassifiedCalls {
  readonly heterozygous: readonly EncodedSet[]
  readonly homozygous: readonly EncodedSet[]
  readonly hemizygous: readonly EncodedSet[]
  readonly noCall: EncodedSet
  readonly oneAllele: EncodedSet
  readonly somatic: readonly EncodedSet[]
  readonly fractions: readonly EncodedSet[]
}

/** Of an individual's mitochondria at least this share shows an allele that counts as homoplasmic (spec/counting.md). */
const HOMOPLASMIC_FRACTION = 0.95

/** Share of reads with an allele by sample column and ALT (1 = first); NaN where it is not known. */
export type AlleleFractions = (column: number, allele: number) => number

/** A growing list of numbers whose memory is kept from record to record. */
class NumberList {
  #numbers: Uint32Array
  #length = 0

  constructor(capacity: number) {
    this.#numbers = new Uint32Array(capacity)
  }

  clear(): void {
    this.#length = 0
  }

  push(number: number): void {
    this.#numbers[this.#length++] = number
  }

  toSet(): EncodedSet {
    return encodeNumbers(this.#numbers.subarray(0, this.#length))
  }
}

interface AltLists {
  readonly heterozygous: NumberList
  readonly homozygous: NumberList
  readonly hemizygous: NumberList
  readonly fractions: NumberList
}

/** Turns the genotypes of one file's records into sets of people, by the rules of ploidy and sex in docs/counting.md. */
export class CallClassifier {
  readonly #columns: Columns
  readonly #contradictions: Contradictions
  readonly #alts: AltLists[] = []
  readonly #noCall: NumberList
  readonly #oneAllele: NumberList

  /** @param contradictions counted up as they are met */
  constructor(columns: Columns, contradictions: Contradictions) {
    this.#columns = columns
    this.#contradictions = contradictions
    this.#noCall = new NumberList(columns.numbers.length)
    this.#oneAllele = new NumberList(columns.numbers.length)
  }

  /**
   * @param countable false: the record fails FILTER, so nobody was called
   * @param fractions on MT, where the file tells them
   */
  classify(
    genotypes: Genotypes,
    alts: number,
    ploidy: Ploidy,
    countable: boolean,
    fractions?: AlleleFractions,
  ): ClassifiedCalls {
    this.#clear(alts)
    this.#contradictions.polyploid += genotypes.polyploid
    const { numbers } = this.#columns
    if (!countable) for (const number of numbers) this.#noCall.push(number)
    else if (ploidy === 'diploid') this.#classifyDiploid(genotypes)
    else if (ploidy === 'mt') this.#classifyMitochondrial(genotypes, fractions)
    else this.#classifyBySex(genotypes, ploidy)
    const lists = this.#alts.slice(0, alts)
    const nobody = lists.map(() => null)
    return {
      heterozygous: lists.map((list) => list.heterozygous.toSet()),
      homozygous: lists.map((list) => list.homozygous.toSet()),
      hemizygous: lists.map((list) => list.hemizygous.toSet()),
      noCall: this.#noCall.toSet(),
      oneAllele: this.#oneAllele.toSet(),
      somatic: nobody,
      fractions: nobody,
    }
  }

  /** Of a tumour only this is taken: who has the allele, and in which share of the reads. Nobody is called or not called by it. */
  classifySomatic(
    { first, second }: Genotypes,
    alts: number,
    countable: boolean,
    fractions?: AlleleFractions,
  ): ClassifiedCalls {
    this.#clear(alts)
    const { numbers } = this.#columns
    for (let column = 0; countable && column < numbers.length; column++) {
      const a = first[column]!
      const b = second[column]!
      if (a > 0) this.#somatic(column, a, fractions)
      if (b > 0 && b !== a) this.#somatic(column, b, fractions)
    }
    const lists = this.#alts.slice(0, alts)
    const nobody = lists.map(() => null)
    const none = { heterozygous: nobody, homozygous: nobody, hemizygous: nobody, noCall: null, oneAllele: null }
    return {
      ...none,
      somatic: lists.map((list) => list.heterozygous.toSet()),
      fractions: lists.map((list) => list.fractions.toSet()),
    }
  }

  #somatic(column: number, allele: number, fractions: AlleleFractions | undefined): void {
    const person = this.#columns.numbers[column]!
    const lists = this.#alts[allele - 1]!
    lists.heterozygous.push(person)
    const entry = fractions && toFractionEntry(person, fractions(column, allele))
    if (entry !== undefined) lists.fractions.push(entry)
  }

  #clear(alts: number): void {
    const size = this.#columns.numbers.length
    while (this.#alts.length < alts) {
      this.#alts.push({
        heterozygous: new NumberList(size),
        homozygous: new NumberList(size),
        hemizygous: new NumberList(size),
        fractions: new NumberList(size),
      })
    }
    for (const list of this.#alts) {
      list.heterozygous.clear()
      list.homozygous.clear()
      list.hemizygous.clear()
      list.fractions.clear()
    }
    this.#noCall.clear()
    this.#oneAllele.clear()
  }

  #classifyDiploid({ first, second, columns, listed }: Genotypes): void {
    const { numbers } = this.#columns
    for (let index = 0; index < listed; index++) {
      const column = columns[index]!
      this.#asWritten(numbers[column]!, first[column]!, second[column]!)
    }
  }

  #classifyMitochondrial({ first, second }: Genotypes, fractions: AlleleFractions | undefined): void {
    const { numbers } = this.#columns
    for (let column = 0; column < numbers.length; column++) {
      this.#mitochondrial(column, numbers[column]!, first[column]!, second[column]!, fractions)
    }
  }

  #classifyBySex({ first, second }: Genotypes, ploidy: 'x' | 'y'): void {
    const { numbers, males, females } = this.#columns
    for (let column = 0; column < numbers.length; column++) {
      const number = numbers[column]!
      const a = first[column]!
      const b = second[column]!
      if (males[column] === 1) this.#oneCopy(number, a, b)
      else if (ploidy === 'y' && females[column] === 1) this.#femaleOnY(number, a, b)
      else this.#asWritten(number, a, b)
    }
  }

  /** Two copies, or one where one is written. A half call `./1` counts its known allele: a carrier, with AN 1. */
  #asWritten(number: number, a: number, b: number): void {
    if (b === ABSENT) return this.#oneCopy(number, a, b)
    if (a === MISSING && b === MISSING) return this.#noCall.push(number)
    if (a === MISSING || b === MISSING) {
      this.#oneAllele.push(number)
      const known = a === MISSING ? b : a
      if (known > 0) this.#alts[known - 1]!.heterozygous.push(number)
    } else if (a === b) {
      if (a > 0) this.#alts[a - 1]!.homozygous.push(number)
    } else {
      if (a > 0) this.#alts[a - 1]!.heterozygous.push(number)
      if (b > 0) this.#alts[b - 1]!.heterozygous.push(number)
    }
  }

  /** One copy of the locus, however it is written; two different alleles there cannot be, so that is no call. */
  #oneCopy(number: number, a: number, b: number): void {
    const known = a === MISSING || a === ABSENT ? b : a
    if (known === MISSING || known === ABSENT) return this.#noCall.push(number)
    if (a >= 0 && b >= 0 && a !== b) {
      this.#contradictions.maleHeterozygousXY += 1
      this.#countContradiction(number)
      return this.#noCall.push(number)
    }
    this.#oneAllele.push(number)
    if (known > 0) this.#alts[known - 1]!.hemizygous.push(number)
  }

  #femaleOnY(number: number, a: number, b: number): void {
    if (a > 0 || b > 0) {
      this.#contradictions.femaleOnY += 1
      this.#countContradiction(number)
    }
    this.#noCall.push(number)
  }

  #countContradiction(number: number): void {
    const { ofIndividuals } = this.#contradictions
    ofIndividuals[number] = (ofIndividuals[number] ?? 0) + 1
  }

  /** AN is people called; the homoplasmic stand with the hemizygous, the heteroplasmic with the heterozygous. */
  #mitochondrial(column: number, number: number, a: number, b: number, fractions: AlleleFractions | undefined): void {
    if (a < 0 && b < 0) return this.#noCall.push(number)
    this.#oneAllele.push(number)
    if (a >= 0 && b >= 0 && a !== b) {
      if (a > 0) this.#alts[a - 1]!.heterozygous.push(number)
      if (b > 0) this.#alts[b - 1]!.heterozygous.push(number)
      return
    }
    const known = a >= 0 ? a : b
    if (known <= 0) return
    const isMixed = fractions !== undefined && fractions(column, known) < HOMOPLASMIC_FRACTION
    const { heterozygous, hemizygous } = this.#alts[known - 1]!
    if (isMixed) heterozygous.push(number)
    else hemizygous.push(number)
  }
}
