import { once } from 'node:events'
import { join } from 'node:path'
import { contigByNumber, CONTIGS } from '../../schemas/index.js'
import type { Bitmap } from '../variants/bitmap.js'
import { readManifest, segmentsDirectory } from '../variants/dataset-manifest.js'
import { createSegmentHandles } from '../variants/sqlite/segment-handles.js'
import type { StoredAllele } from '../variants/sqlite/segment-records.js'
import { openSegment, type PageKey } from '../variants/sqlite/segment.js'
import { bcfFile, bcfRecord, int32s, int8s, text } from './bcf-file.js'

// Short alleles of a dataset's first segment as uncompressed BCF on standard output, for comparison with other programs:
// node export-slice.js DIR DATASET CONTIG START COUNT

const PAGE = 256
const END = 2 ** 31 - 1
/** Of the dictionary of strings in the header. */
const [PASS, AC, AN, GT] = [0, 1, 2, 3]
/** Both alleles of a genotype as BCF writes them: (allele + 1) << 1. */
const [REFERENCE, ALTERNATE, MISSING] = [2, 4, 0]

function toGenotypes(allele: StoredAllele, people: number): Int8Array {
  const { heterozygous, homozygous, twoAlleles } = allele.recorded().calls
  const genotypes = new Int8Array(2 * people).fill(MISSING)
  const put = (set: Bitmap, first: number, second: number) => {
    for (const person of set.toUint32Array()) {
      genotypes[2 * person - 2] = first
      genotypes[2 * person - 1] = second
    }
  }
  put(twoAlleles, REFERENCE, REFERENCE)
  put(heterozygous, REFERENCE, ALTERNATE)
  put(homozygous, ALTERNATE, ALTERNATE)
  return genotypes
}

function toRecord(allele: StoredAllele, people: number): Buffer {
  const { variant, anchor } = allele
  const { start, referenceBases, alternateBases } = variant
  const isAnchored = referenceBases === '' || alternateBases === ''
  const before = isAnchored ? anchor : ''
  const { calls } = allele.recorded()
  const count = calls.heterozygous.size + 2 * calls.homozygous.size
  return bcfRecord({
    contig: variant.contig - 1,
    start: isAnchored ? start - 1 : start,
    id: text(''),
    span: before.length + referenceBases.length,
    alleles: [text(before + referenceBases), text(before + alternateBases)],
    filter: int8s([PASS]),
    info: [
      Buffer.concat([int8s([AC]), int32s([count])]),
      Buffer.concat([int8s([AN]), int32s([2 * calls.twoAlleles.size])]),
    ],
    samples: people,
    format: [Buffer.concat([int8s([GT]), int8s(toGenotypes(allele, people), 2)])],
  })
}

function toHeader(assembly: 'GRCh37' | 'GRCh38', people: number): string {
  const contigs = CONTIGS[assembly].map(
    ({ number, length }) => `##contig=<ID=${contigByNumber(assembly, number).name},length=${length}>`,
  )
  const samples = Array.from({ length: people }, (_, person) => `p${person}`)
  const lines = [
    '##fileformat=VCFv4.3',
    '##FILTER=<ID=PASS,Description="passed">',
    '##INFO=<ID=AC,Number=A,Type=Integer,Description="alleles">',
    '##INFO=<ID=AN,Number=1,Type=Integer,Description="called alleles">',
    '##FORMAT=<ID=GT,Number=1,Type=String,Description="genotype">',
    ...contigs,
    ['#CHROM', 'POS', 'ID', 'REF', 'ALT', 'QUAL', 'FILTER', 'INFO', 'FORMAT', ...samples].join('\t'),
  ]
  return `${lines.join('\n')}\n`
}

const [directory, id, contig, start, count] = process.argv.slice(2)
if (!directory || !id || !count) throw new TypeError('usage: export-slice.js DIR DATASET CONTIG START COUNT')
const handles = createSegmentHandles()
const [entry] = readManifest(directory, id)!.segments
const segment = openSegment(join(segmentsDirectory(directory, id), entry!.file), handles)
const people = segment.everybody.maximum()
process.stdout.write(bcfFile(toHeader(segment.assembly, people), []))
let after: PageKey | undefined
for (let left = Number(count); left > 0;) {
  const page = segment.shortAlleles(Number(contig), Number(start), END, after, Math.min(PAGE, left))
  if (page.length === 0) break
  const records = page.map((allele) => toRecord(segment.find(allele)!, people))
  if (!process.stdout.write(Buffer.concat(records))) await once(process.stdout, 'drain')
  left -= page.length
  after = page.at(-1)
}
segment.close()
