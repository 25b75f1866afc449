import { FormatError } from '../format-error.js'
import { AnnotationFieldsReader, type AnnotationFields } from './annotation-fields.js'
import type { TextLine } from './lines.js'

/** What ingest needs of a VCF header (VCF 4.3 section 1.4, 1.5). */
export interface VcfHeader {
  /** From `##contig` lines: name to length in bases, where stated. */
  readonly contigLengths: ReadonlyMap<string, number>
  readonly samples: readonly string[]
  /** Columns of every record: 8 fixed, FORMAT, and the samples. */
  readonly columns: number
  /** How its alleles are annotated; absent when they are not. */
  readonly annotations?: AnnotationFields
}

const FIXED_COLUMNS = ['#CHROM', 'POS', 'ID', 'REF', 'ALT', 'QUAL', 'FILTER', 'INFO']
const FILE_FORMAT = /^##fileformat=VCFv4\.\d+$/
const CONTIG = /^##contig=<(.*)>$/

/** Reads header lines one at a time; `finished` is set by the #CHROM line. */
export class VcfHeaderReader {
  finished: VcfHeader | undefined
  readonly #contigLengths = new Map<string, number>()
  readonly #annotations = new AnnotationFieldsReader()
  readonly #needsSamples: boolean
  #lines = 0

  /** @param needsSamples false: a sites-only file, which must have no columns after INFO */
  constructor(needsSamples = true) {
    this.#needsSamples = needsSamples
  }

  /** @throws FormatError the line is no header line of a VCF 4 file */
  read(line: TextLine): void {
    const text = line.bytes.toString('utf8', line.start, line.end)
    this.#lines += 1
    if (this.#lines === 1 && !FILE_FORMAT.test(text)) {
      throw new FormatError('this is no VCF file: the first line must be ##fileformat=VCFv4.x')
    }
    if (text.startsWith('##')) {
      const contig = CONTIG.exec(text)
      if (contig) this.#readContig(contig[1]!)
      else this.#annotations.read(text)
    } else if (text.startsWith('#')) {
      const annotations = this.#annotations.finish()
      this.finished = {
        contigLengths: this.#contigLengths,
        ...parseColumns(text, this.#needsSamples),
        ...(annotations ? { annotations } : {}),
      }
    } else {
      throw new FormatError('the #CHROM header line is missing')
    }
  }

  #readContig(attributes: string): void {
    const id = /(?:^|,)ID=([^,]+)/.exec(attributes)
    const length = /(?:^|,)length=(\d+)/i.exec(attributes)
    if (id && length) this.#contigLengths.set(id[1]!, Number(length[1]))
  }
}

function parseColumns(text: string, needsSamples: boolean): Pick<VcfHeader, 'samples' | 'columns'> {
  const columns = text.split('\t')
  const wrong = FIXED_COLUMNS.findIndex((name, index) => columns[index] !== name)
  if (wrong >= 0) {
    const found = columns[wrong] === undefined ? 'nothing' : `"${columns[wrong].slice(0, 40)}"`
    throw new FormatError(
      `column ${wrong + 1} of the header must be ${FIXED_COLUMNS[wrong]} but is ${found} (columns are separated by tabs)`,
    )
  }
  if (!needsSamples) {
    if (columns.length === FIXED_COLUMNS.length) return { samples: [], columns: columns.length }
    throw new FormatError('the file has samples: leave them out ("bcftools view -G"), or ingest it as genotypes')
  }
  if (columns.length > FIXED_COLUMNS.length && columns[8] !== 'FORMAT') {
    throw new FormatError('column 9 of the header must be FORMAT')
  }
  const samples = columns.slice(9)
  if (samples.length === 0) throw new FormatError('the file has no samples, so there is nobody to count')
  if (samples.includes('')) throw new FormatError(`sample column ${samples.indexOf('') + 1} has no name`)
  const twice = firstRepeated(samples)
  if (twice !== undefined) throw new FormatError(`the sample "${twice}" stands in two columns`)
  return { samples, columns: columns.length }
}

function firstRepeated(names: readonly string[]): string | undefined {
  const seen = new Set<string>()
  for (const name of names) {
    if (seen.has(name)) return name
    seen.add(name)
  }
  return undefined
}
