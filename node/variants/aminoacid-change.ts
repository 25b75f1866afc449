import { AMINO_ACIDS } from './hgvs/genetic-code.js'

/** Codes of HGVS protein descriptions, with those of residues that are not sure; `Ter` is the stop. */
const ONE_LETTER: Readonly<Record<string, string>> = { ...AMINO_ACIDS, Asx: 'B', Glx: 'Z', Pyl: 'O', Xaa: 'X' }
const CODES = new RegExp(Object.keys(ONE_LETTER).join('|'), 'g')
/** A residue, its place, and what became of it. */
const CHANGE = /^[A-Z*]\d{1,6}[A-Za-z_*?=][A-Za-z0-9_*?=>-]{0,1000}$/

/**
 * The change of a protein in Beacon's one-letter form (`V600E`, `R97Pfs*23`, `K23_V25del`, `L52=`, `M1?`) of any way to write it:
 * `p.Val600Glu`, `p.(Val600Glu)`, `V600E`, with or without the protein before a colon.
 *
 * @returns undefined for what names no residue, such as `p.?`
 */
export function toAminoacidChange(text: string): string | undefined {
  const change = text.slice(text.lastIndexOf(':') + 1).replace(/^p\./, '')
  const bare = change.startsWith('(') && change.endsWith(')') ? change.slice(1, -1) : change
  const short = bare.replace(CODES, (code) => ONE_LETTER[code]!).replace(/fsX(?=\d|$)/, 'fs*')
  return CHANGE.test(short) ? short : undefined
}
