import type { FrequencyInPopulations, PopulationFrequency } from '../../schemas/index.js'
import type { ReleasedRecord } from '../privacy/disclose.js'
import type { PopulationCounts } from '../privacy/population-counts.js'
import type { DatasetManifest } from '../variants/dataset-manifest.js'

/** Filters leave some people of a population: a frequency among them is not the population's. */
const NARROWED = ' (of the people asked about)'

/** The frequency of an allele in the dataset and in each group of its people, where the denominator is known. */
export function toFrequencies(
  { dataset: whole, groups }: ReleasedRecord['populations'],
  dataset: DatasetManifest,
  { baseUrl, isNarrowed }: { readonly baseUrl: string; readonly isNarrowed: boolean },
): readonly FrequencyInPopulations[] | undefined {
  const populations = [{ label: dataset.name, counts: whole }, ...groups]
  const frequencies = populations.flatMap(
    ({ label, counts }) => toFrequency(label + (isNarrowed ? NARROWED : ''), counts) ?? [],
  )
  if (frequencies.length === 0) return undefined
  const sourceReference = `${baseUrl}/datasets/${encodeURIComponent(dataset.id)}`
  return [{ source: dataset.controller, sourceReference, frequencies }]
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
