/** Made-up annotated VCF files, and what they say of each allele, known because it was decided before it was written. */
export interface MadeAllele {
  readonly contig: '1' | '7' | 'X'
  /** Trimmed, 0-based. */
  readonly start: number
  readonly ref: string
  readonly alt: string
}

/** What one file says of one allele, and who of its people has it. */
export interface MadeFact {
  readonly allele: MadeAllele
  readonly carriers: readonly number[]
  readonly genes: readonly string[]
  readonly changes: readonly string[]
  readonly hgvs: readonly string[]
  readonly effects: readonly string[]
  readonly dbSnp: readonly string[]
  readonly significance: readonly string[]
}

export interface MadeFile {
  readonly text: string
  readonly facts: readonly MadeFact[]
}

export type Random = () => number

/** Mulberry32: the same numbers for a seed everywhere. */
export function createRandom(seed: number): Random {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

export function makeText(random: Random, letters: string, length: number): string {
  let text = ''
  for (let index = 0; index < length; index++) text += letters[Math.floor(random() * letters.length)]!
  return text
}

function pick<T>(random: Random, items: readonly T[]): T {
  return items[Math.floor(random() * items.length)]!
}

export const GENES = [
  { symbol: 'BRAF', id: 'ENSG00000157764', hgnc: '1097' },
  { symbol: 'C9orf72', id: 'ENSG00000147894', hgnc: '28337' },
  { symbol: 'HLA-A', id: 'ENSG00000206503', hgnc: '4931' },
  { symbol: 'Y_RNA', id: 'ENSG00000200001', hgnc: '' },
] as const
/** Protein description, and the same in one letter. */
const PROTEIN = [
  ['p.Val600Glu', 'V600E'],
  ['p.Arg97ProfsTer23', 'R97Pfs*23'],
  ['p.Met1?', 'M1?'],
  ['p.Lys23_Val25del', 'K23_V25del'],
  ['p.Leu52%3D', 'L52='],
  ['p.Gln12Ter', 'Q12*'],
  ['p.Gly4dup', 'G4dup'],
  ['p.Cys28delinsTrpVal', 'C28delinsWV'],
] as const
export const CHANGES = PROTEIN.map(([, change]) => change)
const EFFECTS = ['missense_variant', 'frameshift_variant', 'start_lost', 'intron_variant', 'made_up_variant']
const SIGNIFICANCES = ['Pathogenic', 'Likely_benign', 'Conflicting_classifications_of_pathogenicity']
const BASES = ['A', 'C', 'G', 'T']

function bases(random: Random, most: number): string {
  return Array.from({ length: 1 + Math.floor(random() * most) }, () => pick(random, BASES)).join('')
}

/** What two alleles share at their ends says nothing: first from the right, then from the left. */
function trim(contig: MadeAllele['contig'], position: number, ref: string, alt: string): MadeAllele {
  let [r, a, start] = [ref, alt, position - 1]
  while (r !== '' && a !== '' && r.at(-1) === a.at(-1)) [r, a] = [r.slice(0, -1), a.slice(0, -1)]
  while (r !== '' && a !== '' && r[0] === a[0]) [r, a, start] = [r.slice(1), a.slice(1), start + 1]
  return { contig, start, ref: r, alt: a }
}

/** Ensembl's way: of a record with an indel whose alleles all begin alike, without that beginning. */
function vepNames(ref: string, alts: readonly string[]): readonly string[] {
  if (alts.every((alt) => alt.length === ref.length)) return alts
  if (!alts.every((alt) => alt.startsWith(ref.charAt(0)))) return alts
  return alts.map((alt) => (alt.length === 1 ? '-' : alt.substring(1)))
}

interface Said {
  readonly genes: string[]
  readonly changes: string[]
  readonly hgvs: string[]
  readonly effects: string[]
  readonly dbSnp: string[]
  readonly significance: string[]
  /** Entries of CSQ or ANN. */
  readonly entries: string[]
}

export type Annotator = 'vep' | 'vep-numbered' | 'snpeff' | 'none'

const VEP_FIELDS =
  'Allele|Consequence|IMPACT|SYMBOL|Gene|Feature_type|Feature|HGVSc|HGVSp|HGVSg|Existing_variation|ALLELE_NUM|HGNC_ID'

/** One transcript's entry for one ALT; what it says is added to what is known of the ALT. */
function sayEntry(random: Random, annotator: Annotator, name: string, index: number, said: Said, serial: number): void {
  const effect = pick(random, EFFECTS)
  said.effects.push(effect)
  // Nothing but what lies between genes.
  if (random() < 0.15) {
    said.effects.splice(-1, 1, annotator === 'snpeff' ? 'intergenic_region' : 'intergenic_variant')
    const between = said.effects.at(-1)!
    const number = annotator === 'vep-numbered' ? index + 1 : ''
    said.entries.push(
      annotator === 'snpeff'
        ? `${name}|${between}|MODIFIER|BRAF-EGFR|BRAF-EGFR|intergenic_region||||||||||`
        : `${name}|${between}|MODIFIER|||||||||${number}|`,
    )
    return
  }
  const gene = pick(random, GENES)
  const transcript = `ENST0000000000${1 + Math.floor(random() * 9)}.${1 + Math.floor(random() * 3)}`
  const protein = random() < 0.6 ? pick(random, PROTEIN) : undefined
  const coding = `c.${serial}${index}A>G`
  said.genes.push(gene.symbol, gene.id)
  if (annotator !== 'snpeff' && gene.hgnc !== '') said.genes.push(`HGNC:${gene.hgnc}`)
  said.hgvs.push(`${transcript}:${coding}`)
  const sequence = annotator === 'snpeff' ? transcript : transcript.replace('ENST', 'ENSP')
  if (protein) {
    said.hgvs.push(`${sequence}:${protein[0].replace('%3D', '=')}`)
    said.changes.push(protein[1])
  }
  if (annotator === 'snpeff') {
    said.entries.push(
      `${name}|${effect}|LOW|${gene.symbol}|${gene.id}|transcript|${transcript}|protein_coding|1/2|${coding}|${protein?.[0].replace('%3D', '=') ?? ''}|||||`,
    )
    return
  }
  const known = random() < 0.3 ? `rs${serial}&COSV${serial}` : ''
  if (known !== '') said.dbSnp.push(`rs${serial}`)
  const number = annotator === 'vep-numbered' ? String(index + 1) : ''
  said.entries.push(
    `${name}|${effect}|LOW|${gene.symbol}|${gene.id}|Transcript|${transcript}|${transcript}:${coding}|${protein ? `${sequence}:${protein[0]}` : ''}||${known}|${number}|${gene.hgnc}`,
  )
}

function headerOf(annotator: Annotator, samples: readonly string[]): readonly string[] {
  return [
    '##fileformat=VCFv4.2',
    ...(annotator.startsWith('vep')
      ? [
          `##INFO=<ID=CSQ,Number=.,Type=String,Description="Consequence annotations from Ensembl VEP. Format: ${VEP_FIELDS}">`,
        ]
      : []),
    ...(annotator === 'snpeff'
      ? [
          `##INFO=<ID=ANN,Number=.,Type=String,Description="Functional annotations: 'Allele | Annotation | Annotation_Impact' ">`,
        ]
      : []),
    '##INFO=<ID=CLNSIG,Number=A,Type=String,Description="Significance">',
    '##INFO=<ID=CLNDN,Number=.,Type=String,Description="Disease">',
    `#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\t${samples.join('\t')}`,
  ]
}

/**
 * A file of records with one to three ALTs at a few places, so that files and records share alleles.
 *
 * @param people numbers of the samples, which are called p1, p2…
 */
export function makeAnnotatedVcf(
  seed: number,
  annotator: Annotator,
  people: readonly number[],
  records: number,
): MadeFile {
  const random = createRandom(seed)
  const facts: MadeFact[] = []
  const lines: string[] = []
  for (let serial = 1; serial <= records; serial++) {
    const contig = pick(random, ['1', '7', 'X'] as const)
    const position = 50_000_000 + pick(random, [0, 3, 40, 900, 1_048_576, 2_000_000]) + Math.floor(random() * 3)
    const ref = bases(random, 3)
    const alts = [...new Set([bases(random, 3), bases(random, 3), ref.charAt(0) + bases(random, 2)])]
      .filter((alt) => alt !== ref)
      .slice(0, 1 + Math.floor(random() * 3))
    if (alts.length === 0) continue
    const names = annotator === 'snpeff' ? alts : vepNames(ref, alts)
    const said = alts.map((): Said => ({
      genes: [],
      changes: [],
      hgvs: [],
      effects: [],
      dbSnp: [],
      significance: [],
      entries: [],
    }))
    if (annotator !== 'none') {
      for (const [index, own] of said.entries()) {
        const entries = 1 + Math.floor(random() * 3)
        for (let i = 0; i < entries; i++) sayEntry(random, annotator, names[index]!, index, own, serial)
      }
    }
    const id = random() < 0.3 ? `rs9${serial}` : '.'
    if (id !== '.') for (const own of said) own.dbSnp.push(id)
    const significances = random() < 0.3 ? alts.map(() => pick(random, ['.', ...SIGNIFICANCES])) : undefined
    for (const [index, own] of said.entries()) {
      const significance = significances?.[index]
      if (significance !== undefined && significance !== '.') own.significance.push(significance.replaceAll('_', ' '))
    }
    const genotypes = people.map(() => [0, 0].map(() => Math.floor(random() * (alts.length + 1))))
    const entries = said.flatMap((own) => own.entries)
    const info = [
      ...(entries.length > 0 ? [`${annotator === 'snpeff' ? 'ANN' : 'CSQ'}=${entries.join(',')}`] : []),
      ...(significances?.some((text) => text !== '.') ? [`CLNSIG=${significances.join(',')}`] : []),
    ]
    lines.push(
      [
        contig,
        position,
        id,
        ref,
        alts.join(','),
        '.',
        'PASS',
        info.join(';') || '.',
        'GT',
        ...genotypes.map((gt) => gt.join('/')),
      ].join('\t'),
    )
    for (const [index, alt] of alts.entries()) {
      const { entries: _, ...own } = said[index]!
      const carriers = people.filter((_p, person) => genotypes[person]!.includes(index + 1))
      facts.push({ allele: trim(contig, position, ref, alt), carriers, ...own })
    }
  }
  const samples = people.map((person) => `p${person}`)
  return { text: [...headerOf(annotator, samples), ...lines, ''].join('\n'), facts }
}
