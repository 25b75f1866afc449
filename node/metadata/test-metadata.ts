import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openIndividuals, type Individual, type Individuals } from './individuals.js'
import { openMetadata, type Metadata } from './metadata.js'
import type { IncomingRecord, MetadataBatch } from './record.js'
import { storeMetadata } from './store-metadata.js'

const PEOPLE = 10
const MICROCEPHALY = { id: 'HP:0000252', label: 'Microcephaly' }
const SEIZURE = { id: 'HP:0001250', label: 'Seizure' }
const BREAST_CARCINOMA = { id: 'MONDO:0004989', label: 'breast carcinoma' }
const FEMALE = { id: 'NCIT:C16576', label: 'female' }
const BLOOD = { id: 'UBERON:0000178', label: 'blood' }
const REFERENCE_SAMPLE = { id: 'EFO:0009654', label: 'reference sample' }

/** Pseudonyms are the same in every process, so that a request below an entry finds it in all of them. */
function pseudonymOf(kind: string, number: number): string {
  return `${kind}-TEST${String(number).padStart(8, '0')}`
}

function toPerson(number: number): Individual {
  return { number, name: `person ${number}`, pseudonym: pseudonymOf('P', number), sex: 'female' }
}

function toRecords({ number, name }: Individual): readonly IncomingRecord[] {
  const biosample = `sample ${number}`
  const run = `run ${number}`
  const days = String(number).padStart(2, '0')
  return [
    {
      type: 'individual',
      id: name,
      individual: name,
      document: {
        id: name,
        sex: FEMALE,
        phenotypicFeatures: [{ featureType: number % 2 === 0 ? MICROCEPHALY : SEIZURE }],
        ...(number > 7
          ? { diseases: [{ diseaseCode: BREAST_CARCINOMA, ageOfOnset: { iso8601duration: `P${30 + number}Y` } }] }
          : {}),
      },
    },
    {
      type: 'biosample',
      id: biosample,
      individual: name,
      document: {
        id: biosample,
        individualId: name,
        biosampleStatus: REFERENCE_SAMPLE,
        sampleOriginType: BLOOD,
        collectionDate: `2024-01-${days}`,
      },
    },
    {
      type: 'run',
      id: run,
      individual: name,
      document: {
        id: run,
        biosampleId: biosample,
        individualId: name,
        runDate: `2024-02-${days}`,
        libraryLayout: 'PAIRED',
        platform: 'Illumina',
      },
    },
    {
      type: 'analysis',
      id: `analysis ${number}`,
      individual: name,
      document: {
        id: `analysis ${number}`,
        runId: run,
        biosampleId: biosample,
        individualId: name,
        analysisDate: `2024-03-${days}`,
        pipelineName: 'synthetic',
      },
    },
  ]
}

/** Records of the ten synthetic people of testMode, beside the alleles of its store. */
export function createTestMetadata(dataset: string): {
  readonly metadata: Metadata
  readonly individuals: Individuals
} {
  const directory = mkdtempSync(join(tmpdir(), 'fyr-test-mode-'))
  try {
    const people = Array.from({ length: PEOPLE }, (_, index) => toPerson(index + 1))
    const individuals = openIndividuals(directory)
    individuals.store(people)
    const batch: MetadataBatch = {
      records: people.flatMap(toRecords),
      cohorts: [
        {
          id: 'test-cohort',
          members: people.slice(0, 5).map(({ name }) => name),
          document: { id: 'test-cohort', name: 'Synthetic cohort', cohortType: 'beacon-defined' },
        },
      ],
    }
    let number = 0
    storeMetadata(directory, dataset, batch, people, () => pseudonymOf('T', ++number))
    return { individuals, metadata: openMetadata(directory) }
  } finally {
    // What is open stays open, and keeps its content.
    rmSync(directory, { recursive: true })
  }
}
