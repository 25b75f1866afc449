import { lesserGranularity, type Bounds, type Counts, type Granularity } from '../../schemas/index.js'
import type { Grant } from '../access/grant.js'
import { Bitmap, EMPTY } from '../variants/bitmap.js'
import { toCounts, type CountFamilies } from '../variants/calls.js'
import type { DatasetManifest } from '../variants/dataset-manifest.js'
import { ploidyAt } from '../variants/ploidy.js'
import type { AnnotationCoverage, DatasetMatches, Matches, PreCounted, StoreAnswer } from '../variants/variant-store.js'
import { NO_INTERPRETATIONS, type InterpretationSource } from '../interpretations/open-interpretations.js'
import type { PeopleGroup } from '../metadata/people-groups.js'
import type { ReadCase } from '../metadata/read-case.js'
import type { TumourType } from '../metadata/tumour-types.js'
import type { ControllersOf } from '../variants/controllers.js'
import type { InterpretationSummary } from '../interpretations/summarise.js'
import { uniteIntervals, type Interval } from '../variants/site-counts.js'
import { countSites, uniteWithSites } from './count-sites.js'
import { createCaseRelease } from './disclose-cases.js'
import { visibleAmong, withInterpretations } from './disclose-interpretations.js'
import { releaseRecord, type RecordDetails, type ReleasedRecord } from './disclose-record.js'
import { peopleWith } from '../metadata/find-records.js'
import type { Disclosed } from './disclosed.js'

/** What one dataset tells. */
export interface DatasetRelease {
  readonly dataset: DatasetManifest
  readonly granularity: Granularity
  readonly exists: boolean
  /** Matching variant records; absent below count. */
  readonly variants?: number
  /** Absent below count. */
  readonly counts?: Counts
  /** Of a pre-counted dataset, which may not know how many people; absent below count, and for datasets with people. */
  readonly individuals?: Bounds
  /** What laboratories say of the one allele that was asked for and found; absent below count. */
  readonly interpretations?: InterpretationSummary
  readonly records: readonly ReleasedRecord[]
  /** Of a question about annotations: whether all of the dataset could answer it. */
  readonly annotation?: AnnotationCoverage
}

/** What the node tells. */
export interface Release {
  readonly datasets: readonly DatasetRelease[]
  readonly exists: boolean
  /** The union over the datasets; absent when one of them tells less than counts, or what they have in common is not known. */
  readonly counts?: Counts
  readonly individuals: Bounds
  /** Pre-counted datasets that were asked what only people can tell; absent: none. */
  readonly undecidable?: number
}

/** What disclosure looks up beside the answer. All but the first may be absent: then there is nothing of the kind. */
export interface DisclosureSources {
  readonly countFamilies: CountFamilies
  readonly interpretations?: Pick<InterpretationSource, 'ofDataset'>
  /** Of whom records of a dataset tell a frequency of their own; only the visible among them count. */
  readonly groupsOf?: (dataset: DatasetManifest) => readonly PeopleGroup[]
  readonly tumourTypesOf?: (dataset: DatasetManifest) => readonly TumourType[]
  /** Whether filters or a path chose the people. */
  readonly isAboutChosen?: boolean
  /** Of datasets that may tell counts. */
  readonly controllersOf?: ControllersOf
  /** Who the people of a dataset are; asked only where they may be named. */
  readonly readerOf?: (dataset: DatasetManifest) => ReadCase
}

/**
 * Turns what the store found into what may be told: each dataset at the lesser of what was asked and what it allows.
 *
 * @param requested the granularity asked for
 * @param manifests of the datasets that the store may have asked
 */
export function disclose(
  answer: StoreAnswer,
  grant: Grant,
  requested: Granularity,
  manifests: readonly DatasetManifest[],
  sources: DisclosureSources,
): Disclosed<Release> {
  const { countFamilies, interpretations = NO_INTERPRETATIONS } = sources
  const datasets = answer.datasets.map((found): DatasetRelease => {
    const dataset = manifests.find((manifest) => manifest.id === found.datasetId)
    const allowed = grant.granularityOf(found.datasetId)
    if (!dataset || !allowed) throw new TypeError(`the store answered for ${found.datasetId}, which was not granted`)
    const granularity = lesserGranularity(requested, allowed)
    const released = releaseDataset(found, dataset, granularity, grant, sources)
    if (granularity === 'boolean' || !released.exists) return released
    const visible = grant.visibleOf(found.datasetId) ?? { kind: 'some', people: EMPTY, version: '' }
    return withInterpretations(released, found.matches, visibleAmong(interpretations.ofDataset(dataset.id), visible))
  })
  const countable = answer.datasets.filter((_, index) => datasets[index]!.granularity !== 'boolean')
  const tellsAll = countable.length === datasets.length && datasets.length > 0
  const assembly = datasets[0]?.dataset.assembly
  const counts = tellsAll && assembly ? countNode(answer, datasets, assembly, countFamilies) : undefined
  const individuals =
    counts?.individuals !== undefined && counts.somaticIndividuals === undefined
      ? { lower: counts.individuals, upper: counts.individuals }
      : boundIndividuals(datasets, countable)
  // People whose file does not say of what its alleles are may have one of those asked for.
  const isOpen = datasets.some(({ annotation }) => annotation === 'partial')
  const release: Release = {
    datasets,
    exists: datasets.some((dataset) => dataset.exists),
    individuals: isOpen ? { ...individuals, upper: null } : individuals,
    ...(counts ? { counts } : {}),
    ...(answer.undecidable?.length ? { undecidable: answer.undecidable.length } : {}),
  }
  return release as Disclosed<Release>
}

/** The union's counts are those of its only dataset where there is one. */
function countNode(
  { datasets: found, node }: StoreAnswer,
  datasets: readonly DatasetRelease[],
  assembly: DatasetManifest['assembly'],
  countFamilies: CountFamilies,
): Counts | undefined {
  if (datasets.length === 1) return datasets[0]!.counts
  const same = found.findIndex(({ matches }) => matches === node)
  const people = node && (datasets[same]?.counts ?? countMatches(node, assembly, countFamilies))
  return uniteWithSites(people, preCountedOf(found), assembly)
}

function preCountedOf(found: readonly DatasetMatches[]): readonly PreCounted[] {
  return found.flatMap(({ matches }) => (matches.kind === 'pre-counted' ? [matches] : []))
}

function releaseDataset(
  found: DatasetMatches,
  dataset: DatasetManifest,
  granularity: Granularity,
  grant: Grant,
  sources: DisclosureSources,
): DatasetRelease {
  const exists = found.matches.variants > 0
  const coverage = found.matches.kind === 'several-alleles' ? found.matches.annotation : undefined
  const annotated = coverage ? { annotation: coverage } : {}
  if (granularity === 'boolean') return { dataset, granularity, exists, records: [], ...annotated }
  const { countFamilies } = sources
  const counts = countMatches(found.matches, dataset.assembly, countFamilies)
  return {
    dataset,
    granularity,
    exists,
    variants: found.matches.variants,
    counts,
    ...annotated,
    ...(found.matches.kind === 'pre-counted' ? { individuals: found.matches.counted.individuals } : {}),
    records: granularity === 'record' ? releaseRecords(found, dataset, grant, sources) : [],
  }
}

function releaseRecords(
  { page }: DatasetMatches,
  dataset: DatasetManifest,
  grant: Grant,
  { countFamilies, interpretations = NO_INTERPRETATIONS, ...sources }: DisclosureSources,
): readonly ReleasedRecord[] {
  if (page.length === 0) return []
  const readCase = grant.tellsCases(dataset.id) ? sources.readerOf?.(dataset) : undefined
  const details: RecordDetails = {
    groups: sources.groupsOf?.(dataset) ?? [],
    tumourTypes: sources.tumourTypesOf?.(dataset) ?? [],
    isAboutChosen: sources.isAboutChosen ?? false,
    controllersOf: sources.controllersOf ?? (() => []),
    saidOf: interpretations.ofDataset(dataset.id),
    ...(readCase ? { releaseCases: createCaseRelease(readCase) } : {}),
  }
  return page.map((match) => releaseRecord(match, dataset, countFamilies, details))
}

function countMatches(matches: Matches, assembly: DatasetManifest['assembly'], countFamilies: CountFamilies): Counts {
  if (matches.kind === 'one-allele') {
    const { contig, start } = matches.variant
    return toCounts(matches.calls, ploidyAt(assembly, contig, start), countFamilies)
  }
  if (matches.kind === 'pre-counted') return countSites(matches, assembly)
  const { variants, carriers, somatic } = matches
  const people = { individuals: carriers.size, families: countFamilies(carriers) }
  return { variants, ...people, ...(somatic.isEmpty ? {} : { somaticIndividuals: somatic.size }) }
}

/**
 * Datasets that tell only yes or no bound the people from below, and from above only when they say no. Those of pre-counted ones
 * may be the same as those of the others, or not.
 */
function boundIndividuals(datasets: readonly DatasetRelease[], countable: readonly DatasetMatches[]): Bounds {
  const sets = countable.flatMap(({ matches }) => (matches.kind === 'pre-counted' ? [] : [peopleWith(matches)]))
  const people = Bitmap.orMany(sets).size
  const counted = preCountedOf(countable).map((matches): Interval => matches.counted.individuals)
  const { lower, upper } = uniteIntervals([{ lower: people, upper: people }, ...counted])
  const saysYes = datasets.some((dataset) => dataset.granularity === 'boolean' && dataset.exists)
  return saysYes ? { lower: Math.max(1, lower), upper: null } : { lower, upper }
}
