import { makeText, type Random } from './annotated-vcf.js'

export const VARIANT_CONTIGS = ['2', 'HLA-A*01', 'X', 'empty'] as const
export const VARIANT_SAMPLES = ['Eva', 'Adam', 'Moa'] as const

/** Far behind what BAI and TBI can number. */
const LENGTH = 900_000_000
export const FAR = 700_000_000

/**
 * Variants of all the shapes that decide whether one overlaps a region, made up, as VCF text in the order of their places; the ID
 * is the line's number.
 *
 * @param far on the contig that is longer than 512 Mb, behind that
 */
export function makeVariants(random: Random, count: number, isEndDeclared: boolean, far: boolean): string {
  const whole = (below: number) => Math.floor(random() * below)
  const lines: { contig: number; position: number; line: (id: number) => string }[] = []
  for (let index = 0; index < count; index++) {
    const contig = whole(VARIANT_CONTIGS.length - 1)
    const near = random() < 0.5 ? 50_000 + whole(1_000) : 1 + whole(300_000)
    const position = near + (far && contig === 0 ? FAR : 0)
    const [ref, alt, info] = makeAllele(random, position)
    const text = makeText(random, 'abcdefghijklmnop', 100 + whole(200))
    const genotypes = VARIANT_SAMPLES.map(() => `${whole(2)}|${random() < 0.2 ? '.' : whole(2)}:${whole(100)}`)
    const rest = [ref, alt, '.', 'PASS', `${info}NOTE=${text}`, 'GT:GQ', ...genotypes]
    const chrom = VARIANT_CONTIGS[contig]!
    lines.push({ contig, position, line: (id) => [chrom, position, `v${id}`, ...rest].join('\t') })
  }
  lines.sort((a, b) => a.contig - b.contig || a.position - b.position)
  const header = [
    '##fileformat=VCFv4.3',
    ...VARIANT_CONTIGS.map((name) => `##contig=<ID=${name},length=${LENGTH}>`),
    '##FILTER=<ID=PASS,Description="All, \\"ID=x\\" too">',
    ...(isEndDeclared ? ['##INFO=<ID=END,Number=1,Type=Integer,Description="Where it ends">'] : []),
    '##INFO=<ID=SVLEN,Number=.,Type=Integer,Description="Length">',
    '##INFO=<ID=NOTE,Number=1,Type=String,Description="Anything">',
    '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">',
    '##FORMAT=<ID=GQ,Number=1,Type=Integer,Description="Quality">',
    `#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\t${VARIANT_SAMPLES.join('\t')}`,
  ]
  return [...header, ...lines.map(({ line }, index) => line(index)), ''].join('\n')
}

/** REF, ALT, and INFO up to what is in all. */
function makeAllele(random: Random, position: number): readonly [string, string, string] {
  const shape = random()
  const ref = makeText(random, 'ACGT', 1 + Math.floor(random() ** 4 * 60))
  if (shape < 0.05) return [ref, '<DEL>', `END=${position + Math.floor(random() ** 3 * 100_000)};`]
  if (shape < 0.07) return [ref, '<INS>', `SVLEN=400;END=${position};`]
  if (shape < 0.08) return [ref, '<DEL>', `END=${Math.max(1, position - 7)};`]
  if (shape < 0.09) return [ref, '<DEL>', 'SVLEN=-9000;']
  return [ref, ref === 'A' ? 'C' : 'A', '']
}
