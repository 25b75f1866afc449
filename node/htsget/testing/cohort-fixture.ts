import { createHtsgetFixture, type HtsgetFixture } from './htsget-fixture.js'
import { createMemoryVcf } from './memory-vcf.js'

export const COHORT_SITES = [
  ['chr1', 10],
  ['chr1', 20],
  ['chr1', 900],
  ['chr2', 10],
] as const

const PEOPLE = [
  { sample: 'anna', individual: 1 },
  { sample: 'bo', individual: 2 },
]

/** A VCF file of anna and bo, with other content in another version. */
export async function addCohortFile(
  { files }: HtsgetFixture,
  id: string,
  datasetId: string,
  version?: string,
): Promise<void> {
  const opened = await createMemoryVcf(['anna', 'bo'], COHORT_SITES, version)
  files.set(id, { known: { id, datasetId, kind: 'variants', format: 'VCF', people: PEOPLE }, opened })
}

/** `DATASET/cohort` is a VCF file of anna and bo, in datasets that allow different things. */
export async function createCohortFixture(): Promise<HtsgetFixture> {
  const fixture = await createHtsgetFixture()
  const policy = { assembly: 'GRCh38', access: 'public', granularity: 'record' } as const
  fixture.policies.push(
    { ...policy, id: 'pseudo' },
    { ...policy, id: 'keep', identifiers: 'keep' },
    { ...policy, id: 'counts', granularity: 'count' },
    { ...policy, id: 'closed', access: 'controlled' },
  )
  for (const datasetId of ['pseudo', 'keep', 'counts', 'closed', 'withdrawn']) {
    await addCohortFile(fixture, `${datasetId}/cohort`, datasetId)
  }
  return fixture
}

/** Contig and position of each record of a VCF text. */
export function positionsIn(text: string): readonly string[] {
  const rows = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return rows.map((line) => line.split('\t').slice(0, 2).join(':'))
}
