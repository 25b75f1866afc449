/** NCBI translation tables 1 (standard) and 2 (vertebrate mitochondrial), codons in the order of TCAG. */
const BASES = 'TCAG'
const STANDARD = 'FFLLSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG'
const MITOCHONDRIAL = 'FFLLSSSSYY**CCWWLLLLPPPPHHQQRRRRIIMMTTTTNNKKSS**VVVVAAAADDEEGGGG'

export type GeneticCode = 'standard' | 'mitochondrial'

export const CODONS: readonly string[] = [...BASES].flatMap((first) =>
  [...BASES].flatMap((second) => [...BASES].map((third) => first + second + third)),
)

/** One-letter code, `*` for a stop; undefined when the codon has letters other than A, C, G and T. */
export function translate(codon: string, code: GeneticCode): string | undefined {
  return (code === 'standard' ? STANDARD : MITOCHONDRIAL)[CODONS.indexOf(codon)]
}

/** By three-letter code (IUPAC; `Ter` for the end), with selenocysteine. */
export const AMINO_ACIDS: Readonly<Record<string, string>> = {
  Ala: 'A',
  Arg: 'R',
  Asn: 'N',
  Asp: 'D',
  Cys: 'C',
  Gln: 'Q',
  Glu: 'E',
  Gly: 'G',
  His: 'H',
  Ile: 'I',
  Leu: 'L',
  Lys: 'K',
  Met: 'M',
  Phe: 'F',
  Pro: 'P',
  Sec: 'U',
  Ser: 'S',
  Ter: '*',
  Thr: 'T',
  Trp: 'W',
  Tyr: 'Y',
  Val: 'V',
}

const NAMES = new Map(Object.entries(AMINO_ACIDS).map(([name, letter]) => [letter, name]))

/** `V` -> `Val` */
export function spellAminoAcid(letter: string): string {
  return NAMES.get(letter) ?? letter
}
