/**
 * A symbolic, copy-number or breakend allele. Its key is contig, start, end, type, copy number, length and mate
 * (spec/counting.md): two deletions with one start and different ends are two alleles.
 */
export interface StructuralAllele {
  /** As in the ALT column, upper case: `DEL`, `DUP:TANDEM`, `INS:ME:ALU`, `CNV`, `BND`. */
  readonly type: string
  /** 0-based, exclusive; equal to start for an insertion. */
  readonly end: number
  /** Bases, where it is not the number of bases between start and end. */
  readonly length?: number
  /** Copies of the locus in a genome. */
  readonly copyNumber?: number
  /** Of a breakend: where the other end is, and how they are joined, e.g. `N[17:198982[`. */
  readonly mate?: string
}

/** The text that stands for a structural allele where a sequence allele has its alternate bases. Equal alleles have equal texts. */
export function spellStructural({ type, end, length, copyNumber, mate }: StructuralAllele): string {
  const parts = [type, `END=${end}`]
  if (length !== undefined) parts.push(`LEN=${length}`)
  if (copyNumber !== undefined) parts.push(`CN=${copyNumber}`)
  if (mate !== undefined) parts.push(`MATE=${mate}`)
  return `<${parts.join(';')}>`
}

const LESS_THAN = 0x3c

export function isStructural(alternateBases: string): boolean {
  return alternateBases.charCodeAt(0) === LESS_THAN
}

/** What was read last: of one allele several things are asked, one after the other. */
let last: { readonly text: string; readonly allele: StructuralAllele } | undefined

/** Reads what `spellStructural` wrote; undefined for bases. */
export function parseStructural(alternateBases: string): StructuralAllele | undefined {
  if (!isStructural(alternateBases)) return undefined
  if (last?.text !== alternateBases) last = { text: alternateBases, allele: readStructural(alternateBases) }
  return last.allele
}

function readStructural(alternateBases: string): StructuralAllele {
  const [type, ...rest] = alternateBases.slice(1, -1).split(';')
  const facts = new Map(rest.map((part) => [part.slice(0, part.indexOf('=')), part.slice(part.indexOf('=') + 1)]))
  const [length, copyNumber, mate] = [facts.get('LEN'), facts.get('CN'), facts.get('MATE')]
  return {
    type: type!,
    end: Number(facts.get('END')),
    ...(length === undefined ? {} : { length: Number(length) }),
    ...(copyNumber === undefined ? {} : { copyNumber: Number(copyNumber) }),
    ...(mate === undefined ? {} : { mate }),
  }
}
