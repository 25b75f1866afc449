import type { AssemblyId, NetworkInfo, RegionAnswer } from '../../schemas/index.js'
import { allelesText, countedText, frequencyText, peopleText, totalText, verdictText } from '../portal/answer-text.js'

export interface RenderOptions {
  /** As the person typed it. */
  readonly question: string
  readonly assemblyId: AssemblyId
  readonly isRange: boolean
  readonly ansi: boolean
}

const BOLD = '\u001b[1m'
const PLAIN = '\u001b[22m'
const GAP = '  '

/** Names come from the network; a terminal must not obey them. */
function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, ' ')
}

function toRow(region: RegionAnswer): readonly string[] {
  return [
    region.name,
    region.status,
    peopleText(region),
    allelesText(region.counts),
    `${region.elapsedMs} ms`,
    region.reason ?? '',
  ].map(printable)
}

/** Columns as wide as their widest cell; numbers to the right. */
function alignColumns(rows: readonly (readonly string[])[], isNumber: readonly boolean[]): readonly string[] {
  const widths = isNumber.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows.map((row) =>
    row
      .map((text, column) => (isNumber[column] ? text.padStart(widths[column]!) : text.padEnd(widths[column]!)))
      .join(GAP)
      .trimEnd(),
  )
}

/** The network's answer as a table: one line a region, then the total, the frequency, the assembly and how to read it all. */
export function renderAnswer(info: NetworkInfo, { question, assemblyId, isRange, ansi }: RenderOptions): string {
  const heading = ['region', 'status', 'people', isRange ? 'variants' : 'alleles', 'time', '']
  const regions = info.regions.toSorted(
    (a, b) => a.name.localeCompare(b.name, 'en') || (a.beaconId < b.beaconId ? -1 : 1),
  )
  const [head = '', ...lines] = alignColumns([heading, ...regions.map(toRow)], [false, false, true, true, true, false])
  const strong = (text: string) => (ansi ? BOLD + text + PLAIN : text)
  const frequency = isRange ? undefined : frequencyText(info)
  const total =
    isRange && info.total.counts ? `${totalText(info)}, variants ${allelesText(info.total.counts)}` : totalText(info)
  return [
    `${printable(question)} on ${assemblyId}`,
    '',
    strong(head),
    ...lines,
    '',
    strong(verdictText(info)),
    ...(info.regionsAnswered === 0 ? [] : [`total: ${total}`]),
    ...(frequency === undefined ? [] : [frequency]),
    `assembly ${assemblyId}; ${countedText(info)}`,
    printable(info.note),
    '',
  ].join('\n')
}
