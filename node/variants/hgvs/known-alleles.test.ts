import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { BRCA1 } from '../../testing/brca1.js'
import type { TranscriptMatch } from '../genes/open-genes.js'
import { toCodingIndexes, toSplicing, type Transcript } from '../genes/transcript.js'
import type { Reference } from '../reference.js'
import { trimAlleles, type Variant } from '../variant.js'
import { HgvsError } from './hgvs-error.js'
import { parseHgvs } from './parse-hgvs.js'
import { resolveHgvs } from './resolve-hgvs.js'
import { toHgvsC, toHgvsG } from './to-hgvs.js'

/** Pieces of chromosome 17 of GRCh38 by 1-based position: what is known of it around some alleles. */
const KNOWN: Readonly<Record<number, string>> = {
  // The other strand of c.64 to c.80, TTA GAG TGT CCC ATC TG, the end of an exon.
  43124017: 'CAGATGGGACACTCTAA',
  43057061: 'CTGGGA',
  43106485: 'ACA',
  43045711: 'GTA',
}

const reference: Reference = {
  assembly: 'GRCh38',
  has: (contig) => contig === 17,
  bases(_, start, end) {
    let bases = ''
    for (let at = start; at < end; at++) {
      const piece = Object.entries(KNOWN).find(
        ([from, text]) => Number(from) - 1 <= at && at < Number(from) - 1 + text.length,
      )
      bases += piece ? piece[1][at - (Number(piece[0]) - 1)]! : 'N'
    }
    return bases
  },
  close: () => undefined,
}

function genesOf(...transcripts: readonly Transcript[]) {
  const find =
    (name: (transcript: Transcript) => string | undefined) =>
    (asked: string): TranscriptMatch => {
      const found = transcripts.filter((transcript) => name(transcript) === asked.replace(/\.\d+$/, ''))
      return { transcripts: found, versions: found.map(({ version }) => version!) }
    }
  return {
    sources: () => [{ assembly: 'GRCh38', file: 'f', added: '', genes: 1, transcripts: 1 } as const],
    transcript: find(({ accession }) => accession),
    translatedTo: find(({ protein }) => protein?.replace(/\.\d+$/, '')),
  }
}

function resolve(text: string) {
  return resolveHgvs(parseHgvs(text), 'GRCh38', genesOf(BRCA1), reference)
}

/** `43045712-T-C`, as VCF writes it. */
function vcf(text: string): Variant {
  const [position, ref, alt] = text.split('-')
  const { anchor: _, ...trimmed } = trimAlleles(Number(position) - 1, ref!, alt!)
  return { contig: 17, ...trimmed }
}

test('BRCA1 has as many bases and codons as RefSeq says', () => {
  const splicing = toSplicing(BRCA1)
  expect(splicing.length).toBe(7_088)
  expect(toCodingIndexes(BRCA1, splicing)).toEqual([113, 113 + 3 * 1_864])
})

describe('alleles whose places are published', () => {
  test.each([
    ['c.5558A>G', '43045712-T-C', 'g.43045712T>C'],
    ['c.181T>G', '43106487-A-C', 'g.43106487A>C'],
    ['c.68_69del', '43124027-ACT-A', 'g.43124030_43124031del'],
    ['c.5266dup', '43057062-T-TG', 'g.43057065dup'],
  ])('BRCA1 %s is %s and %s', (coding, allele, genomic) => {
    const variant = vcf(allele)
    expect(resolve(`NM_007294.4:${coding}`).variants).toEqual([variant])
    expect(resolve(`NC_000017.11:${genomic}`).variants).toEqual([variant])
    expect(toHgvsC(variant, BRCA1, reference)).toBe(`NM_007294.4:${coding}`)
    expect(toHgvsG('GRCh38', variant, reference)).toBe(`NC_000017.11:${genomic}`)
  })

  test.each([
    ['NM_007294.4:c.1A>G', '43124096-T-C'],
    ['NM_007294.4:c.5123C>A', '43063903-G-T'],
    ['NM_007294.4:c.4675+1G>A', '43074330-C-T'],
    ['NM_007294.4:c.4675 1G>A', '43074330-C-T'],
    ['NM_007294.4:c.594-2A>C', '43095924-T-G'],
    ['NM_007294.4(BRCA1):c.5558A>G', '43045712-T-C'],
    ['NM_007294.4:n.5671A>G', '43045712-T-C'],
  ])('%s is %s, also without the sequence', (text, allele) => {
    const { variants, isChecked } = resolveHgvs(parseHgvs(text), 'GRCh38', genesOf(BRCA1), undefined)
    expect(variants).toEqual([vcf(allele)])
    expect(isChecked).toBe(false)
  })

  test('other spellings of one allele mean the same', () => {
    const spellings = ['c.68_69delAG', 'c.66_67del', 'c.67_68del', 'c.66_70delinsAGT']
    // The bases are TTA GAG TGT from c.64 on: AG stands there from c.66 to c.69, twice.
    for (const spelling of spellings) {
      expect(resolve(`NM_007294.4:${spelling}`).variants).toEqual([vcf('43124027-ACT-A')])
    }
    for (const spelling of ['c.5264dup', 'c.5266dupC', 'c.5263_5264insC', 'c.5266_5267insC']) {
      expect(resolve(`NM_007294.4:${spelling}`).variants).toEqual([vcf('43057062-T-TG')])
    }
  })

  test('a change of an amino acid is all that makes it', () => {
    const found = resolve('NP_009225.1:p.Tyr1853Cys')
    expect(found).toMatchObject({ kind: 'alleles', transcript: 'NM_007294.4', isOtherVersion: false, acrossIntron: 0 })
    expect(found.variants).toEqual([vcf('43045711-GT-AC'), vcf('43045712-T-C')])
    for (const text of ['NP_009225.1:p.(Y1853C)', 'NP_009225.1:p.Y1853C', 'NM_007294.4:p.(Tyr1853Cys)']) {
      expect(resolve(text).variants).toEqual(found.variants)
    }
    const stops = resolve('NP_009225.1:p.Tyr1853Ter').variants
    expect(stops).toEqual(resolve('NP_009225.1:p.Tyr1853*').variants)
    expect(stops).toEqual([vcf('43045711-G-C'), vcf('43045711-G-T'), vcf('43045711-GT-TC')])
    expect(resolve('NP_009225.1:p.Cys61Gly').variants).toContainEqual(vcf('43106487-A-C'))
  })
})

describe('what cannot be resolved says why', () => {
  test.each<[string, 'wrong' | 'cannot', RegExp]>([
    ['NM_007294.4:c.5558C>G', 'wrong', /^NM_007294\.4:c\.5558 \(GRCh38 17:43045712\) is A, not C$/],
    ['NC_000017.11:g.43045712C>A', 'wrong', /g\.43045712 \(GRCh38 17:43045712\) is T, not C$/],
    ['NM_007294.4:c.68_69delTT', 'wrong', /is AG, not TT/],
    ['NM_007294.4:c.68_69delA', 'wrong', /has 2 bases, but 1 are named/],
    ['NM_007294.4:c.5593A>G', 'wrong', /beyond the end of NM_007294\.4: its coding sequence has 5592 bases; write \*1/],
    ['NM_007294.4:c.-114A>G', 'wrong', /c\.-114 is before the first base of NM_007294\.4, -113/],
    ['NM_007294.4:c.*1384A>G', 'wrong', /c\.\*1384 is behind the last base of NM_007294\.4, \*1383/],
    ['NM_007294.4:n.7089A>G', 'wrong', /it has 7088 bases/],
    ['NM_007294.4:c.81+1G>A', 'wrong', /not the last base of an exon before an intron/],
    ['NM_007294.4:c.80-1G>A', 'wrong', /not the first base of an exon behind an intron/],
    ['NM_007294.4:c.80+99999G>A', 'wrong', /beyond the intron of NM_007294\.4, which has 8237 bases/],
    ['NM_007294.4:c.-113-5G>A', 'wrong', /not the first base of an exon behind an intron/],
    ['NM_007294.4:c.80_81insA', 'wrong', /two bases that are neighbours/],
    ['NM_007294.4:c.69_68del', 'wrong', /first position must come before the second/],
    ['NM_007294.4:c.5558_5559A>G', 'wrong', /write delins for several/],
    ['NM_007294.4:c.5558insA', 'wrong', /lies between two bases/],
    ['NM_007294.4:c.5558inv', 'wrong', /two bases or more/],
    ['NM_007294.4:c.5558A>A', 'wrong', /changes nothing/],
    ['NM_007294.4:c.68_69delinsAG', 'wrong', /changes nothing/],
    ['NM_007294.4:c.1_2000del', 'cannot', /longer than 5000 bases: ask a bracket query/],
    [`NM_007294.4:c.5558_5559ins${'ACGT'.repeat(1_251)}`, 'cannot', /adds more than 5000 bases/],
    ['NM_007294.4:c.200del', 'cannot', /letters other than A, C, G and T/],
    ['NC_000017.11:g.*5A>G', 'wrong', /no positions with/],
    ['NC_000017.11:g.5+1A>G', 'wrong', /g\. has no introns/],
    ['NC_000017.11:g.83257442A>G', 'wrong', /17 of GRCh38 has 83257441 bases/],
    ['NC_000017.11:m.5A>G', 'wrong', /not mitochondrial/],
    ['NC_000017.10:g.5A>G', 'wrong', /belongs to GRCh37/],
    ['NG_005905.2:g.5A>G', 'cannot', /no chromosome of GRCh38/],
    ['NM_000059.4:c.5A>G', 'cannot', /the gene table of GRCh38 has no NM_000059\.4/],
    ['NP_009225.1:p.Tyr1853Tyr', 'wrong', /changes nothing/],
    ['NP_009225.1:p.Ser1853Cys', 'wrong', /amino acid 1853 of NM_007294\.4 is Tyr \(TAC\), not Ser/],
    ['NP_009225.1:p.Tyr1865Cys', 'wrong', /beyond the end of NM_007294\.4, which has 1864 codons/],
    ['NP_009225.1:p.Tyr1853fs', 'cannot', /no form of HGVS that this node reads/],
    ['NM_007294.4:c.5558A>GG', 'cannot', /no form of HGVS/],
    ['NM_007294.4:c.0A>G', 'cannot', /no form of HGVS/],
    ['NM_007294.4:c.(1_2)del', 'cannot', /no form of HGVS/],
    ['NM_007294.4:c.10[5]', 'cannot', /no form of HGVS/],
    ['NM_007294.4:r.10a>g', 'cannot', /no form of HGVS/],
    ['NM_007294.4', 'cannot', /no form of HGVS/],
    ['', 'cannot', /no form of HGVS/],
  ])('%s', (text, kind, message) => {
    expect(() => resolve(text)).toThrow(expect.objectContaining({ kind, message: expect.stringMatching(message) }))
  })

  test('in one sentence, whatever the text', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        'NM_007294.4',
        'NC_000017.11',
        'NP_009225.1',
        ':',
        'c.',
        'g.',
        'p.',
        'n.',
        '_',
        '-',
        '+',
        '*',
        '>',
      ),
      fc.constantFrom(
        'del',
        'dup',
        'ins',
        'inv',
        'A',
        'C',
        'GT',
        '0',
        '1',
        '80',
        '5558',
        '43045712',
        'Tyr',
        '(',
        ')',
        'Ter',
      ),
      fc.string({ maxLength: 3 }),
    )
    const text = fc.oneof(
      fc.array(piece, { maxLength: 12 }),
      fc.tuple(
        fc.constantFrom('NM_007294.4:c.', 'NC_000017.11:g.', 'NP_009225.1:p.'),
        fc.array(piece, { maxLength: 8 }),
      ),
    )
    fc.assert(
      fc.property(text, fc.boolean(), (parts, hasSequence) => {
        try {
          const hgvs = parseHgvs(parts.flat(2).join(''))
          resolveHgvs(hgvs, 'GRCh38', genesOf(BRCA1), hasSequence ? reference : undefined)
        } catch (error) {
          expect(error).toBeInstanceOf(HgvsError)
          expect((error as HgvsError).message).not.toMatch(/\bundefined\b|\bNaN\b|\n.*\n/)
        }
      }),
      { numRuns: 2_000 },
    )
  })

  test.each(['c.68_69del', 'c.5266dup', 'c.68delinsTT', 'c.68_69inv', 'c.68_69insA'])(
    '%s without the sequence',
    (text) => {
      const hgvs = parseHgvs(`NM_007294.4:${text}`)
      expect(() => resolveHgvs(hgvs, 'GRCh38', genesOf(BRCA1), undefined)).toThrow(
        /needs the sequence of GRCh38, which this node does not have/,
      )
    },
  )

  test('a transcript of the table that cannot be counted, by its reason', () => {
    const gapped = { ...BRCA1, caveat: 'its sequence has other lengths than the genome there' }
    const open = { ...BRCA1, coding: { ...BRCA1.coding!, caveat: 'its first codon is not known' } }
    const hgvs = parseHgvs('NM_007294.4:c.5558A>G')
    expect(() => resolveHgvs(hgvs, 'GRCh38', genesOf(gapped), reference)).toThrow(/other lengths than the genome/)
    expect(() => resolveHgvs(hgvs, 'GRCh38', genesOf(open), reference)).toThrow(/first codon is not known/)
    const { coding: _, ...silent } = BRCA1
    expect(() => resolveHgvs(hgvs, 'GRCh38', genesOf(silent), reference)).toThrow(/no coding sequence/)
  })

  test('a transcript of several places, unless these are one place of both sex chromosomes', () => {
    const hgvs = parseHgvs('NM_007294.4:n.3A>G')
    const placed = (contig: number, start: number): Transcript => {
      const { coding: _, ...rest } = BRCA1
      return { ...rest, contig, strand: '+', exons: [[start, start + 9]] }
    }
    const resolveAt = (...transcripts: readonly Transcript[]) =>
      resolveHgvs(hgvs, 'GRCh38', { ...genesOf(), transcript: () => ({ transcripts, versions: ['4'] }) }, undefined)
    expect(() => resolveAt(placed(1, 100), placed(1, 500))).toThrow(/stands at several places of the genome/)
    expect(() => resolveAt(placed(23, 50_000_000), placed(24, 50_000_000))).toThrow(/several places/)
    const allele = { contig: 23, start: 1_595_502, referenceBases: 'A', alternateBases: 'G' }
    expect(resolveAt(placed(23, 1_595_500), placed(24, 1_595_500)).variants).toEqual([allele])
    expect(resolveAt(placed(1, 100), placed(1, 100)).variants).toHaveLength(1)
  })
})
