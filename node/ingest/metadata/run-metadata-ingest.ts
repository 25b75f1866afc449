import { openIndividuals } from '../../metadata/individuals.js'
import { openOntologies } from '../../metadata/ontologies/ontologies.js'
import { IngestError } from '../ingest-error.js'
import type { MetadataFileType } from './file-kind.js'
import { ingestMetadata } from './ingest-metadata.js'
import { toMetadataText, toRefusal } from './metadata-report.js'

export interface MetadataCommandOptions {
  readonly dataset: string
  readonly type?: MetadataFileType
  readonly mapping?: string
  readonly skipBad?: boolean
  readonly ped?: string
  readonly sampleMap?: string
  readonly json?: boolean
}

/**
 * `fyr-node ingest` of metadata: the report in words or as JSON.
 *
 * @throws IngestError records with problems; nothing was stored. With `json` the report with all of them was printed before.
 */
export async function runMetadataIngest(
  directory: string,
  files: readonly string[],
  { dataset, json = false, ...options }: MetadataCommandOptions,
): Promise<void> {
  const { type, mapping, skipBad, ped, sampleMap } = options
  const individuals = openIndividuals(directory)
  const ontologies = openOntologies(directory)
  try {
    const report = await ingestMetadata({
      nodeDirectory: directory,
      datasetId: dataset,
      files,
      ...(type === undefined ? {} : { type }),
      ...(mapping === undefined ? {} : { mapping }),
      ...(skipBad === undefined ? {} : { skipBad }),
      ...(ped === undefined ? {} : { ped }),
      ...(sampleMap === undefined ? {} : { sampleMap }),
      ontologies,
      individuals,
      now: () => new Date(),
    })
    if (json) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`)
    if (!report.stored) throw new IngestError(dataset, undefined, toRefusal(report))
    if (!json) process.stdout.write(toMetadataText(report))
  } finally {
    individuals.close()
    ontologies.close()
  }
}
