import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { FormatError } from '../formats/format-error.js'
import { SitesHeaderReader } from '../formats/vcf/sites-header.js'
import {
  moveSegment,
  newSegmentName,
  readManifest,
  segmentsDirectory,
  writeManifest,
  type DatasetManifest,
  type SitesFacts,
} from '../variants/dataset-manifest.js'
import type { ReferencePaths } from '../variants/reference.js'
import { createSitesWriter } from '../variants/sqlite/sites-writer.js'
import { requireSites } from './dataset-content.js'
import { IngestError } from './ingest-error.js'
import { lockIngest } from './ingest-lock.js'
import { openReferenceCheck, type ReferenceCheck } from './reference-check.js'
import { removeUnpublished } from './remove-unpublished.js'
import { scanSites, type SitesCounts } from './scan-sites.js'
import { toSitesFormat, type SitesFormat } from './site-numbers.js'
import { openVcfFile, type VcfFile } from './vcf-file.js'

/** How long the replaced file is kept, as after a compaction: readers look for new manifests every 500 ms. */
const GRACE_MS = 2_000

export interface SitesOptions {
  readonly nodeDirectory: string
  readonly datasetId: string
  readonly files: readonly string[]
  readonly references?: ReferencePaths
  readonly now: () => Date
  readonly graceMs?: number
  /** Told now and then how many bytes of how many were read. */
  readonly onProgress?: (readBytes: number, totalBytes: number, records: number) => void
}

/** What a sites ingest did, as printed by `--json`. */
export interface SitesReport extends SitesCounts, SitesFacts {
  readonly dataset: string
  readonly files: readonly string[]
  /** Alleles of the dataset before, which these replaced. */
  readonly replacedAlleles: number
  readonly seconds: number
}

interface SitesFile {
  readonly file: VcfFile
  readonly format: SitesFormat
}

/**
 * Loads sites-only VCF files with counts as the whole content of a dataset: what it held before is replaced at one moment,
 * because a newer export counts the same people again.
 *
 * @throws IngestError the input cannot be stored; the dataset stays as it was
 */
export async function ingestSites(options: SitesOptions): Promise<SitesReport> {
  const { nodeDirectory, datasetId, now } = options
  const unlock = lockIngest(nodeDirectory)
  let replaced: readonly string[] = []
  try {
    const startedAt = now()
    const manifest = readManifest(nodeDirectory, datasetId)
    if (!manifest) {
      throw new IngestError(datasetId, undefined, 'there is no such dataset; make it with "fyr-node dataset add"')
    }
    requireSites(manifest)
    const files: SitesFile[] = []
    for (const path of options.files) files.push(await openSitesFile(path, manifest))
    const facts = requireOneSource(files)
    removeUnpublished(nodeDirectory, manifest)
    const counts = await writeSites(options, manifest, files, facts, startedAt)
    replaced = manifest.segments.map(({ file }) => join(segmentsDirectory(nodeDirectory, datasetId), file))
    return {
      dataset: datasetId,
      files: files.map(({ file }) => file.name),
      ...facts,
      ...counts,
      replacedAlleles: manifest.segments.reduce((sum, { alleles }) => sum + alleles, 0),
      seconds: (now().getTime() - startedAt.getTime()) / 1000,
    }
  } finally {
    unlock()
    if (replaced.length > 0) {
      await sleep(options.graceMs ?? GRACE_MS)
      for (const path of replaced) rmSync(path, { force: true })
    }
  }
}

async function openSitesFile(path: string, { assembly }: DatasetManifest): Promise<SitesFile> {
  const reader = new SitesHeaderReader()
  const file = await openVcfFile(path, assembly, reader)
  try {
    return { file, format: toSitesFormat(reader.declared, reader.cases) }
  } catch (error) {
    if (error instanceof FormatError) throw new IngestError(file.name, undefined, error.message)
    throw error
  }
}

/** Files of one dataset count in one way, so that its numbers mean one thing. */
function requireOneSource(files: readonly SitesFile[]): SitesFacts {
  const { source, cases } = files[0]!.format
  const other = files.find(({ format }) => format.source !== source || format.cases !== cases)
  if (other) {
    throw new IngestError(other.file.name, undefined, `the file does not count as ${files[0]!.file.name} does`)
  }
  return { source, ...(cases === undefined ? {} : { cases }) }
}

async function writeSites(
  options: SitesOptions,
  manifest: DatasetManifest,
  files: readonly SitesFile[],
  sites: SitesFacts,
  startedAt: Date,
): Promise<SitesCounts> {
  const { nodeDirectory, datasetId, now } = options
  const name = newSegmentName(startedAt)
  const partial = join(segmentsDirectory(nodeDirectory, datasetId), `${name}.partial`)
  const check = openCheck(manifest, options.references ?? {})
  const counts: SitesCounts = {
    records: 0,
    alleles: 0,
    duplicateAlleles: 0,
    allelesWithoutPeople: 0,
    filteredRecords: 0,
    referenceRecords: 0,
    structuralAlleles: 0,
    skipped: {},
  }
  const writer = createSitesWriter(partial, manifest.assembly)
  try {
    const totalBytes = files.reduce((sum, { file }) => sum + file.size, 0)
    let before = 0
    for (const [index, { file, format }] of files.entries()) {
      const onRead = (bytes: number) => options.onProgress?.(before + bytes, totalBytes, counts.records)
      await scanSites({ file, index, format, manifest, check, writer, counts, onRead })
      before += file.size
    }
    counts.allelesWithoutPeople = writer.countWithoutPeople()
    writer.finish()
    moveSegment(nodeDirectory, datasetId, partial, `${name}.sqlite`)
    const createDateTime = now().toISOString()
    writeManifest(nodeDirectory, {
      ...manifest,
      updateDateTime: createDateTime,
      content: 'sites',
      sites,
      segments: [{ file: `${name}.sqlite`, alleles: counts.alleles, individuals: 0, createDateTime }],
    })
    return counts
  } catch (error) {
    writer.abandon()
    rmSync(partial, { force: true })
    throw error
  } finally {
    check?.close()
  }
}

/** @throws IngestError a reference that cannot be opened, or that a left-aligned dataset lacks */
function openCheck(
  { assembly, normalisation, id }: DatasetManifest,
  references: ReferencePaths,
): ReferenceCheck | undefined {
  if (normalisation === 'left-aligned' && references[assembly] === undefined) {
    const reason = `the dataset is left-aligned, and node.yaml names no reference for ${assembly} (references: ${assembly})`
    throw new IngestError(id, undefined, reason)
  }
  try {
    return openReferenceCheck(assembly, references)
  } catch (error) {
    if (error instanceof FormatError) throw new IngestError('node.yaml', undefined, error.message)
    throw error
  }
}
