import type { AlleleFractionSummary, Counts } from '../../schemas/index.js'
import type { Interpretation } from '../interpretations/interpretation.js'
import type { PeopleGroup } from '../metadata/people-groups.js'
import type { TumourType } from '../metadata/tumour-types.js'
import { toCounts, type Calls, type CountFamilies } from '../variants/calls.js'
import type { ControllersOf } from '../variants/controllers.js'
import type { DatasetManifest } from '../variants/dataset-manifest.js'
import { ploidyAt, type Ploidy } from '../variants/ploidy.js'
import type { MatchedAllele } from '../variants/variant-store.js'
import type { Variant } from '../variants/variant.js'
import { countSite, toSitePopulation } from './count-sites.js'
import type { ReleaseCases, ReleasedCases } from './disclose-cases.js'
import { summariseFractions } from './summarise-fractions.js'
import { countGroups, toPopulationCounts, type GroupCounts, type PopulationCounts } from './population-counts.js'

/** Of one controller: what its people have at an allele. */
export interface ControllerCounts {
  readonly controller: string
  readonly datasets: readonly DatasetManifest[]
  readonly counts: PopulationCounts
}

export interface TumourTypeCount extends Pick<TumourType, 'field' | 'id' | 'label'> {
  readonly individuals: number
  /** In what share of their tumours' reads it is; absent where that is not known of enough of them. */
  readonly alleleFractions?: AlleleFractionSummary
}

/** A record that may leave: the allele with the counts of its dataset. */
export interface ReleasedRecord {
  readonly variant: Variant
  readonly anchor: string
  readonly counts: Counts
  /** What files say of the allele; there is no person in it (variants/annotation.ts). */
  readonly annotation: string
  /** What laboratories say of it, without people; absent: nothing. */
  readonly interpretations?: readonly Interpretation[]
  /** What its frequencies are made of: of the dataset's people, of each group of them, and of the people of controllers. */
  readonly populations: {
    readonly dataset: PopulationCounts
    readonly groups: readonly GroupCounts[]
    readonly controllers: readonly ControllerCounts[]
  }
  /** People who have it in a tumour, by the types of their tumours, the most first. */
  readonly tumourTypes: readonly TumourTypeCount[]
  /** Who has it; absent where the dataset does not allow that. */
  readonly cases?: ReleasedCases
}

/** What records of one dataset are made of beside the alleles. */
export interface RecordDetails {
  readonly groups: readonly PeopleGroup[]
  readonly tumourTypes: readonly TumourType[]
  /** Whether the people were chosen by who asked. */
  readonly isAboutChosen: boolean
  readonly controllersOf: ControllersOf
  /** Absent where the dataset may not name people. */
  readonly releaseCases?: ReleaseCases
  /** What laboratories say of the dataset's alleles, and of whom. */
  readonly saidOf: (variant: Variant) => readonly Interpretation[]
}

/** Tumour types that are told of one allele, of each field. */
const MOST_TUMOUR_TYPES = 20

export function releaseRecord(
  { variant, anchor, calls, counted, annotation }: MatchedAllele,
  { id, assembly }: Pick<DatasetManifest, 'id' | 'assembly'>,
  countFamilies: CountFamilies,
  { groups, tumourTypes, isAboutChosen, controllersOf, releaseCases, saidOf }: RecordDetails,
): ReleasedRecord {
  const ploidy = ploidyAt(assembly, variant.contig, variant.start)
  const allele = { variant, anchor, annotation }
  if (counted) {
    const populations = { dataset: toSitePopulation(counted, ploidy), groups: [], controllers: [] }
    return { ...allele, counts: countSite(counted, ploidy), populations, tumourTypes: [] }
  }
  return {
    ...allele,
    counts: toCounts(calls, ploidy, countFamilies),
    populations: {
      dataset: toPopulationCounts(calls, ploidy),
      groups: countGroups(calls, ploidy, groups),
      controllers: countControllers(controllersOf(variant), ploidy, id),
    },
    tumourTypes: countTumourTypes(calls, tumourTypes, isAboutChosen),
    ...(releaseCases ? { cases: releaseCases(variant, calls, ploidy, saidOf(variant)) } : {}),
  }
}

/** Of a controller whose only dataset this is, everything is said already. */
function countControllers(
  controllers: ReturnType<ControllersOf>,
  ploidy: Ploidy,
  own: string,
): readonly ControllerCounts[] {
  return controllers
    .filter(({ datasets }) => datasets.some(({ id }) => id !== own))
    .map(({ controller, datasets, calls }) => ({ controller, datasets, counts: toPopulationCounts(calls, ploidy) }))
}

/** @param isAboutChosen then no fractions are told: of two choices that differ in one person they would tell that one's */
function countTumourTypes(
  calls: Calls,
  types: readonly TumourType[],
  isAboutChosen: boolean,
): readonly TumourTypeCount[] {
  const { somatic } = calls
  if (somatic.isEmpty) return []
  const counted = types
    .map(({ people, ...type }): TumourTypeCount => {
      const alleleFractions = isAboutChosen ? undefined : summariseFractions(calls, people)
      const individuals = people.andCardinality(somatic)
      return { ...type, individuals, ...(alleleFractions ? { alleleFractions } : {}) }
    })
    .filter(({ individuals }) => individuals > 0)
    .sort((a, b) => b.individuals - a.individuals || (a.id < b.id ? -1 : 1))
  const places = new Map<string, number>()
  return counted.filter(({ field }) => {
    const place = (places.get(field) ?? 0) + 1
    places.set(field, place)
    return place <= MOST_TUMOUR_TYPES
  })
}
