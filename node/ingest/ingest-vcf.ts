import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { FormatError } from '../formats/format-error.js'
import type { Individuals } from '../metadata/individuals.js'
import { EMPTY } from '../variants/bitmap.js'
import type { AbsentRule, CalledKinds, Origin } from '../variants/cohort-rules.js'
import {
  moveSegment,
  newSegmentName,
  readManifest,
  segmentsDirectory,
  writeManifest,
  type DatasetManifest,
} from '../variants/dataset-manifest.js'
import { encodeSet } from '../variants/encoded-set.js'
import type { ReferencePaths } from '../variants/reference.js'
import { leaveOut } from '../variants/sqlite/leave-out.js'
import { createSegmentWriter } from '../variants/sqlite/segment-writer.js'
import { commonCoverage } from '../variants/annotation.js'
import { coverageOf } from './annotation/annotation-reader.js'
import { readCallableRegions } from './bed.js'
import { enrol, type Enrolled } from './enrol.js'
import { IngestError } from './ingest-error.js'
import { lockIngest } from './ingest-lock.js'
import { toIngestReport, type IngestReport, type StoredAlleles } from './ingest-report.js'
import { readPed, type PedFacts } from './ped.js'
import { openReferenceCheck } from './reference-check.js'
import { readSampleMap } from './sample-map.js'
import { addScanCounts, createScanCounts, type ScanCounts } from './scan-counts.js'
import { requireGenotypes } from './dataset-content.js'
import { ON_THIS_THREAD, type ScanMeans } from './scan-means.js'
import type { ScanPolicy } from './scan-record.js'
import { removeUnpublished } from './remove-unpublished.js'
import { scanVcf } from './scan-vcf.js'
import { toCohorts } from './to-cohorts.js'
import { openVcfFile, type VcfFile } from './vcf-file.js'

export interface IngestOptions {
  readonly nodeDirectory: string
  readonly datasetId: string
  readonly files: readonly string[]
  readonly ped?: string
  readonly sampleMap?: string
  /** What the absence of a site from the files says of their people; default: the reference. */
  readonly absent?: AbsentRule
  /** Default: germline. */
  readonly origin?: Origin
  /** What was sequenced, in the laboratory's words. */
  readonly assay?: string
  /** BED file of the regions that the assay covers; default: the whole assembly. */
  readonly callable?: string
  /** What the callers looked for; default: the kinds of alleles that a file has. */
  readonly calls?: CalledKinds
  /** FASTA files of the node's assemblies. */
  readonly references?: ReferencePaths
  readonly individuals: Individuals
  readonly now: () => Date
  /** What scans the files; default: this thread. */
  readonly scan?: ScanMeans
  /** Told now and then how many bytes of how many were read. */
  readonly onProgress?: (readBytes: number, totalBytes: number, records: number) => void
}

/**
 * Loads VCF files into a dataset as one new segment. Nothing of it is visible, and no person is stored, before the manifest
 * is replaced at the end.
 *
 * @throws IngestError the input cannot be stored; nothing was
 */
export async function ingestVcf(options: IngestOptions): Promise<IngestReport> {
  const unlock = lockIngest(options.nodeDirectory)
  try {
    return await ingestLocked(options)
  } finally {
    unlock()
  }
}

async function ingestLocked(options: IngestOptions): Promise<IngestReport> {
  const { nodeDirectory, datasetId, now } = options
  const startedAt = now()
  const manifest = readManifest(nodeDirectory, datasetId)
  if (!manifest) {
    throw new IngestError(datasetId, undefined, 'there is no such dataset; make it with "fyr-node dataset add"')
  }
  requireGenotypes(manifest)
  const policy = toPolicy(options, manifest)
  const files = []
  for (const path of options.files) files.push(await openVcfFile(path, manifest.assembly))
  return ingestFiles(options, { manifest, policy, files, startedAt })
}

interface IngestJob {
  readonly manifest: DatasetManifest
  readonly policy: ScanPolicy
  readonly files: readonly VcfFile[]
  readonly startedAt: Date
}

async function ingestFiles(options: IngestOptions, job: IngestJob): Promise<IngestReport> {
  const { nodeDirectory, datasetId, individuals, now, scan = ON_THIS_THREAD } = options
  const { manifest, policy, files, startedAt } = job
  const enrolled = enrol(individuals, files, {
    sampleMap: options.sampleMap === undefined ? new Map<string, string>() : readSampleMap(options.sampleMap),
    ped: options.ped === undefined ? new Map<string, PedFacts>() : readPed(options.ped),
  })
  const total = createScanCounts()
  const stored: StoredAlleles = { alleles: 0, duplicateAlleles: 0, contradictoryDuplicates: 0 }
  removeUnpublished(nodeDirectory, manifest)
  const name = newSegmentName(startedAt)
  const partial = join(segmentsDirectory(nodeDirectory, datasetId), `${name}.partial`)
  const isGermline = policy.origin === 'germline'
  const everybody = isGermline ? enrolled.people.all : EMPTY
  const writer = leaveOut(createSegmentWriter(partial, manifest.assembly, everybody), enrolled.leftOut)
  try {
    const totalBytes = files.reduce((sum, file) => sum + file.size, 0)
    const scanned: ScanCounts[] = []
    let before = 0
    for (const [index, file] of files.entries()) {
      const onRead = (bytes: number, records: number) =>
        options.onProgress?.(before + bytes, totalBytes, total.records + records)
      const coverage = isGermline ? enrolled.coverage[index] : undefined
      const covered = coverage && encodeSet(coverage)
      const source = { file, columns: enrolled.columns[index]!, policy }
      const counts = await scanVcf(source, { ...scan, covered, onRead }, writer, stored)
      addScanCounts(total, counts)
      scanned.push(counts)
      before += file.size
    }
    stored.contradictoryDuplicates = writer.contradictoryCalls
    const coverages = files.map(({ header }) => coverageOf(header.annotations))
    writer.finish(toCohorts(enrolled, scanned, policy, options), commonCoverage(coverages))
    publish(options, manifest, enrolled, stored, partial, `${name}.sqlite`)
  } catch (error) {
    writer.abandon()
    rmSync(partial, { force: true })
    throw error
  }
  const seconds = (now().getTime() - startedAt.getTime()) / 1000
  return toIngestReport(datasetId, files, enrolled, total, stored, seconds)
}

/** @throws IngestError a reference that cannot be opened, or a BED file that cannot be read */
function toPolicy(options: IngestOptions, manifest: DatasetManifest): ScanPolicy {
  const { assembly, minimumGenotypeQuality, normalisation, id } = manifest
  const { origin = 'germline', absent = 'hom-ref', references = {}, callable } = options
  if (normalisation === 'left-aligned' && references[assembly] === undefined) {
    const reason = `the dataset is left-aligned, and node.yaml names no reference for ${assembly} (references: ${assembly})`
    throw new IngestError(id, undefined, reason)
  }
  try {
    openReferenceCheck(assembly, references)?.close()
  } catch (error) {
    if (error instanceof FormatError) throw new IngestError('node.yaml', undefined, error.message)
    throw error
  }
  return {
    assembly,
    minimumGenotypeQuality,
    normalisation,
    origin,
    absent,
    references,
    ...(callable === undefined ? {} : { callable: readCallableRegions(callable, assembly) }),
  }
}

/** People first, then the segment, then the manifest: what is published never points at something that is not there. */
function publish(
  { nodeDirectory, datasetId, individuals, now }: IngestOptions,
  manifest: DatasetManifest,
  enrolled: Enrolled,
  { alleles }: StoredAlleles,
  partial: string,
  file: string,
): void {
  const createDateTime = now().toISOString()
  individuals.store(enrolled.individuals)
  moveSegment(nodeDirectory, datasetId, partial, file)
  writeManifest(nodeDirectory, {
    ...manifest,
    updateDateTime: createDateTime,
    content: 'genotypes',
    segments: [...manifest.segments, { file, alleles, individuals: enrolled.people.all.size, createDateTime }],
  })
}
