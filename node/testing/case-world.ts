import fc from 'fast-check'
import type { IncomingRecord } from '../metadata/record.js'
import type { Origin } from '../variants/cohort-rules.js'
import { toVcf } from './node-fixture.js'

/** People of whom odd numbers are women; their names are the laboratory's. */
export const NAMES = Array.from({ length: 8 }, (_, index) => `LAB-p${index}`)
export const PED = NAMES.map((name, index) => `F${index} ${name} 0 0 ${index % 2 === 0 ? 1 : 2} 0`).join('\n')
export const SEIZURE = { id: 'HP:0001250', label: 'Seizure' }
export const WITH_SEIZURE = ['LAB-p0', 'LAB-p2', 'LAB-p4', 'LAB-p5']

export interface Call {
  readonly gt: string
  readonly gq: number
}

export interface Place {
  readonly contig: '1' | 'X' | 'Y' | 'MT'
  /** 1-based. */
  readonly pos: number
}

/** A row of a file: REF is A, and every row has the ALTs C and G. */
export interface Row extends Place {
  readonly calls: ReadonlyMap<string, Call>
}

export interface CaseFile {
  readonly origin: Origin
  readonly samples: readonly string[]
  readonly rows: readonly Row[]
}

export function toText({ samples, rows }: CaseFile): string {
  const lines = rows.map(({ contig, pos, calls }) => {
    const columns = samples.map((sample) => `${calls.get(sample)!.gt}:${calls.get(sample)!.gq}`)
    return `${contig} ${pos} . A C,G . PASS . GT:GQ ${columns.join(' ')}`
  })
  return toVcf(samples, lines)
}

const GENOTYPES = {
  autosome: ['0/0', '0/1', '1/1', '0/2', '1/2', '2/2', './.', './1', '2/.', '1', '.'],
  femaleX: ['0/0', '0/1', '1/1', '1/2', './.', './1'],
  haploid: ['0', '1', '2', '1/1', '0/1', '.'],
  MT: ['0', '1', '2', '0/1', '1/1', '1/2', '.'],
}

function genotypesOf(contig: Row['contig'], name: string): readonly string[] {
  if (contig === '1') return GENOTYPES.autosome
  if (contig === 'MT') return GENOTYPES.MT
  return contig === 'X' && NAMES.indexOf(name) % 2 === 1 ? GENOTYPES.femaleX : GENOTYPES.haploid
}

/** Rows of the same places in every file, so that a person may have calls in two. */
export const PLACES = (
  [
    ['1', 1_000],
    ['X', 50_000_000],
    ['Y', 12_000_000],
    ['MT', 100],
  ] as const
).flatMap(([contig, pos]) => Array.from({ length: 12 }, (_, index) => ({ contig, pos: pos + 10 * index })))

export function toFile(origin: CaseFile['origin'], samples: readonly string[], seed: number): CaseFile {
  const [numbers] = fc.sample(fc.array(fc.nat(999), { minLength: 2_000, maxLength: 2_000 }), { seed, numRuns: 1 })
  let next = 0
  const pick = <T>(options: readonly T[]) => options[numbers![next++]! % options.length]!
  const toCall = (contig: Row['contig'], name: string) => ({
    gt: pick(genotypesOf(contig, name)),
    gq: pick([99, 99, 20, 10]),
  })
  const places = origin === 'somatic' ? PLACES.filter(({ contig }) => contig === '1') : PLACES
  const rows = places.map(({ contig, pos }): Row => ({
    contig,
    pos,
    calls: new Map(samples.map((name) => [name, toCall(contig, name)])),
  }))
  return { origin, samples, rows }
}

/** A germline file of two, of which some people are in both, and tumours. */
export const FILES: readonly CaseFile[] = [
  toFile('germline', NAMES.slice(0, 6), 1),
  toFile('germline', NAMES.slice(4), 2),
  toFile('somatic', ['LAB-p1', 'LAB-p3'], 3),
]
type State = 'homozygous' | 'hemizygous' | 'heterozygous' | 'homoplasmic' | 'heteroplasmic'

/** What one call makes of a person at an allele, and how many alleles were called, by docs/counting.md. */
function read(contig: Row['contig'], isMale: boolean, { gt, gq }: Call, allele: string) {
  const alleles = gt.split('/')
  const called = alleles.filter((each) => each !== '.')
  const copies = called.filter((each) => each === allele).length
  if (gq < 20 || called.length === 0) return { called: 0 }
  if (contig === 'MT') {
    const state: State = new Set(called).size > 1 ? 'heteroplasmic' : 'homoplasmic'
    return { called: 1, ...(copies > 0 ? { state } : {}) }
  }
  if (contig === 'Y' && !isMale) return { called: 0 }
  if (isMale && contig !== '1') {
    if (new Set(called).size > 1) return { called: 0 }
    return { called: 1, ...(copies > 0 ? { state: 'hemizygous' as State } : {}) }
  }
  const state: State = alleles.length === 1 ? 'hemizygous' : copies === 2 ? 'homozygous' : 'heterozygous'
  return { called: called.length, ...(copies > 0 ? { state } : {}) }
}

const RANKS: readonly State[] = ['homozygous', 'homoplasmic', 'hemizygous', 'heterozygous', 'heteroplasmic']

interface Reading {
  readonly state?: State
  readonly called: number
  readonly isSomatic: boolean
}

/** What all files together say of one person at an allele. */
function readAll(files: readonly CaseFile[], name: string, { contig, pos }: Place, alt: string): Reading {
  const isMale = NAMES.indexOf(name) % 2 === 0
  const readings = files.flatMap(({ origin, rows }) =>
    rows
      .filter((row) => row.contig === contig && row.pos === pos && row.calls.has(name))
      .map((row) => ({ origin, ...read(row.contig, isMale, row.calls.get(name)!, alt === 'C' ? '1' : '2') })),
  )
  const germline = readings.filter(({ origin }) => origin === 'germline')
  const state = RANKS.find((rank) => germline.some((reading) => reading.state === rank))
  return {
    ...(state ? { state } : {}),
    called: Math.max(0, ...germline.map(({ called }) => called)),
    isSomatic: readings.some((reading) => reading.origin === 'somatic' && reading.state !== undefined),
  }
}

/** Who has an allele by the genotypes, call by call: `name origin zygosity`. */
export function casesByHand(files: readonly CaseFile[], place: Place, alt: string): readonly string[] {
  return NAMES.flatMap((name) => {
    const { state, called, isSomatic } = readAll(files, name, place, alt)
    const isHalf = state === 'heterozygous' && called < 2
    return [
      ...(state ? [`${name} germline ${isHalf ? 'unspecified zygosity' : state}`] : []),
      ...(isSomatic ? [`${name} somatic -`] : []),
    ]
  })
}

/** Alleles of some people by the genotypes: AC, AN, and carriers of two copies, one of two, and the only one. */
export function countByHand(
  files: readonly CaseFile[],
  place: Place,
  alt: string,
  people: readonly string[],
): readonly number[] {
  const readings = people.map((name) => readAll(files, name, place, alt))
  const having = (...states: readonly State[]) =>
    readings.filter(({ state }) => state !== undefined && states.includes(state)).length
  const [homozygous, heterozygous, hemizygous] = [having('homozygous'), having('heterozygous'), having('hemizygous')]
  const alleles = 2 * homozygous + heterozygous + hemizygous + having('homoplasmic', 'heteroplasmic')
  const called = readings.reduce((sum, reading) => sum + reading.called, 0)
  return [alleles, called, ...(place.contig === 'MT' ? [] : [homozygous, heterozygous, hemizygous])]
}

const STATUS = { reference: { id: 'EFO:0009654' }, tumour: { id: 'EFO:0009656' } }

interface Sample {
  readonly owner: string
  readonly id: string
  readonly status: keyof typeof STATUS
  readonly diagnosis?: string
  /** Whether it has a run and an analysis. */
  readonly isRead: boolean
}

export const SAMPLES: readonly Sample[] = [
  { owner: 'LAB-p0', id: 'LAB-blood-0', status: 'reference', isRead: true },
  { owner: 'LAB-p1', id: 'LAB-blood-1', status: 'reference', isRead: true },
  { owner: 'LAB-p1', id: 'LAB-tumour-1', status: 'tumour', diagnosis: 'NCIT:C3224', isRead: true },
  { owner: 'LAB-p3', id: 'LAB-tumour-3', status: 'tumour', diagnosis: 'NCIT:C3224', isRead: true },
  { owner: 'LAB-p3', id: 'LAB-tumour-4', status: 'tumour', diagnosis: 'NCIT:C4872', isRead: false },
  { owner: 'LAB-p4', id: 'LAB-blood-4', status: 'reference', isRead: false },
  { owner: 'LAB-p4', id: 'LAB-saliva-4', status: 'reference', isRead: false },
  { owner: 'LAB-p5', id: 'LAB-blood-5', status: 'reference', isRead: false },
]

/** Which sample an allele of somebody must be in: of several that fit the one that was read, else none. */
export function sampleByHand(owner: string, origin: Origin): Sample | undefined {
  const table: Readonly<Record<string, string>> = {
    'LAB-p0 germline': 'LAB-blood-0',
    'LAB-p1 germline': 'LAB-blood-1',
    'LAB-p1 somatic': 'LAB-tumour-1',
    // Two tumours and nothing else: the one that was read, whatever the allele is.
    'LAB-p3 germline': 'LAB-tumour-3',
    'LAB-p3 somatic': 'LAB-tumour-3',
    'LAB-p5 germline': 'LAB-blood-5',
  }
  return SAMPLES.find(({ id }) => id === table[`${owner} ${origin}`])
}

export function toRecords(): readonly IncomingRecord[] {
  const individuals = NAMES.map((name): IncomingRecord => ({
    type: 'individual',
    id: name,
    individual: name,
    document: {
      id: name,
      sex: { id: 'NCIT:C17998', label: 'unknown' },
      phenotypicFeatures: [{ featureType: SEIZURE, excluded: !WITH_SEIZURE.includes(name), notes: 'LAB-note' }],
      info: { remark: 'LAB-info' },
      pedigrees: [
        {
          id: 'LAB-family',
          disease: { diseaseCode: { id: 'MONDO:0000001' } },
          members: [
            { memberId: 'LAB-p4', role: { id: 'NCIT:C1' }, affected: true },
            { memberId: 'LAB-unknown', role: { id: 'NCIT:C2' }, affected: false },
          ],
        },
      ],
    },
  }))
  return [...individuals, ...SAMPLES.flatMap(recordsOfSample)]
}

function recordsOfSample({ owner, id, status, diagnosis, isRead }: Sample): readonly IncomingRecord[] {
  const owned = { individual: owner }
  const tumour = diagnosis === undefined ? {} : { histologicalDiagnosis: { id: diagnosis, label: `type ${diagnosis}` } }
  const sample = {
    id,
    individualId: owner,
    biosampleStatus: STATUS[status],
    sampleOriginType: { id: 'UBERON:0000178' },
    notes: 'LAB-note',
    ...tumour,
  }
  const [run, analysis] = [`LAB-run-of-${id}`, `LAB-analysis-of-${id}`]
  const read = [
    {
      type: 'run' as const,
      id: run,
      document: { id: run, individualId: owner, biosampleId: id, runDate: '2024-01-01' },
    },
    {
      type: 'analysis' as const,
      id: analysis,
      document: { id: analysis, individualId: owner, runId: run, analysisDate: '2024-01-02', pipelineName: 'made up' },
    },
  ]
  return [
    { type: 'biosample', id, ...owned, document: sample },
    ...(isRead ? read.map((record) => ({ ...record, ...owned })) : []),
  ]
}
