import type { FrequencyInPopulations, PopulationFrequency } from '../../schemas/index.js'
import type { ReleasedRecord } from '../privacy/disclose-record.js'
import type { PopulationCounts } from '../privacy/population-counts.js'
import type { DatasetManifest } from '../variants/dataset-manifest.js'

/** Filters leave some people of a population: a frequency among them is not the population's. */
const NARROWED = ' (of the people asked about)'

interface Style {
  readonly baseUrl: string
  readonly isNarrowed: boolean
}

/**
 * The frequency of an allele in the dataset and in each group of its people, and in all that each controller has, where the
 * denominator is known.
 */
export function toFrequencies(
  { dataset: whole, groups, controllers }: ReleasedRecord['populations'],
  dataset: DatasetManifest,
  style: Style,
): readonly FrequencyInPopulations[] | undefined {
  const own = { label: dataset.name, counts: whole }
  const entries = [
    ...toEntry(dataset.controller, [dataset], [own, ...groups], style),
    ...controllers.flatMap(({ controller, datasets, counts }) => {
      return toEntry(controller, datasets, [{ label: datasets.map(({ name }) => name).join(', '), counts }], style)
    }),
  ]
  return entries.length > 0 ? entries : undefined
}

function toEntry(
  source: string,
  datasets: readonly DatasetManifest[],
  populations: readonly { readonly label: string; readonly counts: PopulationCounts }[],
  { baseUrl, isNarrowed }: Style,
): readonly FrequencyInPopulations[] {
  const frequencies = populations.flatMap(
    ({ label, counts }) => toFrequency(label + (isNarrowed ? NARROWED : ''), counts) ?? [],
  )
  if (frequencies.length === 0) return []
  const [only, another] = datasets
  const path = only && !another ? `datasets/${encodeURIComponent(only.id)}` : 'datasets'
  return [{ source, sourceReference: `${baseUrl}/${path}`, frequencies }]
}

function toFrequency(population: string, counts: PopulationCounts): PopulationFrequency | undefined {
  const { alleleCount, alleleNumber, anBasis, zygosities } = counts
  if (alleleNumber === 0 || anBasis === 'unknown') return undefined
  return {
    population,
    alleleFrequency: alleleCount / alleleNumber,
    alleleCount,
    alleleNumber,
    ...(zygosities
      ? {
          alleleCountHomozygous: zygosities.homozygotes,
          alleleCountHeterozygous: zygosities.heterozygotes,
          alleleCountHemizygous: zygosities.hemizygotes,
        }
      : {}),
  }
}
