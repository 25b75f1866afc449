import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import {
  ASSEMBLY_IDS,
  assemblyOfAccession,
  CONTIG_MT,
  contigByNumber,
  CONTIGS,
  matchContig,
  parseAssemblyId,
  type AssemblyId,
} from './assembly.js'

// RefSeq versions as the Beacon documentation of reference sequences pairs them: GRCh38, GRCh37. Typed out, not derived.
const ACCESSIONS: readonly (readonly [name: string, grch38: string, grch37: string])[] = [
  ['1', 'NC_000001.11', 'NC_000001.10'],
  ['2', 'NC_000002.12', 'NC_000002.11'],
  ['3', 'NC_000003.12', 'NC_000003.11'],
  ['4', 'NC_000004.12', 'NC_000004.11'],
  ['5', 'NC_000005.10', 'NC_000005.9'],
  ['6', 'NC_000006.12', 'NC_000006.11'],
  ['7', 'NC_000007.14', 'NC_000007.13'],
  ['8', 'NC_000008.11', 'NC_000008.10'],
  ['9', 'NC_000009.12', 'NC_000009.11'],
  ['10', 'NC_000010.11', 'NC_000010.10'],
  ['11', 'NC_000011.10', 'NC_000011.9'],
  ['12', 'NC_000012.12', 'NC_000012.11'],
  ['13', 'NC_000013.11', 'NC_000013.10'],
  ['14', 'NC_000014.9', 'NC_000014.8'],
  ['15', 'NC_000015.10', 'NC_000015.9'],
  ['16', 'NC_000016.10', 'NC_000016.9'],
  ['17', 'NC_000017.11', 'NC_000017.10'],
  ['18', 'NC_000018.10', 'NC_000018.9'],
  ['19', 'NC_000019.10', 'NC_000019.9'],
  ['20', 'NC_000020.11', 'NC_000020.10'],
  ['21', 'NC_000021.9', 'NC_000021.8'],
  ['22', 'NC_000022.11', 'NC_000022.10'],
  ['X', 'NC_000023.11', 'NC_000023.10'],
  ['Y', 'NC_000024.10', 'NC_000024.9'],
  ['MT', 'NC_012920.1', 'NC_012920.1'],
]

describe('contigs', () => {
  test.each(ACCESSIONS)('%s is %s in GRCh38 and %s in GRCh37', (name, grch38, grch37) => {
    expect(CONTIGS.GRCh38.find((contig) => contig.name === name)?.accession).toBe(grch38)
    expect(CONTIGS.GRCh37.find((contig) => contig.name === name)?.accession).toBe(grch37)
  })

  test('each assembly has these 25 and no more, in order', () => {
    const names = ACCESSIONS.map(([name]) => name)
    for (const assembly of ASSEMBLY_IDS) {
      expect(CONTIGS[assembly].map((contig) => contig.name)).toEqual(names)
      expect(CONTIGS[assembly].map((contig) => contig.number)).toEqual(names.map((_, index) => index + 1))
    }
  })

  test.each<[AssemblyId, string, number]>([
    ['GRCh38', '1', 248_956_422],
    ['GRCh38', '17', 83_257_441],
    ['GRCh38', '21', 46_709_983],
    ['GRCh38', 'X', 156_040_895],
    ['GRCh38', 'Y', 57_227_415],
    ['GRCh38', 'MT', 16_569],
    ['GRCh37', '1', 249_250_621],
    ['GRCh37', '17', 81_195_210],
    ['GRCh37', '22', 51_304_566],
    ['GRCh37', 'X', 155_270_560],
    ['GRCh37', 'Y', 59_373_566],
    ['GRCh37', 'MT', 16_569],
  ])('in %s contig %s has %i bases', (assembly, name, length) => {
    expect(CONTIGS[assembly].find((contig) => contig.name === name)?.length).toBe(length)
  })

  test('a length tells the assembly, except that of MT', () => {
    const nuclear = ASSEMBLY_IDS.flatMap((id) => CONTIGS[id].filter(({ number }) => number !== CONTIG_MT))
    expect(new Set(nuclear.map(({ length }) => length)).size).toBe(48)
  })

  test('a number that no contig has is a bug of the caller', () => {
    expect(contigByNumber('GRCh38', 23).name).toBe('X')
    for (const number of [0, 26, -1, 1.5]) expect(() => contigByNumber('GRCh38', number)).toThrow(TypeError)
  })
})

describe('names of assemblies', () => {
  test.each<[string, AssemblyId]>([
    ['GRCh38', 'GRCh38'],
    ['grch38', 'GRCh38'],
    [' GRCh38.p14 ', 'GRCh38'],
    ['hg38', 'GRCh38'],
    ['38', 'GRCh38'],
    ['GCF_000001405.26', 'GRCh38'],
    ['GCF_000001405.40', 'GRCh38'],
    ['GCA_000001405.15', 'GRCh38'],
    ['GCA_000001405.29', 'GRCh38'],
    ['GRCh37', 'GRCh37'],
    ['GRCh37.p13', 'GRCh37'],
    ['hg19', 'GRCh37'],
    ['b37', 'GRCh37'],
    ['hs37d5', 'GRCh37'],
    ['GCF_000001405.13', 'GRCh37'],
    ['GCF_000001405.25', 'GRCh37'],
    ['GCA_000001405.1', 'GRCh37'],
    ['GCA_000001405.14', 'GRCh37'],
  ])('%j is %s', (text, assembly) => {
    expect(parseAssemblyId(text)).toBe(assembly)
  })

  test.each([
    '',
    'GRCh36',
    'hg18',
    'NCBI36',
    'GRCh38p14',
    'GRCh38.p',
    'T2T-CHM13',
    'GRCm39',
    'GCF_000001405',
    'GCF_000001405.12',
    'GCF_000001405.41',
    'GCA_000001405.0',
    'GCA_000001405.30',
    'GCF_009914755.1',
    'constructor',
  ])('%j is no assembly that we know', (text) => {
    expect(parseAssemblyId(text)).toBeUndefined()
  })
})

describe('names of contigs', () => {
  test('every form of every contig leads back to it', () => {
    const form = fc.constantFrom<(name: string, accession: string) => string>(
      (name) => name,
      (name) => `chr${name}`,
      (name) => `CHR${name.toLowerCase()}`,
      (name) => ` Chr${name} `,
      (_, accession) => accession,
      (_, accession) => accession.toLowerCase(),
      (_, accession) => `refseq:${accession}`,
      (_, accession) => `RefSeq:${accession}`,
    )
    fc.assert(
      fc.property(fc.constantFrom(...ASSEMBLY_IDS), fc.nat(24), form, (assembly, index, write) => {
        const contig = CONTIGS[assembly][index]!
        expect(matchContig(assembly, write(contig.name, contig.accession))).toEqual({ kind: 'contig', contig })
      }),
    )
  })

  test.each([
    ['M', 'MT'],
    ['chrM', 'MT'],
    ['chrMT', 'MT'],
    ['mtDNA', 'MT'],
    ['23', 'X'],
    ['chr24', 'Y'],
  ])('%s is %s', (text, name) => {
    expect(matchContig('GRCh37', text)).toMatchObject({ kind: 'contig', contig: { name } })
  })

  test('an accession of the other assembly is seen as such, whatever its spelling', () => {
    for (const [name, grch38, grch37] of ACCESSIONS.filter(([contig]) => contig !== 'MT')) {
      expect([name, matchContig('GRCh37', `refseq:${grch38}`)]).toEqual([
        name,
        { kind: 'other-assembly', assembly: 'GRCh38' },
      ])
      expect([name, matchContig('GRCh38', grch37)]).toEqual([name, { kind: 'other-assembly', assembly: 'GRCh37' }])
      expect(assemblyOfAccession(grch38)).toBe('GRCh38')
      expect(assemblyOfAccession(`refseq:${grch37}`)).toBe('GRCh37')
    }
  })

  test.each(['17', 'chr17', 'NC_012920.1', 'chrM', 'NC_000017', 'NC_000017.12', ''])(
    '%j alone does not tell the assembly',
    (text) => {
      expect(assemblyOfAccession(text)).toBeUndefined()
    },
  )

  test.each(['', '0', '25', '01', 'chr', 'chrchr1', 'Z', 'NC_000017', 'NC_000017.9', 'NC_001807.4', '1_alt', 'length'])(
    '%j is no contig',
    (text) => {
      expect(matchContig('GRCh38', text)).toEqual({ kind: 'unknown' })
    },
  )
})
