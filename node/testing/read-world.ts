import { makeText, type Random } from './annotated-vcf.js'

/** Reads of all the shapes that decide whether one overlaps a region, made up, as SAM text in the order of their places. */
export function makeReads(random: Random, count: number): string {
  const reads: { contig: number; start: number; line: (name: string) => string }[] = []
  const whole = (below: number) => Math.floor(random() * below)
  for (let index = 0; index < count; index++) {
    const contig = whole(CONTIGS.length - 1)
    // Half of them in pile-ups, so that a bin has many blocks; gaps of whole bins between.
    const start = random() < 0.5 ? 40_000 + whole(900) : whole(6) * 60_000 + whole(9_000)
    const shape = random()
    const length = 60 + whole(60)
    const bases = makeText(random, 'ACGT', length)
    const isUnmapped = shape < 0.04
    const cigar = toCigar(shape, length, whole)
    const flag = isUnmapped ? 4 : 0
    const name = CONTIGS[contig]!.name
    const tags = `NM:i:${whole(9)}\tXB:B:s,1,-2,${whole(300)}\tXZ:Z:${makeText(random, 'xyz', whole(9))}`
    reads.push({
      contig,
      start,
      line: (read) =>
        `${read}\t${flag}\t${name}\t${start + 1}\t30\t${cigar}\t*\t0\t0\t${bases}\t${makeText(random, '#5AFI', length)}\t${tags}`,
    })
  }
  reads.sort((a, b) => a.contig - b.contig || a.start - b.start)
  const unplaced = Array.from({ length: Math.ceil(count / 20) }, (_, index) => {
    return `u${index}\t4\t*\t0\t0\t*\t*\t0\t0\t${makeText(random, 'ACGT', 80)}\t*`
  })
  const header = [
    '@HD\tVN:1.6\tSO:coordinate',
    ...CONTIGS.map(({ name, length }) => `@SQ\tSN:${name}\tLN:${length}`),
    '@RG\tID:a\tSM:Eva',
    '@RG\tID:b\tSM:Adam',
    '@RG\tID:c\tSM:Eva',
  ]
  return [...header, ...reads.map(({ line }, index) => line(`r${index}`)), ...unplaced, ''].join('\n')
}

/** The last has no reads. */
export const CONTIGS = [
  { name: 'chr1', length: 400_000 },
  { name: 'HLA:01', length: 400_000 },
  { name: 'chr3', length: 400_000 },
  { name: 'empty', length: 400_000 },
] as const

function toCigar(shape: number, length: number, whole: (below: number) => number): string {
  if (shape < 0.02) return '*'
  // Unmapped reads may have one all the same: they are on one base.
  if (shape < 0.06) return `${length}M`
  // Spliced over bins of several levels.
  if (shape < 0.12) return `20M${1_000 + whole(100_000)}N${length - 20}M`
  if (shape < 0.15) return `${length}S`
  if (shape < 0.3) return `10S20M5I3D${length - 35}M4H`
  return `${length}M`
}
