import { createProgressBar } from '../progress-bar.js'
import type { ReferencePaths } from '../variants/reference.js'
import { ingestSites, type SitesReport } from './ingest-sites.js'

export interface SitesCommandOptions {
  readonly dataset: string
  readonly json?: boolean
}

/** `fyr-node ingest --sites`: a progress bar on a terminal, then the report in words or as JSON. */
export async function runSites(
  directory: string,
  files: readonly string[],
  options: SitesCommandOptions,
  references: ReferencePaths,
): Promise<void> {
  const bar = process.stderr.isTTY && !options.json ? createProgressBar() : undefined
  try {
    const report = await ingestSites({
      nodeDirectory: directory,
      datasetId: options.dataset,
      files,
      references,
      now: () => new Date(),
      ...(bar ? { onProgress: (read, total, records) => bar.draw(read, total, `${records} records`) } : {}),
    })
    bar?.clear()
    process.stdout.write(options.json ? `${JSON.stringify(report, null, 2)}\n` : toText(report))
  } catch (error) {
    bar?.clear()
    throw error
  }
}

function toText(report: SitesReport): string {
  const counted = report.source === 'observations' ? 'cases (Obs), no AN' : 'alleles (AC)'
  const lines = [
    `counted      ${counted}${report.cases === undefined ? '' : `, among ${report.cases} cases`}`,
    `records      ${report.records}`,
    `alleles      ${report.alleles}`,
    `seconds      ${report.seconds}`,
  ]
  if (report.replacedAlleles > 0)
    lines.push(`replaced     ${report.replacedAlleles} alleles that the dataset held before`)
  for (const [reason, count] of Object.entries(report.skipped)) lines.push(`skipped      ${count} ${reason}`)
  if (report.filteredRecords > 0) lines.push(`filtered     ${report.filteredRecords} records fail FILTER: not stored`)
  if (report.referenceRecords > 0) lines.push(`reference    ${report.referenceRecords} records without an allele`)
  if (report.structuralAlleles > 0)
    lines.push(`structural   ${report.structuralAlleles} symbolic, copy-number and breakend alleles`)
  if (report.duplicateAlleles > 0)
    lines.push(`united       ${report.duplicateAlleles} alleles that stood in several records: bounds only`)
  if (report.allelesWithoutPeople > 0)
    lines.push(`note         of ${report.allelesWithoutPeople} alleles the number of people is known as bounds only`)
  return `${lines.join('\n')}\n`
}
