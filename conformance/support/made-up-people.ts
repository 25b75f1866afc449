/** Phenotypes for people of a VCF, made up by a seeded generator, as Beacon-friendly JSON; and the ontology they are coded by. */

type Random = () => number

export interface MadeUpSample {
  readonly id: string
  readonly tissue: string
  readonly collected: string
  readonly platform: string
  readonly pipeline: string
}

export interface MadeUpPerson {
  readonly name: string
  readonly sex: 'female' | 'male'
  readonly population: string
  readonly terms: readonly string[]
  readonly excluded: readonly string[]
  readonly onsetYears: number | undefined
  readonly score: number | undefined
  readonly samples: readonly MadeUpSample[]
}

const SEX_IDS = { female: 'NCIT:C16576', male: 'NCIT:C20197' } as const
const POPULATIONS = ['HANCESTRO:0005', 'HANCESTRO:0010'] as const
const TISSUES = ['UBERON:0000178', 'UBERON:0002097'] as const
const PLATFORMS = ['Illumina', 'Illumina NovaSeq', 'Oxford Nanopore'] as const
const PIPELINES = ['sarek', 'bcbio'] as const
const TERMS = 20
const DISEASE = 'MONDO:0000001'
const SCORE = 'LOINC:0000-1'

function pick<T>(random: Random, list: readonly T[]): T {
  return list[Math.floor(random() * list.length)]!
}

export function termId(number: number): string {
  return `TST:${String(number).padStart(7, '0')}`
}

/** A tree with a second parent here and there: term n lies below n / 2, and every fifth also below n / 3. */
function parentsOf(number: number): readonly number[] {
  if (number === 1) return []
  const parents = [Math.floor(number / 2)]
  if (number % 5 === 0) parents.push(Math.max(1, Math.floor(number / 3)))
  return [...new Set(parents)]
}

/** The ontology as an OBO file. */
export function writeOntology(): string {
  const stanzas = Array.from({ length: TERMS }, (_, index) => {
    const number = index + 1
    const parents = parentsOf(number).map((parent) => `is_a: ${termId(parent)} ! term ${parent}\n`)
    return `[Term]\nid: ${termId(number)}\nname: term ${number}\n${parents.join('')}`
  })
  return `format-version: 1.2\ndata-version: tst/2025-01-01\nontology: tst\n\n${stanzas.join('\n')}`
}

const below = new Map<string, ReadonlySet<string>>()

/** A term and everything below it, by walking up from every term; remembered, as every person is looked at with it. */
export function termsBelow(id: string): ReadonlySet<string> {
  const known = below.get(id)
  if (known) return known
  const isBelow = (number: number): boolean => termId(number) === id || parentsOf(number).some(isBelow)
  const numbers = Array.from({ length: TERMS }, (_, index) => index + 1)
  const found = new Set(numbers.filter(isBelow).map(termId))
  below.set(id, found)
  return found
}

export function makeUpPeople(names: readonly string[], random: Random): readonly MadeUpPerson[] {
  return names.map((name): MadeUpPerson => {
    const some = (most: number) =>
      Array.from({ length: Math.floor(random() * (most + 1)) }, () => termId(1 + Math.floor(random() * TERMS)))
    const terms = [...new Set(some(4))]
    const samples = Array.from({ length: Math.floor(random() * 3) }, (_, index): MadeUpSample => ({
      id: `${name}-${index}`,
      tissue: pick(random, TISSUES),
      collected: `202${Math.floor(random() * 5)}-0${1 + Math.floor(random() * 9)}-15`,
      platform: pick(random, PLATFORMS),
      pipeline: pick(random, PIPELINES),
    }))
    return {
      name,
      sex: random() < 0.5 ? 'female' : 'male',
      population: pick(random, POPULATIONS),
      terms,
      excluded: some(2).filter((term) => !terms.includes(term)),
      onsetYears: random() < 0.4 ? Math.floor(random() * 80) : undefined,
      score: random() < 0.5 ? Math.floor(random() * 100) / 4 : undefined,
      samples,
    }
  })
}

/** The files of Beacon-friendly JSON by name. */
export function toBeaconFiles(people: readonly MadeUpPerson[]): Readonly<Record<string, readonly object[]>> {
  return {
    'individuals.json': people.map((person) => ({
      id: person.name,
      sex: { id: SEX_IDS[person.sex], label: person.sex },
      ethnicity: { id: person.population },
      phenotypicFeatures: [
        ...person.terms.map((id) => ({ featureType: { id } })),
        ...person.excluded.map((id) => ({ featureType: { id }, excluded: true })),
      ],
      ...(person.onsetYears === undefined
        ? {}
        : { diseases: [{ diseaseCode: { id: DISEASE }, ageOfOnset: { iso8601duration: `P${person.onsetYears}Y` } }] }),
      ...(person.score === undefined
        ? {}
        : {
            measures: [
              {
                assayCode: { id: SCORE },
                measurementValue: { unit: { id: 'UO:0000186', label: 'none' }, value: person.score },
              },
            ],
          }),
    })),
    'biosamples.json': samplesOf(people).map(({ person, sample }) => ({
      id: sample.id,
      individualId: person.name,
      biosampleStatus: { id: 'EFO:0009654', label: 'reference sample' },
      sampleOriginType: { id: sample.tissue },
      collectionDate: sample.collected,
    })),
    'runs.json': samplesOf(people).map(({ person, sample }) => ({
      id: `run-${sample.id}`,
      biosampleId: sample.id,
      individualId: person.name,
      runDate: sample.collected,
      platform: sample.platform,
    })),
    'analyses.json': samplesOf(people).map(({ person, sample }) => ({
      id: `analysis-${sample.id}`,
      runId: `run-${sample.id}`,
      biosampleId: sample.id,
      individualId: person.name,
      analysisDate: sample.collected,
      pipelineName: sample.pipeline,
    })),
  }
}

function samplesOf(people: readonly MadeUpPerson[]) {
  return people.flatMap((person) => person.samples.map((sample) => ({ person, sample })))
}

export interface AskedFilter {
  readonly id: string
  readonly operator?: string
  readonly value?: string
  readonly includeDescendantTerms?: boolean
}

function compare(operator: string, a: number | string, b: number | string): boolean {
  switch (operator) {
    case '=':
      return a === b
    case '!':
      return a !== b
    case '<':
      return a < b
    case '>':
      return a > b
    case '<=':
      return a <= b
    default:
      return a >= b
  }
}

const COMPARISONS = ['=', '!', '<', '>', '<=', '>='] as const

export function makeUpFilter(random: Random): AskedFilter {
  const kind = Math.floor(random() * 8)
  const operator = pick(random, COMPARISONS)
  if (kind < 3) {
    const includeDescendantTerms = random() < 0.7
    return {
      id: termId(1 + Math.floor(random() * TERMS)),
      ...(includeDescendantTerms ? {} : { includeDescendantTerms }),
    }
  }
  if (kind === 3) return { id: pick(random, [...POPULATIONS, ...TISSUES, SEX_IDS.female, DISEASE]) }
  if (kind === 4) return { id: 'diseases.ageOfOnset', operator, value: `P${Math.floor(random() * 80) * 12}M` }
  if (kind === 5) return { id: SCORE, operator, value: String(Math.floor(random() * 100) / 4) }
  if (kind === 6) return { id: 'collectionDate', operator, value: `202${Math.floor(random() * 5)}-05-15` }
  return {
    id: 'platform',
    operator: random() < 0.7 ? '=' : '!',
    value: pick(random, ['Illumina', 'Illumina%', '%Nano%', '%a']),
  }
}

/** Whether a person, looked at with one sample or with all, meets a filter: plain reading, no sets. */
export function meetsFilter(person: MadeUpPerson, samples: readonly MadeUpSample[], filter: AskedFilter): boolean {
  const { id, operator = '=', value = '', includeDescendantTerms = true } = filter
  if (id === 'diseases.ageOfOnset') {
    const years = Number(value.slice(1, -1)) / 12
    return person.onsetYears !== undefined && compare(operator, person.onsetYears, years)
  }
  if (id === SCORE) return person.score !== undefined && compare(operator, person.score, Number(value))
  if (id === 'collectionDate') return samples.some(({ collected }) => compare(operator, collected, value))
  if (id === 'platform') {
    const pattern = new RegExp(`^${value.replaceAll('%', '.*')}$`)
    return samples.some(({ platform }) => pattern.test(platform) === (operator === '='))
  }
  if (id.startsWith('TST:')) {
    const wanted = includeDescendantTerms ? termsBelow(id) : new Set([id])
    return person.terms.some((term) => wanted.has(term))
  }
  if (id === DISEASE) return person.onsetYears !== undefined
  return person.population === id || SEX_IDS[person.sex] === id || samples.some(({ tissue }) => tissue === id)
}
