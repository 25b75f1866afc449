import { toBgzf } from '../../formats/bgzf/block-writer.js'
import { BGZF_EOF } from '../../formats/bgzf.js'
import type { RandomAccess } from '../../formats/random-access.js'
import type { RecordEdit, Selection, SliceableFile, SlicePart } from '../../formats/slice.js'
import type { OpenFile } from '../context.js'

export function toRandomAccess(bytes: Buffer): RandomAccess {
  return {
    size: bytes.length,
    read: async (start, end) => bytes.subarray(start, end),
    async *stream(start, end, signal) {
      for (let at = start; at < end; at += 1_000) {
        signal?.throwIfAborted()
        yield bytes.subarray(at, Math.min(at + 1_000, end))
      }
    },
  }
}

export const VCF_CONTIGS = [
  { name: 'chr1', length: 1_000 },
  { name: 'chr2', length: 500 },
]

const HEADER = [
  '##fileformat=VCFv4.3',
  '##fileDate=20260101',
  '##source=/home/anna/call-anna.sh',
  '##reference=file:///data/anna/GRCh38.fa',
  '##INFO=<ID=DP,Number=1,Type=Integer,Description="Depth of anna in /data/anna/x.bam">',
  '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">',
  ...VCF_CONTIGS.map(({ name, length }) => `##contig=<ID=${name},length=${length}>`),
  '##SAMPLE=<ID=anna,Description="Anna">',
  '##bcftools_viewCommand=view -s anna in.vcf',
]

/**
 * A VCF file in memory: SNVs (1-based positions), with each sample's genotype. Slices of all records are stored bytes, others
 * are made.
 */
export async function createMemoryVcf(
  samples: readonly string[],
  sites: readonly (readonly [string, number])[],
  version = 'v1',
): Promise<OpenFile> {
  const columns = ['#CHROM', 'POS', 'ID', 'REF', 'ALT', 'QUAL', 'FILTER', 'INFO', 'FORMAT', ...samples].join('\t')
  const header = Buffer.from(`${[...HEADER, columns].join('\n')}\n`)
  const rows = sites.map(([contig, position], index) => ({
    contig,
    position,
    fixed: [contig, position, '.', 'A', 'C', '.', 'PASS', `DP=${index}`, 'GT'].join('\t'),
    genotypes: samples.map((_, column) => `0/${(index + column) % 2}`),
  }))
  const toText = (kept: typeof rows, columnsKept: readonly number[]) =>
    kept.map(({ fixed, genotypes }) => [fixed, ...columnsKept.map((c) => genotypes[c])].join('\t') + '\n').join('')
  const everybody = samples.map((_, column) => column)
  const blocks = [await toBgzf(header), await toBgzf(Buffer.from(toText(rows, everybody))), BGZF_EOF]
  const start = blocks[0]!.length
  const data = toRandomAccess(Buffer.concat(blocks))

  async function* slice(selection: Selection, edit: RecordEdit): AsyncGenerator<SlicePart> {
    if (selection.kind === 'all' && !edit.samples) {
      yield { kind: 'stored', start, end: start + blocks[1]!.length }
      return
    }
    const isWanted = ({ contig, position }: (typeof rows)[number]) =>
      selection.kind === 'all' ||
      selection.regions.some((r) => r.contig === contig && position - 1 < r.end && position > r.start)
    const columnsKept = edit.samples ? edit.samples.map((name) => samples.indexOf(name)) : everybody
    const text = toText(rows.filter(isWanted), columnsKept)
    if (text !== '') yield { kind: 'made', bytes: await toBgzf(Buffer.from(text)) }
  }

  const file: SliceableFile = {
    format: 'VCF',
    header,
    contigs: VCF_CONTIGS,
    samples,
    bytes: header.length,
    slice,
    split: (selection) => [selection],
  }
  return { data, file, version }
}
