import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { cleanSamHeader } from './clean-sam-header.js'
import { cleanVcfHeader } from './clean-vcf-header.js'
import { tellsOf } from './hidden-names.js'

const NAMES = { bySample: new Map([['NA-12878', 'P-1']]), hidden: ['NA-12878', 'Eva Ek'] }

function toSam(lines: readonly string[]): string {
  return lines.map((line) => `${line.trim().split(/ +/).join('\t')}\n`).join('')
}

describe('whether a text tells of a name', () => {
  test.each([
    ['NA-12878', true],
    ['na12878', true],
    ['run3.NA_12878.L001', true],
    ['12878_L001', true],
    ['eva-ek', true],
    ['SRR098401', false],
    ['1', false],
    ['L001', false],
    ['', false],
  ])('%s: %s', (text, expected) => {
    expect(tellsOf(text, NAMES.hidden)).toBe(expected)
  })

  test('whatever the laboratory puts around the name', () => {
    const around = fc.string({ unit: fc.constantFrom('a', '7', '_', '.', '-', ' '), maxLength: 5 })
    const name = fc.string({ unit: fc.constantFrom('A', 'b', '1', '2', 'é'), minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(around, name, around, (before, hidden, after) => {
        expect(tellsOf(before + hidden.toUpperCase() + after, [hidden])).toBe(true)
      }),
    )
  })
})

describe('a header of reads', () => {
  test('keeps what is needed to read the records', () => {
    const { text, readGroups } = cleanSamHeader(
      toSam([
        '@HD VN:1.6 SO:coordinate XX:anything',
        '@SQ SN:chr1 LN:248956422 M5:6aef897c3d6ff0c78aff06ac189178dd UR:/data/eva/ref.fa DS:eva',
        '@RG ID:1 SM:NA-12878 LB:NA-12878-lib PU:FC1.1.NA12878 PL:ILLUMINA CN:Lund DT:2020-01-01 DS:eva PI:350',
        '@RG ID:2 SM:NA-12878 LB:other PL:NA12878',
        '@RG ID:3 SM:NA-12878 LB:NA-12878-lib',
        '@PG ID:bwa PN:bwa VN:0.7 CL:bwa_mem_/data/NA12878.fq DS:x',
        '@PG ID:sort-NA12878 PN:sort PP:bwa',
        '@PG ID:dup PN:picard PP:sort-NA12878',
        '@PG ID:last PN:samtools PP:dup',
        '@CO eva',
        '@XX ID:eva',
      ]),
      NAMES,
    )
    expect(text).toBe(
      toSam([
        '@HD VN:1.6 SO:coordinate',
        '@SQ SN:chr1 LN:248956422 M5:6aef897c3d6ff0c78aff06ac189178dd',
        '@RG ID:1 SM:P-1 LB:library-1 PL:ILLUMINA PI:350',
        '@RG ID:2 SM:P-1 LB:library-2',
        '@RG ID:3 SM:P-1 LB:library-1',
        '@PG ID:bwa PN:bwa VN:0.7',
        '@PG ID:dup PN:picard',
        '@PG ID:last PN:samtools PP:dup',
      ]),
    )
    expect(readGroups.size).toBe(0)
  })

  test('read groups that are called like the person get numbers that no other has', () => {
    const { text, readGroups } = cleanSamHeader(
      toSam(['@RG ID:NA12878_L1 SM:NA-12878', '@RG ID:rg1 SM:NA-12878', '@RG ID:12878 SM:NA-12878']),
      NAMES,
    )
    expect(readGroups).toEqual(
      new Map([
        ['NA12878_L1', 'rg2'],
        ['12878', 'rg3'],
      ]),
    )
    expect(text).toBe(toSam(['@RG ID:rg2 SM:P-1', '@RG ID:rg1 SM:P-1', '@RG ID:rg3 SM:P-1']))
  })

  test('of a name nothing is left, wherever it stood', () => {
    const tag = fc.constantFrom(
      'ID',
      'SM',
      'LB',
      'PU',
      'DS',
      'CN',
      'CL',
      'PN',
      'PP',
      'UR',
      'VN',
      'PL',
      'DT',
      'BC',
      'PM',
    )
    const value = fc.constantFrom('NA-12878', 'x.NA12878.y', 'plain', '/data/NA-12878/f', 'na 12878', 'L1')
    const line = fc.tuple(
      fc.constantFrom('@RG', '@PG', '@CO', '@XX'),
      fc.uniqueArray(fc.tuple(tag, value), { selector: ([name]) => name, maxLength: 6 }),
    )
    fc.assert(
      fc.property(fc.array(line, { maxLength: 5 }), (lines) => {
        const written = lines.map(([type, fields]) => [type, ...fields.map(([t, v]) => `${t}:${v}`)].join('\t'))
        const { text } = cleanSamHeader(written.map((one) => `${one}\n`).join(''), NAMES)
        expect(text.toLowerCase().replace(/[^a-z0-9]/g, '')).not.toContain('na12878')
      }),
    )
  })
})

describe('a header of variants', () => {
  test('keeps what is needed to read the records, in the order of the dictionary', () => {
    const text = [
      '##fileformat=VCFv4.3',
      '##fileDate=20260101',
      '##source="/usr/bin/caller --sample NA-12878"',
      '##reference=file:///data/NA12878/GRCh38.fa',
      '##FILTER=<ID=PASS,Description="All filters passed",IDX=0>',
      '##INFO=<ID=CSQ,Number=.,Type=String,Description="From VEP. Format: Allele|A/C|SYMBOL",Source="/opt/NA12878",Version="1",IDX=7>',
      '##INFO=<ID=X,Number=1,Type=Float,Description="max of \\"NA-12878\\", from /data/eva/in.vcf.gz, a \\"b\\"">',
      '##contig=<ID=HLA:01,length=10,assembly=b37,URL="file:///data/eva/ref.fa">',
      '##ALT=<ID=DEL,Description="Deletion">',
      '##SAMPLE=<ID=NA-12878,Genomes=Germline>',
      '##PEDIGREE=<ID=NA-12878,Father=Eva>',
      '##META=<ID=Assay,Values=[WGS]>',
      '##bcftools_viewCommand=view -s NA-12878 /data/x.vcf',
      '##GATKCommandLine=<ID=HaplotypeCaller,CommandLine="--sample NA-12878">',
      '##INFO=<Description="no id">',
      '#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tgone\tNA-12878',
      '',
    ].join('\n')
    expect(cleanVcfHeader(text, NAMES).split('\n')).toEqual([
      '##fileformat=VCFv4.3',
      '##reference=GRCh38.fa',
      '##FILTER=<ID=PASS,Description="All filters passed",IDX=0>',
      '##INFO=<ID=CSQ,Number=.,Type=String,Description="From VEP. Format: Allele|A/C|SYMBOL",IDX=7>',
      '##INFO=<ID=X,Number=1,Type=Float,Description="max of sample from file, a \\"b\\"">',
      '##contig=<ID=HLA:01,length=10,assembly=b37>',
      '##ALT=<ID=DEL,Description="Deletion">',
      '#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tP-1',
      '',
    ])
  })

  test('without columns there is no FORMAT', () => {
    const columns = '#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO'
    const nobody = { bySample: new Map<string, string>(), hidden: [] }
    expect(cleanVcfHeader(`##fileformat=VCFv4.2\n${columns}\n`, nobody)).toBe(`##fileformat=VCFv4.2\n${columns}\n`)
    expect(cleanVcfHeader(`##fileformat=VCFv4.2\n${columns}\tFORMAT\tx\n`, nobody)).toBe(
      `##fileformat=VCFv4.2\n${columns}\n`,
    )
  })
})
