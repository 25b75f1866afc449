/** A record as it stands in an answer. */
export type BeaconRecord = Readonly<Record<string, unknown>>

/** The data of the right beacon: all seven entry types, valid by the official default model. */
export interface RightData {
  readonly analysis: readonly BeaconRecord[]
  readonly biosample: readonly BeaconRecord[]
  readonly cohort: readonly BeaconRecord[]
  readonly dataset: readonly BeaconRecord[]
  readonly genomicVariant: readonly BeaconRecord[]
  readonly individual: readonly BeaconRecord[]
  readonly run: readonly BeaconRecord[]
}

const FEMALE = { id: 'NCIT:C16576', label: 'female' }
const MALE = { id: 'NCIT:C20197', label: 'male' }
const YEAR = { id: 'NCIT:C29848', label: 'Year' }
const PEOPLE = 5

const number = (n: number) => String(n).padStart(2, '0')

function individual(n: number): BeaconRecord {
  return {
    id: `ind-${number(n)}`,
    sex: n % 2 === 0 ? MALE : FEMALE,
    karyotypicSex: n % 2 === 0 ? 'XY' : 'XX',
    phenotypicFeatures: [
      { featureType: { id: 'HP:0001250', label: 'Seizure' }, onset: { iso8601duration: `P${n}Y` } },
      ...(n < 3 ? [{ featureType: { id: 'HP:0001263', label: 'Global developmental delay' }, excluded: false }] : []),
    ],
    diseases: [
      {
        diseaseCode: { id: 'MONDO:0005027', label: 'epilepsy' },
        ageOfOnset: { start: { iso8601duration: 'P1Y' }, end: { iso8601duration: 'P2Y' } },
      },
    ],
    measures: [
      {
        assayCode: { id: 'LOINC:29463-7', label: 'Body weight' },
        measurementValue: { unit: { id: 'UCUM:kg', label: 'kilogram' }, value: 40 + n },
        date: '2024-02-03',
      },
    ],
    exposures: [
      {
        exposureCode: { id: 'EFO:0004318', label: 'smoking behaviour' },
        ageAtExposure: { iso8601duration: 'P30Y' },
        unit: YEAR,
        duration: 'P2Y',
      },
    ],
    treatments: [
      { treatmentCode: { id: 'CHEBI:39867', label: 'valproic acid' }, ageAtOnset: { iso8601duration: 'P3Y' } },
    ],
  }
}

function biosample(n: number): BeaconRecord {
  return {
    id: `bio-${number(n)}`,
    individualId: `ind-${number(n)}`,
    biosampleStatus: { id: 'EFO:0009654', label: 'reference sample' },
    sampleOriginType: { id: 'UBERON:0000178', label: 'blood' },
    collectionDate: '2023-05-06',
    collectionMoment: `P${n}Y`,
  }
}

function run(n: number): BeaconRecord {
  return {
    id: `run-${number(n)}`,
    biosampleId: `bio-${number(n)}`,
    individualId: `ind-${number(n)}`,
    runDate: '2023-06-07',
    libraryLayout: 'PAIRED',
    librarySource: { id: 'GENEPIO:0001966', label: 'genomic source' },
    platform: 'Illumina',
  }
}

function analysis(n: number): BeaconRecord {
  return {
    id: `ana-${number(n)}`,
    runId: `run-${number(n)}`,
    biosampleId: `bio-${number(n)}`,
    individualId: `ind-${number(n)}`,
    analysisDate: '2023-07-08',
    pipelineName: 'made up 1.0',
  }
}

interface Facts {
  readonly id: string
  readonly variation: object
  readonly rest?: object
  readonly carriers: readonly number[]
}

export const CHROMOSOME_17 = 'refseq:NC_000017.11'

function location(start: number, end: number): object {
  const position = (value: number) => ({ type: 'Number', value })
  return {
    type: 'SequenceLocation',
    sequence_id: CHROMOSOME_17,
    interval: { type: 'SequenceInterval', start: position(start), end: position(end) },
  }
}

function variant({ id, variation, rest = {}, carriers }: Facts): BeaconRecord {
  return {
    id,
    variantInternalId: id,
    variation,
    ...rest,
    caseLevelData: carriers.map((n) => ({
      biosampleId: `bio-${number(n)}`,
      individualId: `ind-${number(n)}`,
      zygosity: { id: 'GENO:0000135', label: 'heterozygous' },
    })),
    frequencyInPopulations: [
      {
        source: 'this beacon',
        sourceReference: 'https://beacon.invalid/',
        frequencies: [{ population: 'everybody', alleleFrequency: carriers.length / (2 * PEOPLE) }],
      },
    ],
  }
}

function legacy(
  start: number,
  end: number,
  variantType: string,
  referenceBases: string,
  alternateBases: string,
): object {
  return { variantType, referenceBases, alternateBases, location: location(start, end) }
}

function annotated(change: string, hgvs: string): object {
  return {
    identifiers: { genomicHGVSId: hgvs, clinvarVariantId: 'clinvar:12345' },
    molecularAttributes: {
      geneIds: ['BRCA1'],
      aminoacidChanges: [change],
      molecularEffects: [{ id: 'SO:0001583', label: 'missense_variant' }],
    },
    variantLevelData: {
      clinicalInterpretations: [
        {
          conditionId: 'condition-1',
          effect: { id: 'MONDO:0003582', label: 'hereditary breast ovarian cancer syndrome' },
          clinicalRelevance: 'likely pathogenic',
        },
      ],
    },
  }
}

const VARIANTS: readonly Facts[] = [
  {
    id: '17:43045711:T>C',
    variation: legacy(43045711, 43045712, 'SNP', 'T', 'C'),
    rest: annotated('M1V', 'NC_000017.11:g.43045712T>C'),
    carriers: [1, 2, 3],
  },
  {
    id: '17:43045800:G>A',
    variation: {
      type: 'Allele',
      location: location(43045800, 43045801),
      state: { type: 'LiteralSequenceExpression', sequence: 'A' },
    },
    rest: annotated('R30K', 'NC_000017.11:g.43045801G>A'),
    carriers: [2],
  },
  {
    id: '17:43046000:AT>',
    variation: legacy(43046000, 43046002, 'DEL', 'AT', ''),
    carriers: [1, 4],
  },
  {
    id: '17:43046100:>GG',
    variation: legacy(43046100, 43046100, 'INS', '', 'GG'),
    carriers: [5],
  },
  {
    id: '17:43050000-43060000:DUP',
    variation: legacy(43050000, 43060000, 'DUP', '', ''),
    carriers: [3],
  },
  {
    id: '17:43070000-43080000:LOSS',
    variation: { type: 'CopyNumberChange', subject: location(43070000, 43080000), copy_change: 'efo:0030067' },
    carriers: [4],
  },
]

const people = Array.from({ length: PEOPLE }, (_, i) => i + 1)

export const RIGHT_DATA: RightData = {
  individual: people.map(individual),
  biosample: people.map(biosample),
  run: people.map(run),
  analysis: people.map(analysis),
  genomicVariant: VARIANTS.map(variant),
  dataset: [
    {
      id: 'genomes',
      name: 'Genomes',
      createDateTime: '2024-01-01T00:00:00Z',
      updateDateTime: '2024-06-01T00:00:00Z',
      dataUseConditions: { duoDataUse: [{ id: 'DUO:0000042', label: 'general research use', version: '2021-02-23' }] },
    },
    { id: 'panels', name: 'Panels', description: 'Without anything in it' },
  ],
  cohort: [
    {
      id: 'epilepsy',
      name: 'People with epilepsy',
      cohortType: 'study-defined',
      cohortSize: PEOPLE,
      inclusionCriteria: { diseaseConditions: [{ diseaseCode: { id: 'MONDO:0005027', label: 'epilepsy' } }] },
      collectionEvents: [
        { eventNum: 1, eventGenders: { availability: true, distribution: { genders: { female: 3, male: 2 } } } },
      ],
    },
  ],
}
