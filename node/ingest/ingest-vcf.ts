import { randomBytes } from 'node:crypto'
import { readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Individuals } from '../metadata/individuals.js'
import {
  readManifest,
  segmentsDirectory,
  syncFile,
  writeManifest,
  type DatasetManifest,
} from '../variants/dataset-manifest.js'
import { createSegmentWriter } from '../variants/sqlite/segment-writer.js'
import { IngestError } from './ingest-error.js'
import { createIngestReport, type IngestReport } from './ingest-report.js'
import { readPed } from './ped.js'
import { enrol, type Enrolled } from './enrol.js'
import { scanVcf } from './scan-vcf.js'
import { openVcfFile } from './vcf-file.js'

export interface IngestOptions {
  readonly nodeDirectory: string
  readonly datasetId: string
  readonly files: readonly string[]
  readonly ped?: string
  readonly individuals: Individuals
  readonly now: () => Date
  /** Told now and then how many bytes of how many were read. */
  readonly onProgress?: (readBytes: number, totalBytes: number, records: number) => void
}

/**
 * Loads VCF files into a dataset as one new segment. Nothing of it is visible before the manifest is replaced at the end.
 *
 * @throws IngestError the input cannot be stored; nothing was
 */
export async function ingestVcf(options: IngestOptions): Promise<IngestReport> {
  const { nodeDirectory, datasetId, individuals, now } = options
  const manifest = requireManifest(nodeDirectory, datasetId)
  const startedAt = now()
  const files = []
  for (const path of options.files) files.push(await openVcfFile(path, manifest.assembly))
  const ped = options.ped === undefined ? new Map() : readPed(options.ped)
  const directory = segmentsDirectory(nodeDirectory, datasetId)
  removeDeadPartials(directory)
  const enrolled = enrol(individuals, files, ped)
  const report = createIngestReport(datasetId, files, enrolled)
  const stem = `${startedAt.toISOString().replaceAll(/[^0-9]/g, '')}-${randomBytes(4).toString('hex')}`
  const partial = join(directory, `${stem}.partial-${process.pid}`)
  const writer = createSegmentWriter(partial, manifest.assembly, enrolled.people)
  try {
    const totalBytes = files.reduce((sum, file) => sum + file.size, 0)
    let before = 0
    for (const [index, file] of files.entries()) {
      const onRead = (bytes: number) => options.onProgress?.(before + bytes, totalBytes, report.records)
      await scanVcf(file, enrolled.columns[index]!, enrolled.coverage[index], manifest, writer, report, onRead)
      before += file.size
    }
    writer.finish()
    publish(options, enrolled, report, partial, `${stem}.sqlite`)
  } catch (error) {
    writer.abandon()
    rmSync(partial, { force: true })
    individuals.forget(enrolled.created)
    throw error
  }
  report.seconds = (now().getTime() - startedAt.getTime()) / 1000
  return report
}

function requireManifest(nodeDirectory: string, datasetId: string): DatasetManifest {
  const manifest = readManifest(nodeDirectory, datasetId)
  if (!manifest)
    throw new IngestError(datasetId, undefined, 'there is no such dataset; make it with "fyr-node dataset add"')
  return manifest
}

/** The manifest is read again under the node's lock: another ingest may have published meanwhile. */
function publish(
  options: IngestOptions,
  enrolled: Enrolled,
  report: IngestReport,
  partial: string,
  file: string,
): void {
  const { nodeDirectory, datasetId, individuals, now } = options
  const directory = segmentsDirectory(nodeDirectory, datasetId)
  individuals.publish(enrolled.facts, () => {
    const manifest = requireManifest(nodeDirectory, datasetId)
    removeOrphans(directory, manifest)
    renameSync(partial, join(directory, file))
    syncFile(join(directory, file))
    const createDateTime = now().toISOString()
    const segment = { file, alleles: report.alleles, individuals: enrolled.people.all.size, createDateTime }
    writeManifest(nodeDirectory, {
      ...manifest,
      updateDateTime: createDateTime,
      segments: [...manifest.segments, segment],
    })
  })
}

/** Segments that a process killed between rename and manifest left behind; safe only under the node's lock. */
function removeOrphans(directory: string, manifest: DatasetManifest): void {
  const published = new Set(manifest.segments.map((segment) => segment.file))
  for (const file of readdirSync(directory)) {
    if (file.endsWith('.sqlite') && !published.has(file)) rmSync(join(directory, file))
  }
}

/** Half-written segments of processes that are gone. */
function removeDeadPartials(directory: string): void {
  for (const file of readdirSync(directory)) {
    const pid = /\.partial-(\d+)$/.exec(file)?.[1]
    if (pid !== undefined && !isAlive(Number(pid))) rmSync(join(directory, file))
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
