import { AMINO_ACIDS } from './genetic-code.js'
import { HgvsError } from './hgvs-error.js'
import type { CoordinateSystem, Hgvs, HgvsEdit, HgvsPosition } from './hgvs.js'

/** Longest description that is read, characters. */
const LONGEST = 12_000

/** An accession, the symbol of its gene in brackets perhaps, the system, and what is said. */
const DESCRIPTION = /^([\w.-]+?)(?:\([\w.-]+\))?:([a-z])\.(.+)$/s
const POSITION = String.raw`(\*|-)?(\d{1,9})([+-]\d{1,9})?`
const NUCLEOTIDE = new RegExp(`^${POSITION}(?:_${POSITION})?([^\\d_].*)$`, 's')
const LETTER_CODES = [...new Set(Object.values(AMINO_ACIDS))]
  .map((letter) => (letter === '*' ? '\\*' : letter))
  .join('')
const AMINO_ACID = `(${Object.keys(AMINO_ACIDS).join('|')}|[${LETTER_CODES}])`
const PROTEIN = new RegExp(`^(?:${AMINO_ACID}(\\d{1,6})${AMINO_ACID}|\\(${AMINO_ACID}(\\d{1,6})${AMINO_ACID}\\))$`)

const FORMS = 'write a substitution, del, dup, ins, delins or inv, such as NM_007294.4:c.5558A>G, or p.Tyr1853Cys'

function unsupportedForm(text: string): HgvsError {
  return new HgvsError('cannot', `"${text.slice(0, 80)}" is no form of HGVS that this node reads: ${FORMS}`)
}

/**
 * Reads a description in g., m., c., n. or p. form: substitutions, del, dup, ins, delins and inv, of proteins substitutions.
 *
 * @throws HgvsError cannot: a form that is not read; wrong: one that contradicts itself
 */
export function parseHgvs(text: string): Hgvs {
  const trimmed = text.trim()
  const match = trimmed.length <= LONGEST ? DESCRIPTION.exec(trimmed) : null
  if (!match) throw unsupportedForm(trimmed)
  const [, accession, system, said] = match as unknown as [string, string, string, string]
  // A plus sign that was not encoded in a URL arrives as a blank, and HGVS has no blanks.
  const rest = said.replaceAll(' ', '+')
  if (system === 'p') return parseProtein(trimmed, accession, rest)
  if (!isCoordinateSystem(system)) throw unsupportedForm(trimmed)
  const parts = NUCLEOTIDE.exec(rest)
  if (!parts) throw unsupportedForm(trimmed)
  const first = toPosition(parts.slice(1, 4))
  const last = parts[5] === undefined ? first : toPosition(parts.slice(4, 7))
  const edit = parseEdit(parts[7]!)
  if (!first || !last || !edit) throw unsupportedForm(trimmed)
  for (const position of [first, last]) {
    if (system === 'c') continue
    if (position.isBehindStop || position.base < 0) {
      throw new HgvsError('wrong', `${system}. has no positions with "-" or "*" before the number`)
    }
    if (system !== 'n' && position.offset !== 0) throw new HgvsError('wrong', `${system}. has no introns`)
  }
  if (edit.kind === 'substitution' && last !== first) {
    throw new HgvsError('wrong', 'a substitution is of one base; write delins for several')
  }
  if (edit.kind === 'insertion' && last === first) {
    throw new HgvsError('wrong', 'an insertion lies between two bases: write both, such as c.76_77insT')
  }
  if (edit.kind === 'inversion' && last === first) throw new HgvsError('wrong', 'an inversion is of two bases or more')
  return { kind: 'nucleotide', accession, system, first, last, edit }
}

function isCoordinateSystem(system: string): system is CoordinateSystem {
  return ['g', 'm', 'c', 'n'].includes(system)
}

function toPosition([sign, digits, offset]: readonly (string | undefined)[]): HgvsPosition | undefined {
  const base = Number(digits)
  // There is no base 0, and +0 would be the base itself.
  if (base === 0 || (offset !== undefined && Number(offset) === 0)) return undefined
  return {
    base: sign === '-' ? -base : base,
    isBehindStop: sign === '*',
    offset: offset === undefined ? 0 : Number(offset),
  }
}

function parseEdit(text: string): HgvsEdit | undefined {
  const substitution = /^([ACGT])>([ACGT])$/.exec(text)
  if (substitution) {
    const [, reference, alternate] = substitution as unknown as [string, string, string]
    if (reference === alternate) throw new HgvsError('wrong', `${text} changes nothing`)
    return { kind: 'substitution', reference, alternate }
  }
  const delins = /^del([ACGT]*)ins([ACGT]+)$/.exec(text)
  if (delins) return { kind: 'delins', ...stated(delins[1]!), alternate: delins[2]! }
  const insertion = /^ins([ACGT]+)$/.exec(text)
  if (insertion) return { kind: 'insertion', alternate: insertion[1]! }
  const other = /^(del|dup|inv)([ACGT]*)$/.exec(text)
  if (!other) return undefined
  const kind = other[1] === 'del' ? 'deletion' : other[1] === 'dup' ? 'duplication' : 'inversion'
  return { kind, ...stated(other[2]!) }
}

/** The bases that were there, which a description may name. */
function stated(reference: string): { readonly reference?: string } {
  return reference === '' ? {} : { reference }
}

function parseProtein(text: string, accession: string, rest: string): Hgvs {
  const match = PROTEIN.exec(rest)
  if (!match) throw unsupportedForm(text)
  const [reference, digits, alternate] = match[1] === undefined ? match.slice(4, 7) : match.slice(1, 4)
  const position = Number(digits)
  if (position === 0) throw new HgvsError('wrong', 'amino acids are counted from 1')
  const [from, to] = [reference!, alternate!].map((name) => AMINO_ACIDS[name] ?? name)
  if (from === to) throw new HgvsError('wrong', `${rest} changes nothing`)
  return { kind: 'protein', accession, position, reference: from!, alternate: to! }
}
