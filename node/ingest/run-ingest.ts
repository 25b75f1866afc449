import { openIndividuals } from '../metadata/individuals.js'
import type { AbsentRule, CalledKinds, Origin } from '../variants/cohort-rules.js'
import { createProgressBar } from '../progress-bar.js'
import type { ReferencePaths } from '../variants/reference.js'
import type { IngestReport } from './ingest-report.js'
import { ingestVcf } from './ingest-vcf.js'
import type { ScanMeans } from './scan-means.js'

/** People named in words; the JSON names all. */
const SHOWN_SUSPECTS = 10

export interface IngestCommandOptions {
  readonly dataset: string
  readonly ped?: string
  readonly sampleMap?: string
  readonly absent: AbsentRule
  readonly origin: Origin
  readonly assay?: string
  readonly calls?: CalledKinds
  readonly callable?: string
  readonly json?: boolean
}

/** `fyr-node ingest`: a progress bar on a terminal, then the report in words or as JSON. */
export async function runIngest(
  directory: string,
  files: readonly string[],
  options: IngestCommandOptions,
  references: ReferencePaths,
  scan: ScanMeans,
): Promise<void> {
  const individuals = openIndividuals(directory)
  const bar = process.stderr.isTTY && !options.json ? createProgressBar() : undefined
  try {
    const report = await ingestVcf({
      nodeDirectory: directory,
      datasetId: options.dataset,
      files,
      ...(options.ped === undefined ? {} : { ped: options.ped }),
      ...(options.sampleMap === undefined ? {} : { sampleMap: options.sampleMap }),
      absent: options.absent,
      origin: options.origin,
      ...(options.calls === undefined ? {} : { calls: options.calls }),
      ...(options.assay === undefined ? {} : { assay: options.assay }),
      ...(options.callable === undefined ? {} : { callable: options.callable }),
      references,
      scan,
      individuals,
      now: () => new Date(),
      ...(bar ? { onProgress: (read, total, records) => bar.draw(read, total, `${records} records`) } : {}),
    })
    bar?.clear()
    process.stdout.write(options.json ? `${JSON.stringify(report, null, 2)}\n` : toText(report))
  } catch (error) {
    bar?.clear()
    throw error
  } finally {
    individuals.close()
  }
}

function toText(report: IngestReport): string {
  const lines = [
    `records      ${report.records}`,
    `alleles      ${report.alleles}`,
    `individuals  ${report.individuals}`,
    `seconds      ${report.seconds}`,
  ]
  if (report.removedIndividuals > 0)
    lines.push(`left out     ${report.removedIndividuals} individuals who were removed ("fyr-node individual readmit")`)
  for (const [reason, count] of Object.entries(report.skipped)) lines.push(`skipped      ${count} ${reason}`)
  if (report.duplicateAlleles > 0)
    lines.push(`united       ${report.duplicateAlleles} alleles that stood in several records`)
  if (report.filteredRecords > 0) lines.push(`filtered     ${report.filteredRecords} records fail FILTER: no-calls`)
  if (report.referenceRecords > 0) lines.push(`reference    ${report.referenceRecords} records without an allele`)
  if (report.structuralAlleles > 0)
    lines.push(`structural   ${report.structuralAlleles} symbolic, copy-number and breakend alleles`)
  if (report.unassignedAnnotations > 0)
    lines.push(
      `warning      ${report.unassignedAnnotations} annotations of which it is not known whose ALT they are: left out`,
    )
  if (report.recordsWithoutGenotypes > 0)
    lines.push(`warning      ${report.recordsWithoutGenotypes} records without GT: no-calls`)
  if (report.contradictoryDuplicates > 0)
    lines.push(
      `warning      ${report.contradictoryDuplicates} calls that another record of the same allele contradicts`,
    )
  const { maleHeterozygousXY, femaleOnY, polyploid } = report.contradictions
  if (maleHeterozygousXY > 0)
    lines.push(`warning      ${maleHeterozygousXY} heterozygous calls where a male has one copy: no-calls`)
  if (femaleOnY > 0) lines.push(`warning      ${femaleOnY} calls of females on Y: not counted`)
  for (const { individual, calls } of report.suspectedSex.slice(0, SHOWN_SUSPECTS)) {
    lines.push(`             ${calls} of them are of ${individual} (see "fyr-node individual list")`)
  }
  if (polyploid > 0) lines.push(`warning      ${polyploid} calls with more than two alleles: no-calls`)
  if (report.individualsOfUnknownSex > 0) {
    lines.push(
      `note         sex unknown for ${report.individualsOfUnknownSex} individuals: X and Y are taken as written`,
    )
  }
  return `${lines.join('\n')}\n`
}
