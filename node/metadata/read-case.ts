import type { Grant } from '../access/grant.js'
import type { Origin } from '../variants/cohort-rules.js'
import type { Individuals } from './individuals.js'
import type { Metadata, StoredRecord } from './metadata.js'
import { namesOf, type NameSource, type Names } from './names.js'
import { isReferenceSample, isTumourSample } from './tumour-samples.js'

/** Whose an allele is, and where it was found, as answers of the dataset call them. */
export interface Case {
  readonly individualId: string
  /** Absent where the records do not tell which of a person's samples was read, or know of none. */
  readonly biosampleId?: string
  readonly runId?: string
  readonly analysisId?: string
}

export interface CaseSource extends NameSource {
  readonly metadata: NameSource['metadata'] & Pick<Metadata, 'recordsOf'>
  readonly individuals: NameSource['individuals'] & Pick<Individuals, 'byNumber'>
}

/** @returns undefined for a person who was removed since */
export type ReadCase = (individual: number, origin: Origin) => Case | undefined

/**
 * Reads who people are and which of their samples has an allele of an origin. Files of variants name people, so that a sample, run
 * or analysis is told only where no other can be meant. Nobody is read twice.
 */
export function createCaseReader(dataset: string, grant: Grant, source: CaseSource): ReadCase {
  const names = namesOf(dataset, grant, source)
  const known = new Map<string, Case | undefined>()
  return (individual, origin) => {
    const key = `${individual} ${origin}`
    if (!known.has(key)) known.set(key, readCase(dataset, individual, origin, names, source))
    return known.get(key)
  }
}

function readCase(
  dataset: string,
  number: number,
  origin: Origin,
  names: Names,
  { metadata, individuals }: CaseSource,
): Case | undefined {
  const individual = individuals.byNumber([number]).get(number)
  if (!individual) return undefined
  const runs = metadata.recordsOf(dataset, 'run', number)
  const analyses = metadata.recordsOf(dataset, 'analysis', number)
  const sample = chooseSample(metadata.recordsOf(dataset, 'biosample', number), origin, [...runs, ...analyses])
  const isOfSample = ({ document }: StoredRecord) => [undefined, sample?.name].includes(textOf(document['biosampleId']))
  const run = sample && onlyOne(runs.filter(isOfSample))
  const isOfRun = ({ document }: StoredRecord) => [undefined, run?.name].includes(textOf(document['runId']))
  const analysis = sample && onlyOne(analyses.filter((record) => isOfSample(record) && isOfRun(record)))
  return {
    individualId: names.ofIndividual(individual),
    ...(sample ? { biosampleId: names.ofRecord(sample) } : {}),
    ...(run ? { runId: names.ofRecord(run) } : {}),
    ...(analysis ? { analysisId: names.ofRecord(analysis) } : {}),
  }
}

/** The only sample that can have such alleles, or of several the only one that was read at all. */
function chooseSample(
  samples: readonly StoredRecord[],
  origin: Origin,
  readings: readonly StoredRecord[],
): StoredRecord | undefined {
  const fits = samples.filter(({ document }) =>
    origin === 'somatic' ? isTumourSample(document) : !isTumourSample(document),
  )
  // A laboratory may have taken nothing but tumours, or not say of what a sample is.
  const others = origin === 'somatic' ? samples.filter(({ document }) => !isReferenceSample(document)) : samples
  const candidates = fits.length > 0 ? fits : others
  if (candidates.length <= 1) return candidates[0]
  const read = new Set(readings.map(({ document }) => textOf(document['biosampleId'])))
  return onlyOne(candidates.filter(({ name }) => read.has(name)))
}

function onlyOne<T>(items: readonly T[]): T | undefined {
  return items.length === 1 ? items[0] : undefined
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
