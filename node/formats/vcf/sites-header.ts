import { FormatError } from '../format-error.js'
import { VcfHeaderReader } from './header.js'
import type { TextLine } from './lines.js'

const INFO = /^##INFO=<(?:.*,)?ID=([^,>]+)/
const CASES = /^##NrCases=(.*)$/

/** Reads the header of a sites-only file: beside the contigs which INFO keys it declares, and of how many cases it tells. */
export class SitesHeaderReader extends VcfHeaderReader {
  readonly declared = new Set<string>()
  /** Of loqusdb's exports. */
  cases: number | undefined

  constructor() {
    super(false)
  }

  override read(line: TextLine): void {
    super.read(line)
    const text = line.bytes.toString('utf8', line.start, line.end)
    const info = INFO.exec(text)
    if (info) this.declared.add(info[1]!)
    const cases = CASES.exec(text)
    if (!cases) return
    if (!/^\d{1,9}$/.test(cases[1]!)) throw new FormatError(`##NrCases "${cases[1]!.slice(0, 40)}" is no number`)
    this.cases = Number(cases[1])
  }
}
