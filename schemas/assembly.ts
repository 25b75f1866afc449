/**
 * Genome assemblies and their primary contigs.
 * Sources: NCBI assembly reports of GRCh37.p13 (GCF_000001405.25) and GRCh38.p14 (GCF_000001405.40): names, RefSeq accessions, lengths.
 */
export type AssemblyId = 'GRCh37' | 'GRCh38'

export const ASSEMBLY_IDS: readonly AssemblyId[] = ['GRCh37', 'GRCh38']

/** The assembly that people mean when they do not say; every answer prints it. */
export const DEFAULT_ASSEMBLY: AssemblyId = 'GRCh38'

export interface Contig {
  /** 1..22, X = 23, Y = 24, MT = 25. */
  readonly number: number
  /** Name without prefix: `1`…`22`, `X`, `Y`, `MT`. */
  readonly name: string
  /** RefSeq accession with version, e.g. `NC_000017.11`. */
  readonly accession: string
  /** Bases. */
  readonly length: number
}

export const CONTIG_X = 23
export const CONTIG_Y = 24
export const CONTIG_MT = 25

/** hg19's old mitochondrial contig (NC_001807); its coordinates are not those of NC_012920.1. */
export const HG19_OLD_MT_LENGTH = 16_571

// [RefSeq version, length] of GRCh37 and of GRCh38, in contig order 1..22, X, Y.
const PRIMARY: readonly (readonly [number, number, number, number])[] = [
  [10, 249_250_621, 11, 248_956_422],
  [11, 243_199_373, 12, 242_193_529],
  [11, 198_022_430, 12, 198_295_559],
  [11, 191_154_276, 12, 190_214_555],
  [9, 180_915_260, 10, 181_538_259],
  [11, 171_115_067, 12, 170_805_979],
  [13, 159_138_663, 14, 159_345_973],
  [10, 146_364_022, 11, 145_138_636],
  [11, 141_213_431, 12, 138_394_717],
  [10, 135_534_747, 11, 133_797_422],
  [9, 135_006_516, 10, 135_086_622],
  [11, 133_851_895, 12, 133_275_309],
  [10, 115_169_878, 11, 114_364_328],
  [8, 107_349_540, 9, 107_043_718],
  [9, 102_531_392, 10, 101_991_189],
  [9, 90_354_753, 10, 90_338_345],
  [10, 81_195_210, 11, 83_257_441],
  [9, 78_077_248, 10, 80_373_285],
  [9, 59_128_983, 10, 58_617_616],
  [10, 63_025_520, 11, 64_444_167],
  [8, 48_129_895, 9, 46_709_983],
  [10, 51_304_566, 11, 50_818_468],
  [10, 155_270_560, 11, 156_040_895],
  [9, 59_373_566, 10, 57_227_415],
]

function contigsOf(assembly: AssemblyId): readonly Contig[] {
  const contigs = PRIMARY.map(([version37, length37, version38, length38], index): Contig => {
    const number = index + 1
    const version = assembly === 'GRCh37' ? version37 : version38
    return {
      number,
      name: number === CONTIG_X ? 'X' : number === CONTIG_Y ? 'Y' : String(number),
      accession: `NC_${String(number).padStart(6, '0')}.${version}`,
      length: assembly === 'GRCh37' ? length37 : length38,
    }
  })
  return [...contigs, { number: CONTIG_MT, name: 'MT', accession: 'NC_012920.1', length: 16_569 }]
}

export const CONTIGS: Readonly<Record<AssemblyId, readonly Contig[]>> = {
  GRCh37: contigsOf('GRCh37'),
  GRCh38: contigsOf('GRCh38'),
}

/** Reads `GRCh38`, `hg38`, `GRCh38.p14`, `b37`, `GCF_000001405.40`…; undefined when it is no assembly we know. */
export function parseAssemblyId(text: string): AssemblyId | undefined {
  const name = text.trim().toLowerCase()
  if (/^(grch38(\.p\d+)?|hg38|38)$/.test(name)) return 'GRCh38'
  if (/^(grch37(\.p\d+)?|hg19|b37|hs37d5|hs37|37)$/.test(name)) return 'GRCh37'
  // RefSeq and GenBank versions: 13..25 (GenBank 1..14) are GRCh37 and its patches, 26.. (15..) GRCh38.
  const accession = /^(gcf|gca)_000001405\.(\d{1,2})$/.exec(name)
  if (!accession) return undefined
  const version = Number(accession[2])
  const [first37, first38, last38] = accession[1] === 'gcf' ? [13, 26, 40] : [1, 15, 29]
  if (version < first37 || version > last38) return undefined
  return version < first38 ? 'GRCh37' : 'GRCh38'
}

export type ContigMatch =
  | { readonly kind: 'contig'; readonly contig: Contig }
  | { readonly kind: 'other-assembly'; readonly assembly: AssemblyId }
  | { readonly kind: 'unknown' }

/** Name as written by people and files, without `refseq:` and `chr`, in upper case; `M` is `MT`. */
function bareName(referenceName: string): string {
  const name = referenceName.trim().replace(/^refseq:/i, '')
  const bare = name.replace(/^chr/i, '').toUpperCase()
  if (bare === 'M' || bare === 'MTDNA') return 'MT'
  return bare === '23' ? 'X' : bare === '24' ? 'Y' : bare
}

/** Contig of an assembly by any of its names: `chr1`, `1`, `NC_000001.11`, `refseq:NC_000001.11`, `chrM`. */
export function matchContig(assembly: AssemblyId, referenceName: string): ContigMatch {
  const name = bareName(referenceName)
  const contig = CONTIGS[assembly].find((c) => c.name === name || c.accession === name)
  if (contig) return { kind: 'contig', contig }
  const other = ASSEMBLY_IDS.find((id) => id !== assembly && CONTIGS[id].some((c) => c.accession === name))
  return other ? { kind: 'other-assembly', assembly: other } : { kind: 'unknown' }
}

/** The assembly that a versioned accession belongs to; undefined for bare names and for MT, which both assemblies share. */
export function assemblyOfAccession(referenceName: string): AssemblyId | undefined {
  const name = bareName(referenceName)
  const holders = ASSEMBLY_IDS.filter((id) => CONTIGS[id].some((c) => c.accession === name))
  return holders.length === 1 ? holders[0] : undefined
}

export function contigByNumber(assembly: AssemblyId, number: number): Contig {
  const contig = CONTIGS[assembly][number - 1]
  if (!contig) throw new TypeError(`no contig ${number} in ${assembly}`)
  return contig
}
