import { FormatError } from '../format-error.js'
import type { Contig } from '../slice.js'

/** A VCF header by its lines (VCF 4.3 section 1.2 to 1.5), of a VCF file or out of a BCF file. */
export interface VcfHeaderText {
  /** Those that begin with `##`, without line ends. */
  readonly lines: readonly string[]
  /** Names of the columns behind FORMAT. */
  readonly samples: readonly string[]
  /** Whether there is a column FORMAT: a file may have it without samples. */
  readonly hasFormat: boolean
}

const FIXED_COLUMNS = '#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO'
const FORMAT_COLUMN = 'FORMAT'

/** @throws FormatError this is no VCF header */
export function parseVcfHeaderText(text: string): VcfHeaderText {
  const lines = text.split(/\r?\n/).filter((line) => line !== '')
  if (!lines[0]?.startsWith('##fileformat=VCF')) throw new FormatError('this is no VCF file: ##fileformat is missing')
  const columns = lines.pop()!
  const wrong = lines.find((line) => !line.startsWith('##'))
  if (wrong !== undefined) throw new FormatError(`"${wrong.slice(0, 40)}" is no header line of a VCF file`)
  if (columns !== FIXED_COLUMNS && !columns.startsWith(`${FIXED_COLUMNS}\t`)) {
    throw new FormatError('the header of the VCF file has no line #CHROM, or other columns')
  }
  const [format, ...samples] = columns.slice(FIXED_COLUMNS.length + 1).split('\t')
  if (samples.length > 0 && format !== FORMAT_COLUMN) throw new FormatError('column 9 of the header must be FORMAT')
  if (new Set(samples).size < samples.length) throw new FormatError('a sample stands in two columns of the header')
  return { lines, samples, hasFormat: format === FORMAT_COLUMN }
}

export function formatVcfHeaderText({ lines, samples, hasFormat }: VcfHeaderText): string {
  const columns = [FIXED_COLUMNS, ...(hasFormat ? [FORMAT_COLUMN, ...samples] : [])]
  return `${[...lines, columns.join('\t')].join('\n')}\n`
}

/** What a structured line `##key=<…>` says; undefined for any other. */
export function parseStructuredLine(line: string): { key: string; fields: ReadonlyMap<string, string> } | undefined {
  const match = /^##([^=]+)=<(.*)>\s*$/.exec(line)
  if (!match) return undefined
  const fields = new Map<string, string>()
  for (const [, name, quoted, plain] of match[2]!.matchAll(/([^=,]+)=(?:"((?:[^"\\]|\\.)*)"|([^,]*))/g)) {
    fields.set(name!.trim(), quoted ?? plain!)
  }
  return { key: match[1]!, fields }
}

/** The header's `##contig` lines, in order. */
export function readContigs(lines: readonly string[]): Contig[] {
  return lines.flatMap((line): Contig[] => {
    if (!line.startsWith('##contig=')) return []
    const fields = parseStructuredLine(line)?.fields
    const name = fields?.get('ID')
    if (name === undefined) return []
    const length = fields?.get('length')
    return [{ name, ...(length !== undefined && /^\d+$/.test(length) ? { length: Number(length) } : {}) }]
  })
}
