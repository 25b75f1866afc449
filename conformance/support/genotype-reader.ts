/** A person of a PED file. */
export interface ReadPerson {
  readonly name: string
  readonly sex: 'male' | 'female' | 'unknown'
  readonly family: string | undefined
}

export type Zone = 'diploid' | 'x' | 'y' | 'mt'

/** What records say of one allele, person by person. */
export interface ReadAllele {
  /** As kept: the pseudoautosomal regions of Y are those of X. */
  readonly chrom: string
  /** 0-based. */
  readonly start: number
  readonly ref: string
  readonly alt: string
  /** By person: 0 no carrier, 1 heterozygous, 2 one copy, 3 homozygous. */
  readonly carried: Uint8Array
  /** By person: called alleles. */
  readonly called: Uint8Array
  records: number
  /** All its records pass FILTER and have no GQ. */
  isPlain: boolean
}

export interface Reading {
  readonly alleles: ReadonlyMap<string, ReadAllele>
  readonly contradictoryDuplicates: number
  readonly maleHeterozygousXY: number
  readonly femaleOnY: number
}

// Positions 1-based, both ends included (docs/counting.md).
const PAR_X_37 = [
  [60_001, 2_699_520],
  [154_931_044, 155_260_560],
] as const
const PAR_Y_37 = [
  [10_001, 2_649_520],
  [59_034_050, 59_363_566],
] as const

/** Where people of GRCh37 have how many copies, and where it is kept. */
export function zoneOf(
  chrom: string,
  pos: number,
): { readonly zone: Zone; readonly chrom: string; readonly shift: number } {
  if (chrom === 'MT') return { zone: 'mt', chrom, shift: 0 }
  if (chrom === 'X') {
    const isPar = PAR_X_37.some(([from, to]) => from <= pos && pos <= to)
    return { zone: isPar ? 'diploid' : 'x', chrom, shift: 0 }
  }
  if (chrom !== 'Y') return { zone: 'diploid', chrom, shift: 0 }
  const par = PAR_Y_37.findIndex(([from, to]) => from <= pos && pos <= to)
  return par < 0
    ? { zone: 'y', chrom, shift: 0 }
    : { zone: 'diploid', chrom: 'X', shift: PAR_X_37[par]![0] - PAR_Y_37[par]![0] }
}

function trim(start: number, ref: string, alt: string): { start: number; ref: string; alt: string } {
  while (ref && alt && ref.at(-1) === alt.at(-1)) [ref, alt] = [ref.slice(0, -1), alt.slice(0, -1)]
  while (ref && alt && ref[0] === alt[0]) [ref, alt, start] = [ref.slice(1), alt.slice(1), start + 1]
  return { start, ref, alt }
}

/** One person at one record: the called alleles that count, whether there can be two, and what of it cannot be. */
interface Call {
  readonly alleles: readonly number[]
  readonly isHaploid: boolean
  readonly contradiction?: 'maleHeterozygousXY' | 'femaleOnY'
}

function readCall(column: string, keys: readonly string[], sex: ReadPerson['sex'], zone: Zone, passes: boolean): Call {
  const fields = column.split(':')
  const gt = fields[keys.indexOf('GT')]!
  const gq = fields[keys.indexOf('GQ')]
  const isLow = gq !== undefined && gq !== '.' && Number(gq) < 20
  const written = gt.split(/[/|]/)
  const alleles = written.filter((allele) => allele !== '.').map(Number)
  if (!passes || isLow || alleles.length === 0) return { alleles: [], isHaploid: false }
  const areEqual = alleles.every((allele) => allele === alleles[0])
  if (zone === 'mt') return { alleles: areEqual ? [alleles[0]!] : alleles, isHaploid: areEqual }
  if (zone === 'y' && sex === 'female') {
    const isCalled = alleles.some((allele) => allele > 0)
    return { alleles: [], isHaploid: false, ...(isCalled ? { contradiction: 'femaleOnY' } : {}) }
  }
  if (zone !== 'diploid' && sex === 'male') {
    if (areEqual) return { alleles: [alleles[0]!], isHaploid: true }
    return { alleles: [], isHaploid: true, contradiction: 'maleHeterozygousXY' }
  }
  return { alleles, isHaploid: written.length === 1 }
}

/** Reads genotypes one at a time, the slow and obvious way, by docs/counting.md. */
export class GenotypeReader {
  readonly #alleles = new Map<string, ReadAllele>()
  readonly #people: readonly ReadPerson[]
  #contradictoryDuplicates = 0
  readonly #contradictions = { maleHeterozygousXY: 0, femaleOnY: 0 }

  constructor(people: readonly ReadPerson[]) {
    this.#people = people
  }

  get reading(): Reading {
    return {
      alleles: this.#alleles,
      contradictoryDuplicates: this.#contradictoryDuplicates,
      ...this.#contradictions,
    }
  }

  /** @param line a data line, without its end */
  read(line: string): void {
    const [chrom, pos, , ref, alts, , filter, , format, ...columns] = line.split('\t')
    const { zone, chrom: kept, shift } = zoneOf(chrom!, Number(pos))
    const passes = filter === 'PASS' || filter === '.'
    const keys = format!.split(':')
    // Many columns of a record are the same text: each is read once for each sex.
    const known = { male: new Map<string, Call>(), female: new Map<string, Call>(), unknown: new Map<string, Call>() }
    const calls = columns.map((column, index) => {
      const { sex } = this.#people[index]!
      let call = known[sex].get(column)
      if (!call) known[sex].set(column, (call = readCall(column, keys, sex, zone, passes)))
      if (call.contradiction) this.#contradictions[call.contradiction] += 1
      return call
    })
    for (const [index, alt] of alts!.split(',').entries()) {
      if (!/^[ACGT]+$/.test(alt)) continue
      const allele = this.#alleleOf(kept, trim(Number(pos) - 1 + shift, ref!, alt))
      allele.records += 1
      allele.isPlain &&= passes && !keys.includes('GQ')
      for (const [person, call] of calls.entries()) this.#unite(allele, person, call, index + 1, zone)
    }
  }

  #alleleOf(chrom: string, { start, ref, alt }: { start: number; ref: string; alt: string }): ReadAllele {
    const key = `${chrom}:${start}:${ref}:${alt}`
    let allele = this.#alleles.get(key)
    if (!allele) {
      const size = this.#people.length
      const sets = { carried: new Uint8Array(size), called: new Uint8Array(size) }
      this.#alleles.set(key, (allele = { chrom, start, ref, alt, ...sets, records: 0, isPlain: true }))
    }
    return allele
  }

  #unite(allele: ReadAllele, person: number, { alleles, isHaploid }: Call, index: number, zone: Zone): void {
    let copies = 0
    for (const one of alleles) if (one === index) copies += 1
    const carried = copies === 0 ? 0 : copies === 2 ? 3 : isHaploid ? 2 : 1
    const called = zone === 'mt' ? Math.min(1, alleles.length) : alleles.length
    const before = allele.carried[person]!
    if (called > 0 && allele.called[person]! > 0 && carried !== before) this.#contradictoryDuplicates += 1
    if (carried > before) allele.carried[person] = carried
    if (called > allele.called[person]!) allele.called[person] = called
  }
}
