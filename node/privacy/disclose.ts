import { lesserGranularity, type Bounds, type Counts, type Granularity } from '../../schemas/index.js'
import type { Grant } from '../access/grant.js'
import { Bitmap } from '../variants/bitmap.js'
import { carriersOf, toCounts, type CountFamilies } from '../variants/calls.js'
import type { DatasetManifest } from '../variants/dataset-manifest.js'
import { ploidyAt } from '../variants/ploidy.js'
import type { DatasetMatches, MatchedAllele, Matches, StoreAnswer } from '../variants/variant-store.js'
import type { Variant } from '../variants/variant.js'
import type { Disclosed } from './disclosed.js'
import {
  countGroups,
  toPopulationCounts,
  type GroupCounts,
  type PeopleGroup,
  type PopulationCounts,
} from './population-counts.js'

/** A record that may leave: the allele with the counts of its dataset. */
export interface ReleasedRecord {
  readonly variant: Variant
  readonly anchor: string
  readonly counts: Counts
  /** What its frequencies are made of: of the dataset's people, and of each group of them. */
  readonly populations: { readonly dataset: PopulationCounts; readonly groups: readonly GroupCounts[] }
}

/** What one dataset tells. */
export interface DatasetRelease {
  readonly dataset: DatasetManifest
  readonly granularity: Granularity
  readonly exists: boolean
  /** Matching variant records; absent below count. */
  readonly variants?: number
  /** Absent below count. */
  readonly counts?: Counts
  readonly records: readonly ReleasedRecord[]
}

/** What the node tells. */
export interface Release {
  readonly datasets: readonly DatasetRelease[]
  readonly exists: boolean
  /** The union over the datasets; absent when one of them tells less than counts. */
  readonly counts?: Counts
  readonly individuals: Bounds
}

/**
 * Turns what the store found into what may be told: each dataset at the lesser of what was asked and what it allows.
 *
 * @param requested the granularity asked for
 * @param manifests of the datasets that the store may have asked
 * @param groups of whom records tell a frequency of their own; only the visible among them count
 */
export function disclose(
  answer: StoreAnswer,
  grant: Grant,
  requested: Granularity,
  manifests: readonly DatasetManifest[],
  countFamilies: CountFamilies,
  groups: readonly PeopleGroup[] = [],
): Disclosed<Release> {
  const datasets = answer.datasets.map((found): DatasetRelease => {
    const dataset = manifests.find((manifest) => manifest.id === found.datasetId)
    const allowed = grant.granularityOf(found.datasetId)
    if (!dataset || !allowed) throw new TypeError(`the store answered for ${found.datasetId}, which was not granted`)
    return releaseDataset(found, dataset, lesserGranularity(requested, allowed), countFamilies, groups)
  })
  const countable = answer.datasets.filter((_, index) => datasets[index]!.granularity !== 'boolean')
  const tellsAll = countable.length === datasets.length && answer.node !== undefined
  const assembly = datasets[0]?.dataset.assembly
  const counts = tellsAll && assembly ? countNode(answer, answer.node, datasets, assembly, countFamilies) : undefined
  const release: Release = {
    datasets,
    exists: datasets.some((dataset) => dataset.exists),
    individuals:
      counts && counts.somaticIndividuals === undefined
        ? { lower: counts.individuals, upper: counts.individuals }
        : boundIndividuals(datasets, countable),
    ...(counts ? { counts } : {}),
  }
  return release as Disclosed<Release>
}

/** The union's counts are those of its only dataset where there is one. */
function countNode(
  answer: StoreAnswer,
  node: Matches,
  datasets: readonly DatasetRelease[],
  assembly: DatasetManifest['assembly'],
  countFamilies: CountFamilies,
): Counts {
  const same = answer.datasets.findIndex((found) => found.matches === node)
  return datasets[same]?.counts ?? countMatches(node, assembly, countFamilies)
}

function releaseDataset(
  found: DatasetMatches,
  dataset: DatasetManifest,
  granularity: Granularity,
  countFamilies: CountFamilies,
  groups: readonly PeopleGroup[],
): DatasetRelease {
  const exists = found.matches.variants > 0
  if (granularity === 'boolean') return { dataset, granularity, exists, records: [] }
  const counts = countMatches(found.matches, dataset.assembly, countFamilies)
  const records = granularity === 'record' ? found.page : []
  return {
    dataset,
    granularity,
    exists,
    variants: found.matches.variants,
    counts,
    records: records.map((match) => releaseRecord(match, dataset.assembly, countFamilies, groups)),
  }
}

function releaseRecord(
  { variant, anchor, calls }: MatchedAllele,
  assembly: DatasetManifest['assembly'],
  countFamilies: CountFamilies,
  groups: readonly PeopleGroup[],
): ReleasedRecord {
  const ploidy = ploidyAt(assembly, variant.contig, variant.start)
  return {
    variant,
    anchor,
    counts: toCounts(calls, ploidy, countFamilies),
    populations: { dataset: toPopulationCounts(calls, ploidy), groups: countGroups(calls, ploidy, groups) },
  }
}

/** Everybody with the allele, inherited or in a tumour. */
function carriersIn(matches: Matches): Bitmap {
  if (matches.kind === 'several-alleles') return Bitmap.or(matches.carriers, matches.somatic)
  return Bitmap.or(carriersOf(matches.calls), matches.calls.somatic)
}

function countMatches(matches: Matches, assembly: DatasetManifest['assembly'], countFamilies: CountFamilies): Counts {
  if (matches.kind === 'one-allele') {
    const { contig, start } = matches.variant
    return toCounts(matches.calls, ploidyAt(assembly, contig, start), countFamilies)
  }
  const { variants, carriers, somatic } = matches
  const people = { individuals: carriers.size, families: countFamilies(carriers) }
  return { variants, ...people, ...(somatic.isEmpty ? {} : { somaticIndividuals: somatic.size }) }
}

/** Datasets that tell only yes or no bound the people from below, and from above only when they say no. */
function boundIndividuals(datasets: readonly DatasetRelease[], countable: readonly DatasetMatches[]): Bounds {
  const counted = Bitmap.orMany(countable.map((found) => carriersIn(found.matches))).size
  const saysYes = datasets.some((dataset) => dataset.granularity === 'boolean' && dataset.exists)
  return saysYes ? { lower: Math.max(1, counted), upper: null } : { lower: counted, upper: counted }
}
