import fc from 'fast-check'
import { gzipSync } from 'node:zlib'
import { bgzfFile } from './bgzf-file.js'

/** The people of every made file, in the order of its columns. */
export const MADE_SAMPLES = ['m1', 'm2', 'f1', 'f2', 'u1', 'u2', 'u3']

interface Site {
  readonly chrom: string
  readonly pos: number
  readonly alleles: string
  readonly filter: string
  readonly info: string
  readonly format: string
  readonly calls: readonly (readonly [string, number])[]
}

const gt = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('0|0', '0/0') },
  { weight: 4, arbitrary: fc.constantFrom('0|1', '1|0', '1/1', '0/1', '1|2', '2/2') },
  { weight: 2, arbitrary: fc.constantFrom('.', './.', './1', '1', '0', '0/1/1') },
)
const site: fc.Arbitrary<Site> = fc.record({
  chrom: fc.constantFrom('chr1', '1', 'chrX', 'Y', 'MT', 'chrUn_1'),
  // Few positions, so that alleles come again.
  pos: fc.integer({ min: 3_000_000, max: 3_000_006 }),
  alleles: fc.constantFrom('A C,G', 'A C,G', 'AT A,ATT', 'G *,T', 'C <DEL>,T', 'CAC C,CACAC', 'A N,T', 'A <NON_REF>,C'),
  filter: fc.constantFrom('PASS', '.', '.', 'LowQual'),
  info: fc.oneof(
    { weight: 8, arbitrary: fc.constant('END=3000050') },
    fc.constant(`END=3000050;X=${'long'.repeat(900)}`),
  ),
  format: fc.constantFrom('GT', 'GT', 'GT:AD:DP:GQ:PL', 'GQ:GT'),
  calls: fc.tuple(...MADE_SAMPLES.map(() => fc.tuple(gt, fc.integer({ min: 10, max: 40 })))),
})
const record: fc.Arbitrary<Site> = fc.oneof(
  { weight: 9, arbitrary: site },
  // A block without an allele.
  { weight: 1, arbitrary: site.map((one) => ({ ...one, alleles: 'A .' })) },
)

function toLine({ chrom, pos, alleles, filter, info, format, calls }: Site): string {
  const [ref, alt] = alleles.split(' ') as [string, string]
  const alts = alt === '.' ? 0 : alt.split(',').length
  // MT is short.
  const position = chrom === 'MT' ? pos - 2_999_000 : pos
  const columns = calls.map(([call, gq]) =>
    format
      .split(':')
      .map((key) =>
        key === 'GT'
          ? alts < 2
            ? call.replaceAll(/[12]/g, alts === 0 ? '.' : '1')
            : call
          : key === 'GQ'
            ? gq
            : key === 'AD'
              ? '3,4'
              : '7',
      )
      .join(':'),
  )
  const end = chrom === 'MT' ? info.replace('3000050', '1050') : info
  return [chrom, position, '.', ref, alt, '.', filter, end, format, ...columns].join('\t')
}

export const MADE_HEADER = [
  '##fileformat=VCFv4.2',
  `##about=${'a header longer than a piece '.repeat(9)}`,
  `#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\t${MADE_SAMPLES.join('\t')}`,
]
export interface MadeFile {
  readonly lines: readonly string[]
  readonly lineEnd: string
  readonly hasMark: boolean
  readonly isEnded: boolean
  readonly compression: 'none' | 'gzip' | 'bgzf'
  readonly blockBytes: number
}

export const madeFile: fc.Arbitrary<MadeFile> = fc.record({
  lines: fc.array(
    fc.oneof(
      { weight: 200, arbitrary: record.map(toLine) },
      { weight: 5, arbitrary: fc.constant('') },
      { weight: 2, arbitrary: fc.constantFrom('chr1\tno record', '#late') },
    ),
    { maxLength: 30 },
  ),
  lineEnd: fc.constantFrom('\n', '\r\n'),
  hasMark: fc.boolean(),
  isEnded: fc.boolean(),
  compression: fc.constantFrom('none' as const, 'gzip' as const, 'bgzf' as const),
  blockBytes: fc.integer({ min: 200, max: 3_000 }),
})

export function toBytes({ lines, lineEnd, hasMark, isEnded, compression, blockBytes }: MadeFile): Buffer {
  const text = [...MADE_HEADER, ...lines].join(lineEnd)
  const content = Buffer.from(`${hasMark ? '\ufeff' : ''}${text}${isEnded ? lineEnd : ''}`)
  if (compression === 'none') return content
  return compression === 'gzip' ? gzipSync(content) : bgzfFile(content, blockBytes)
}

/** Damage anywhere in a file. */
export interface Damage {
  readonly kind: 'cut' | 'changed' | 'zeroed'
  /** Counted from the last byte, since what a reader can miss is mostly there. */
  readonly fromEnd: number
  readonly mask: number
}
export const damage: fc.Arbitrary<Damage> = fc.record({
  kind: fc.constantFrom('cut' as const, 'changed' as const, 'zeroed' as const),
  fromEnd: fc.oneof(fc.nat(80), fc.nat(1_000_000)),
  mask: fc.oneof(fc.constant(0xff), fc.integer({ min: 1, max: 255 })),
})

export function toDamaged(bytes: Buffer, { kind, fromEnd, mask }: Damage): Buffer {
  const at = bytes.length - 1 - (fromEnd % bytes.length)
  if (kind === 'cut') return bytes.subarray(0, at)
  const damaged = Buffer.from(bytes)
  if (kind === 'changed') damaged[at]! ^= mask
  else damaged.fill(0, at, Math.min(at + 4, bytes.length))
  return damaged
}
