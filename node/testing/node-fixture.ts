import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { NodeConfig } from '../../schemas/index.js'
import { initNode, readNodeConfig } from '../config.js'
import { createNode, type RunningNode } from '../create-node.js'
import { addDataset, type DatasetOptions } from '../dataset.js'
import type { IngestReport } from '../ingest/ingest-report.js'
import { ingestVcf, type IngestOptions } from '../ingest/ingest-vcf.js'
import { createScanPool } from '../ingest/scan-pool.js'
import { openIndividuals } from '../metadata/individuals.js'

export interface ScanSettings {
  /** Threads beside the one that reads and writes. */
  readonly workers: number
  readonly pieceBytes: number
}

/** A node in a temporary directory, for tests. */
export interface NodeFixture {
  readonly directory: string
  readonly config: NodeConfig
  addDataset(id: string, options?: Partial<DatasetOptions>): void
  /** Writes the texts as files and ingests them; buffers are written as they are. */
  ingest(
    dataset: string,
    files: readonly (string | Buffer)[],
    ped?: string,
    /** `sampleMap` and `callable` as texts. */
    rest?: Pick<IngestOptions, 'sampleMap' | 'absent' | 'origin' | 'calls' | 'assay' | 'callable' | 'references'> & {
      readonly scan?: ScanSettings
    },
  ): Promise<IngestReport>
  /** Serves on free ports with logs off; closed by `remove`. */
  serve(
    rest?: Partial<NodeConfig>,
  ): Promise<{ readonly url: string; readonly adminUrl: string; readonly node: RunningNode }>
  remove(): Promise<void>
}

export function createNodeFixture(id = 'se.fyr.test'): NodeFixture {
  const directory = mkdtempSync(join(tmpdir(), 'fyr-node-'))
  initNode(directory, id, 'Region Test', 'data@test.invalid')
  const config: NodeConfig = {
    ...readNodeConfig(directory),
    listen: { host: '127.0.0.1', port: 0 },
    logLevel: 'silent',
  }
  const running: RunningNode[] = []
  let files = 0
  return {
    directory,
    config,
    addDataset(dataset, options = {}) {
      const all: DatasetOptions = {
        name: `Dataset ${dataset}`,
        assembly: 'GRCh38',
        granularity: 'record',
        access: 'public',
        basis: 'made up for a test',
        ...options,
      }
      addDataset(directory, config, dataset, all, new Date())
    },
    async ingest(datasetId, contents, ped, { sampleMap, callable, scan, ...rest } = {}) {
      const write = (content: string | Buffer, name: string) => {
        const path = join(directory, name)
        writeFileSync(path, content)
        return path
      }
      const paths = contents.map((content) => write(content, `input-${++files}.vcf`))
      const individuals = openIndividuals(directory)
      const pool = scan && scan.workers > 0 ? createScanPool(scan.workers) : undefined
      try {
        return await ingestVcf({
          nodeDirectory: directory,
          datasetId,
          files: paths,
          individuals,
          now: () => new Date(),
          ...(ped === undefined ? {} : { ped: write(ped, `input-${++files}.ped`) }),
          ...(sampleMap === undefined ? {} : { sampleMap: write(sampleMap, `input-${++files}.tsv`) }),
          ...(callable === undefined ? {} : { callable: write(callable, `input-${++files}.bed`) }),
          ...(scan ? { scan: { pool, pieceBytes: scan.pieceBytes } } : {}),
          ...rest,
        })
      } finally {
        await pool?.close()
        individuals.close()
      }
    },
    async serve(rest = {}) {
      const node = await createNode({ ...config, ...rest }, { directory })
      running.push(node)
      return { node, ...(await node.listen()) }
    },
    async remove() {
      for (const node of running) await node.close()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

/** A VCF text with the given samples and data lines (columns joined by blanks). */
export function toVcf(samples: readonly string[], lines: readonly string[], lineEnd = '\n'): string {
  const header = [
    '##fileformat=VCFv4.2',
    `#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\t${samples.join('\t')}`,
  ]
  return [...header, ...lines.map((line) => line.trim().split(/\s+/).join('\t')), ''].join(lineEnd)
}
