import { CONTIGS, contigByNumber } from '../../schemas/index.js'
import { NO_CALL, NO_COPY, type Genotypes } from './genotypes.js'
import type { Person } from './people.js'
import type { Site } from './sites.js'

const TAB = 0x09
const NEWLINE = 0x0a
const SLASH = 0x2f
const DOT = 0x2e
const ZERO = 0x30

/** Bytes of the longest genotype, `\t0/0`. Alleles have one digit: sites have at most two alternates. */
const GENOTYPE_BYTES = 4

export function toVcfHeader(people: readonly Person[]): string {
  const contigs = CONTIGS.GRCh38.map(({ name, length }) => `##contig=<ID=chr${name},length=${length},assembly=GRCh38>`)
  const lines = [
    '##fileformat=VCFv4.3',
    '##source=Fyr demonstration: made-up people, made-up bases',
    '##reference=GRCh38',
    ...contigs,
    '##FILTER=<ID=PASS,Description="All filters passed">',
    '##INFO=<ID=AC,Number=A,Type=Integer,Description="Allele count in genotypes">',
    '##INFO=<ID=AN,Number=1,Type=Integer,Description="Called alleles in genotypes">',
    '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">',
    ['#CHROM', 'POS', 'ID', 'REF', 'ALT', 'QUAL', 'FILTER', 'INFO', 'FORMAT', ...people.map(({ id }) => id)].join('\t'),
  ]
  return `${lines.join('\n')}\n`
}

function toInfo(site: Site, genotypes: Genotypes): string {
  const counts = new Array<number>(site.alts.length + 1).fill(0)
  for (let slot = 0; slot < genotypes.length; slot += 1) {
    const copy = genotypes[slot]!
    if (copy >= 0) counts[copy]! += 1
  }
  const number = counts.reduce((sum, count) => sum + count, 0)
  return `AC=${counts.slice(1).join(',')};AN=${number}`
}

/** One row as bytes: a string for each genotype would make the whole demonstration wait. */
export function toVcfRow(site: Site, genotypes: Genotypes): Buffer {
  const { name } = contigByNumber('GRCh38', site.contig)
  const fixed = [
    `chr${name}`,
    site.position,
    '.',
    site.ref,
    site.alts.join(','),
    '.',
    'PASS',
    toInfo(site, genotypes),
    'GT',
  ]
  const head = fixed.join('\t')
  const row = Buffer.allocUnsafe(head.length + (genotypes.length / 2) * GENOTYPE_BYTES + 1)
  let at = row.write(head, 'latin1')
  for (let slot = 0; slot < genotypes.length; slot += 2) {
    const first = genotypes[slot]!
    const second = genotypes[slot + 1]!
    row[at++] = TAB
    row[at++] = first === NO_CALL ? DOT : ZERO + first
    if (second === NO_COPY) continue
    row[at++] = SLASH
    row[at++] = second === NO_CALL ? DOT : ZERO + second
  }
  row[at++] = NEWLINE
  return row.subarray(0, at)
}
