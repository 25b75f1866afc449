import { FormatError } from '../formats/format-error.js'
import type { Ploidy } from '../variants/ploidy.js'
import { toZero, type Interval, type SiteCounts } from '../variants/site-counts.js'
import type { SitesFacts } from '../variants/dataset-manifest.js'

/** INFO keys of counts; which of them a file declares says how absence is to be read. */
export const COUNT_KEYS = [
  'AC',
  'AN',
  'AC_Het',
  'AC_Hom',
  'AC_Hemi',
  'AC_het',
  'AC_hom',
  'nhomalt',
  'AC_male',
  'AC_XY',
  'nhomalt_male',
  'nhomalt_XY',
  'Obs',
  'Hom',
  'Hem',
] as const

export type CountKey = (typeof COUNT_KEYS)[number]

/** A number of one record, of one of its ALTs where the key has one for each; undefined when the record does not say. */
export type ReadCount = (key: CountKey) => number | undefined

/** What a file declares, and so what its records mean. */
export interface SitesFormat extends SitesFacts {
  readonly declared: ReadonlySet<string>
}

/** @throws FormatError the file declares no counts, or two kinds */
export function toSitesFormat(declared: ReadonlySet<string>, cases: number | undefined): SitesFormat {
  const hasCounts = declared.has('AC') || (declared.has('AC_hom') && declared.has('AC_het'))
  const hasObservations = declared.has('Obs')
  if (hasCounts && hasObservations) {
    throw new FormatError('the header declares both INFO AC and INFO Obs: which of them counts? Leave one out')
  }
  if (!hasCounts && !hasObservations) {
    throw new FormatError('the header declares neither INFO AC (with AN) nor INFO Obs, so nothing is counted')
  }
  const source = hasCounts ? 'allele-counts' : 'observations'
  return { source, declared, ...(cases === undefined ? {} : { cases }) }
}

/**
 * What a record says of one allele (spec/counting.md; docs/counting.md, "Pre-counted data"). X and Y are taken as written, as
 * for people of unknown sex.
 *
 * @throws FormatError numbers that are missing or contradict each other
 */
export function toSiteNumbers(format: SitesFormat, read: ReadCount, ploidy: Ploidy): SiteCounts {
  if (format.source === 'observations') return fromObservations(format, read, ploidy)
  const [homoplasmic, heteroplasmic] = [read('AC_hom'), read('AC_het')]
  if (ploidy === 'mt' && homoplasmic !== undefined && heteroplasmic !== undefined) {
    return fromPlasmic(homoplasmic, heteroplasmic, read('AN'))
  }
  return fromAlleleCount(read, ploidy)
}

function exactly(value: number): Interval {
  return { lower: value, upper: value }
}

function demand(condition: boolean, reason: string): void {
  if (!condition) throw new FormatError(reason)
}

function demandCount(value: number | undefined, key: CountKey): number {
  if (value === undefined) throw new FormatError(`INFO has no ${key}, so it is not known how often the allele was seen`)
  return value
}

/** Cases in which the allele was observed; nothing is known of the cases without it. */
function fromObservations({ declared, cases }: SitesFormat, read: ReadCount, ploidy: Ploidy): SiteCounts {
  const observed = demandCount(read('Obs'), 'Obs')
  demand(cases === undefined || observed <= cases, `INFO Obs ${observed} is more than ##NrCases ${cases}`)
  // loqusdb leaves out zeros, so that absence means zero where the header knows the key.
  const homozygotes = read('Hom') ?? (declared.has('Hom') ? 0 : undefined)
  const hemizygotes = read('Hem') ?? (declared.has('Hem') ? 0 : undefined)
  const heterozygotes = observed - (homozygotes ?? 0) - (hemizygotes ?? 0)
  demand(heterozygotes >= 0, `INFO Hom and Hem are more than Obs ${observed}`)
  const nothing = toZero(0, 'unknown')
  if (observed === 0) return nothing
  const base = { individuals: exactly(observed), alleleNumber: 0, anBasis: 'unknown' } as const
  // Whether a mitochondrial allele is homoplasmic the genotype alone does not tell.
  if (ploidy === 'mt') return { ...base, alleleCount: exactly(observed) }
  const alleleCount = homozygotes === undefined ? { lower: observed, upper: 2 * observed } : observed + homozygotes
  return {
    ...base,
    alleleCount: typeof alleleCount === 'number' ? exactly(alleleCount) : alleleCount,
    ...(homozygotes === undefined ? {} : { homozygotes }),
    ...(hemizygotes === undefined ? {} : { hemizygotes }),
    ...(homozygotes === undefined || hemizygotes === undefined ? {} : { heterozygotes }),
  }
}

/** gnomAD's mitochondrial counts, which are people, and AN people called. */
function fromPlasmic(homoplasmic: number, heteroplasmic: number, called: number | undefined): SiteCounts {
  const people = homoplasmic + heteroplasmic
  demand(called === undefined || people <= called, `INFO AC_hom and AC_het are more than AN ${called}`)
  return {
    individuals: exactly(people),
    alleleCount: exactly(people),
    alleleNumber: called ?? 0,
    anBasis: called === undefined ? 'unknown' : 'called',
    heterozygotes: heteroplasmic,
    homozygotes: 0,
    hemizygotes: homoplasmic,
  }
}

function fromAlleleCount(read: ReadCount, ploidy: Ploidy): SiteCounts {
  const alleleCount = demandCount(read('AC'), 'AC')
  const alleleNumber = read('AN')
  demand(
    alleleNumber === undefined || alleleCount <= alleleNumber,
    `INFO AC ${alleleCount} is more than AN ${alleleNumber}`,
  )
  // On MT people are counted, and a file may write one copy or two for each: its AN is not known to be people.
  const isPeople = ploidy !== 'mt' && alleleNumber !== undefined
  const denominator = {
    alleleNumber: isPeople ? alleleNumber : 0,
    anBasis: isPeople ? 'called' : 'unknown',
  } as const
  const zygosities = readZygosities(read, alleleCount) ?? readHomozygotes(read, alleleCount, ploidy)
  const individuals = zygosities?.individuals ?? { lower: Math.ceil(alleleCount / 2), upper: alleleCount }
  if (alleleCount === 0) return toZero(denominator.alleleNumber, denominator.anBasis)
  if (ploidy === 'mt') return { individuals, alleleCount: individuals, ...denominator }
  return { ...zygosities?.known, individuals, alleleCount: exactly(alleleCount), ...denominator }
}

interface Zygosities {
  readonly individuals: Interval
  readonly known: Pick<SiteCounts, 'heterozygotes' | 'homozygotes' | 'hemizygotes'>
}

/**
 * AC_Het, AC_Hom and AC_Hemi together. AC_Hom is alleles for bcftools, and people for ExAC: which of the two, the sum shows.
 */
function readZygosities(read: ReadCount, alleleCount: number): Zygosities | undefined {
  const [heterozygotes, homozygous, hemizygotes] = [read('AC_Het'), read('AC_Hom'), read('AC_Hemi')]
  if (heterozygotes === undefined || homozygous === undefined || hemizygotes === undefined) return undefined
  const others = heterozygotes + hemizygotes
  const areAlleles = others + homozygous === alleleCount && homozygous % 2 === 0
  demand(
    areAlleles || others + 2 * homozygous === alleleCount,
    `INFO AC_Het ${heterozygotes}, AC_Hom ${homozygous} and AC_Hemi ${hemizygotes} do not add up to AC ${alleleCount}`,
  )
  const homozygotes = areAlleles ? homozygous / 2 : homozygous
  return { individuals: exactly(others + homozygotes), known: { heterozygotes, homozygotes, hemizygotes } }
}

/** nhomalt, as in gnomAD: people with two copies. An allele that was seen once has none of these. */
function readHomozygotes(read: ReadCount, alleleCount: number, ploidy: Ploidy): Zygosities | undefined {
  const homozygotes = read('nhomalt') ?? (alleleCount === 1 ? 0 : undefined)
  if (homozygotes === undefined) return undefined
  const others = alleleCount - 2 * homozygotes
  demand(others >= 0, `INFO nhomalt ${homozygotes} needs more than AC ${alleleCount}`)
  const individuals = exactly(others + homozygotes)
  if (ploidy === 'diploid') return { individuals, known: { heterozygotes: others, homozygotes, hemizygotes: 0 } }
  const hemizygotes = ploidy === 'x' ? readHemizygotes(read) : undefined
  if (hemizygotes === undefined || hemizygotes > others) return { individuals, known: { homozygotes } }
  return { individuals, known: { heterozygotes: others - hemizygotes, homozygotes, hemizygotes } }
}

/** Alleles of men are men with one copy, where the file says that it wrote no man as a homozygote. */
function readHemizygotes(read: ReadCount): number | undefined {
  const homozygousMen = read('nhomalt_male') ?? read('nhomalt_XY')
  return homozygousMen === 0 ? (read('AC_male') ?? read('AC_XY')) : undefined
}
