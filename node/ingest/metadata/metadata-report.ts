import type { StoredMetadata } from '../../metadata/store-metadata.js'
import type { Problem } from './source-record.js'

/** How people of the metadata and people with variants go together in a dataset. */
export interface Links {
  /** People of these files who have variants in the dataset. */
  readonly linked: number
  /** People of these files without variants in the dataset, by pseudonym (`fyr-node individual list` resolves them). */
  readonly individualsWithoutVariants: readonly string[]
  /** People with variants in the dataset of whom neither these files nor earlier ones have a record, by pseudonym. */
  readonly individualsWithoutRecord: readonly string[]
}

/** What an ingest of metadata did, as printed by `--json`. */
export interface MetadataReport {
  readonly dataset: string
  readonly files: readonly string[]
  /** False: there were problems and nothing was stored. */
  readonly stored: boolean
  /** By entry type: how many the files gave that were good. */
  readonly given: Readonly<Record<string, number>>
  readonly result?: StoredMetadata
  /** Records with problems; without `--skip-bad` the reason why nothing was stored. */
  readonly bad: number
  readonly problems: readonly Problem[]
  readonly notes: readonly { readonly note: string; readonly count: number }[]
  readonly links?: Links
  readonly seconds: number
}

/** Lines and names shown in words; the JSON has all. */
const SHOWN = 20

export function toProblemText({ file, record, line, id, field, reason }: Problem): string {
  const who = id === undefined ? '' : ` (${id})`
  return `${file}:${line}: record ${record}${who}: ${field}: ${reason}`
}

function shorten(names: readonly string[]): string {
  const shown = names.slice(0, SHOWN).join(', ')
  return names.length > SHOWN ? `${shown} and ${names.length - SHOWN} more` : shown
}

export function toMetadataText(report: MetadataReport): string {
  const lines: string[] = []
  const { result, links, problems, bad } = report
  for (const [type, count] of Object.entries(report.given)) lines.push(`${type.padEnd(12)} ${count}`)
  if (result) {
    lines.push(`added        ${result.added}`, `updated      ${result.updated}`)
  }
  if (links) {
    lines.push(`linked       ${links.linked} individuals have variants in the dataset`)
    const { individualsWithoutVariants: bare, individualsWithoutRecord: silent } = links
    if (bare.length > 0) lines.push(`unlinked     ${bare.length} individuals without variants: ${shorten(bare)}`)
    if (silent.length > 0) {
      lines.push(`unlinked     ${silent.length} individuals with variants and without a record: ${shorten(silent)}`)
    }
    if (bare.length + silent.length > 0) lines.push('             (who is who: "fyr-node individual list")')
  }
  for (const { note, count } of report.notes) lines.push(`note         ${note}${count > 1 ? ` (${count} times)` : ''}`)
  lines.push(`seconds      ${report.seconds}`)
  if (bad > 0) {
    lines.push(
      `skipped      ${bad} records`,
      ...problems.slice(0, SHOWN).map((problem) => `  ${toProblemText(problem)}`),
    )
    if (problems.length > SHOWN) lines.push(`  and ${problems.length - SHOWN} more problems; --json lists all`)
  }
  return `${lines.join('\n')}\n`
}

/** The one error of an ingest that stored nothing. */
export function toRefusal({ bad, problems }: MetadataReport): string {
  const shown = problems.slice(0, SHOWN).map((problem) => `\n  ${toProblemText(problem)}`)
  const rest = problems.length > SHOWN ? `\n  and ${problems.length - SHOWN} more problems; --json lists all` : ''
  const records = bad === 1 ? 'one record has' : `${bad} records have`
  return `nothing was stored: ${records} problems (--skip-bad leaves them out)${shown.join('')}${rest}`
}
