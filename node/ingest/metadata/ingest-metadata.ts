import { basename } from 'node:path'
import type { Individuals } from '../../metadata/individuals.js'
import { storeMetadata } from '../../metadata/store-metadata.js'
import { readManifest, writeManifest } from '../../variants/dataset-manifest.js'
import { IngestError } from '../ingest-error.js'
import { lockIngest } from '../ingest-lock.js'
import { readPed, type PedFacts } from '../ped.js'
import { isPersonalNumber } from '../personal-number.js'
import { readSampleMap } from '../sample-map.js'
import { buildBatch, leaveOutPeople, peopleOf } from './build-batch.js'
import type { KnownTerms } from './check-candidate.js'
import { checkFacts, collectFacts, withStatedFacts } from './check-facts.js'
import { checkRecord, isGood, toProblem, type CheckedRecord } from './check-records.js'
import { checkDuplicates, resolveOwners } from './check-references.js'
import { readDatasetPeople } from './dataset-people.js'
import type { MetadataFileType } from './file-kind.js'
import { readKnownRecords, readPeopleWithRecord } from './known-records.js'
import { findLinks, noteLateSexes } from './link-people.js'
import type { MetadataReport } from './metadata-report.js'
import { createNaming, type Naming } from './name-individuals.js'
import { maskPersonalNumbers } from './personal-numbers.js'
import { readSourceRecords } from './read-source-records.js'
import { Notes } from './source-record.js'

export interface MetadataOptions {
  readonly nodeDirectory: string
  readonly datasetId: string
  readonly files: readonly string[]
  /** What the records are, where the files' names do not tell. */
  readonly type?: MetadataFileType
  /** How the columns of tables become records. */
  readonly mapping?: string
  readonly ped?: string
  readonly sampleMap?: string
  /** Leaves out records with problems instead of storing nothing. */
  readonly skipBad?: boolean
  readonly ontologies?: KnownTerms
  readonly individuals: Individuals
  readonly now: () => Date
}

/**
 * Reads files of metadata, checks every record, and stores all of them or, with problems and without `skipBad`, none.
 *
 * @throws IngestError a file that cannot be read as what it is
 */
export async function ingestMetadata(options: MetadataOptions): Promise<MetadataReport> {
  const unlock = lockIngest(options.nodeDirectory)
  try {
    return await ingestLocked(options)
  } finally {
    unlock()
  }
}

async function ingestLocked(options: MetadataOptions): Promise<MetadataReport> {
  const { nodeDirectory, datasetId, individuals, now } = options
  const startedAt = now()
  const manifest = readManifest(nodeDirectory, datasetId)
  if (!manifest) {
    throw new IngestError(datasetId, undefined, 'there is no such dataset; make it with "fyr-node dataset add"')
  }
  const notes = new Notes()
  const ped = options.ped === undefined ? new Map<string, PedFacts>() : readPed(options.ped)
  const sampleMap = options.sampleMap === undefined ? new Map<string, string>() : readSampleMap(options.sampleMap)
  refusePersonalNumbers(options, sampleMap)
  const records: CheckedRecord[] = []
  for await (const record of readSourceRecords(options, notes)) {
    records.push(checkRecord(record, options.ontologies, notes))
  }
  const known = readKnownRecords(nodeDirectory, datasetId, individuals)
  const naming = createNaming(records, sampleMap, (name) => known.hasIndividual(name))
  checkNames(records, naming)
  checkDatasets(records, datasetId, notes)
  checkDuplicates(records, naming)
  checkFacts(records, naming, ped, known.byName)
  const batchNames = new Set(records.flatMap((record) => namesIn(record, naming)))
  const personOfSample = (sample: string): string | undefined =>
    sampleMap.get(sample) ?? (known.hasIndividual(sample) || batchNames.has(sample) ? sample : undefined)
  const owned = resolveOwners(records, naming, known, personOfSample)
  const bad = records.filter((record) => !isGood(record))
  // Without --skip-bad the causes are enough: with them mended, what follows from them is gone.
  const problems = bad.flatMap((record) => {
    const shown = record.problems.length > 0 ? record.problems : options.skipBad ? record.consequences : []
    return shown.map((problem) => toProblem(record, problem))
  })
  const all = buildBatch(records, owned, naming, datasetId)
  const removed = new Set(peopleOf(all).filter((name) => individuals.findRemoved(name) !== undefined))
  const batch = leaveOutPeople(all, removed)
  if (removed.size > 0) notes.add('left out: individuals who were removed from the node', removed.size)
  const given = countGiven(records)
  const report = {
    dataset: datasetId,
    files: options.files.map((file) => maskPersonalNumbers(basename(file))),
    given,
    bad: options.skipBad ? bad.length : bad.filter((record) => record.problems.length > 0).length,
    problems,
  }
  const secondsSince = () => (now().getTime() - startedAt.getTime()) / 1000
  if (bad.length > 0 && !options.skipBad) {
    return { ...report, stored: false, notes: notes.list(), seconds: secondsSince() }
  }
  const facts = collectFacts(records, naming, ped)
  const people = individuals.identify(peopleOf(batch)).map((one) => withStatedFacts(one, facts.get(one.name)))
  const withVariants = readDatasetPeople(nodeDirectory, datasetId)
  noteLateSexes(people, known.byName, (number) => withVariants.has(number), notes)
  individuals.store(people)
  const result = storeMetadata(nodeDirectory, datasetId, batch, people)
  writeManifest(nodeDirectory, { ...manifest, updateDateTime: now().toISOString() })
  const links = findLinks(people, individuals.list(), withVariants, readPeopleWithRecord(nodeDirectory, datasetId))
  return { ...report, stored: true, result, links, notes: notes.list(), seconds: secondsSince() }
}

/** A personal number must not become a name on the node. */
function refusePersonalNumbers({ sampleMap: path }: MetadataOptions, sampleMap: ReadonlyMap<string, string>): void {
  if (![...sampleMap.values()].some(isPersonalNumber)) return
  const reason = 'gives somebody a personal identity number for a name'
  throw new IngestError(basename(path!), undefined, reason)
}

function namesIn({ candidates }: CheckedRecord, naming: Naming): readonly string[] {
  return candidates.flatMap(({ type, document: { id } }) =>
    type === 'individual' && typeof id === 'string' ? [naming.nameOf(id)] : [],
  )
}

function checkNames(records: readonly CheckedRecord[], naming: Naming): void {
  for (const record of records) {
    for (const { type, document, toField } of record.candidates) {
      const { id } = document
      if (type !== 'individual' || typeof id !== 'string') continue
      const reason = naming.problemOf(id)
      if (reason !== undefined) record.problems.push({ field: toField?.('/id') ?? '/id', reason })
    }
  }
}

/** A file may describe several datasets; one of them must be this one. */
function checkDatasets(records: readonly CheckedRecord[], datasetId: string, notes: Notes): void {
  const described = records.filter(({ candidates }) => candidates.some(({ type }) => type === 'dataset'))
  const isThis = (record: CheckedRecord) => record.candidates.some(({ document }) => document['id'] === datasetId)
  const hasThis = described.some(isThis)
  for (const record of described) {
    if (isThis(record)) continue
    if (hasThis) notes.add('left out: descriptions of other datasets')
    else record.problems.push({ field: '/id', reason: `describes another dataset than ${datasetId}` })
  }
}

function countGiven(records: readonly CheckedRecord[]): Readonly<Record<string, number>> {
  const counts = new Map<string, number>()
  for (const { type } of records.filter(isGood).flatMap(({ candidates }) => candidates)) {
    counts.set(type, (counts.get(type) ?? 0) + 1)
  }
  return Object.fromEntries(counts)
}
