import { describe, expect, test } from '@jest/globals'
import { gffDialectOf, parseGffLine } from './gff.js'

const columns = (attributes: string) => ['1', 's', 'gene', '11', '20', '.', '-', '2', attributes].join('\t')

function attributesOf(attributes: string, dialect: 'gff3' | 'gtf') {
  return Object.fromEntries(parseGffLine(columns(attributes), dialect, () => true)!.attributes)
}

describe('a line of an annotation', () => {
  test('is 0-based and half-open here', () => {
    expect(parseGffLine(columns('ID=a'), 'gff3', () => true)).toMatchObject({
      sequence: '1',
      type: 'gene',
      start: 10,
      end: 20,
      strand: '-',
      phase: 2,
    })
    expect(parseGffLine(columns('ID=a'), 'gff3', () => false)).toBeUndefined()
  })

  test.each<[string, Record<string, string[]>]>([
    ['ID=a;Name=b', { ID: ['a'], Name: ['b'] }],
    ['ID=a;Dbxref=GeneID:1,HGNC:HGNC:2;', { ID: ['a'], Dbxref: ['GeneID:1', 'HGNC:HGNC:2'] }],
    ['Note=a%3B b%2Cc,100%;Gap=M1 I2', { Note: ['a; b,c', '100%'], Gap: ['M1 I2'] }],
    ['ID=x=y', { ID: ['x=y'] }],
    ['', {}],
  ])('in GFF3: %s', (text, expected) => {
    expect(attributesOf(text, 'gff3')).toEqual(expected)
  })

  test.each<[string, Record<string, string[]>]>([
    ['gene_id "A"; gene_name "B";', { gene_id: ['A'], gene_name: ['B'] }],
    ['gene_id "A"; gene_name "B"', { gene_id: ['A'], gene_name: ['B'] }],
    ['  a "x; y" ;b "" ; ', { a: ['x; y'], b: [''] }],
    ['level 2; exon_number 12 ; tag "a"; tag "b"', { level: ['2'], exon_number: ['12'], tag: ['a', 'b'] }],
    ['level 2', { level: ['2'] }],
    ['', {}],
  ])('in GTF: %s', (text, expected) => {
    expect(attributesOf(text, 'gtf')).toEqual(expected)
  })

  test.each(['gene_id', 'gene_id ;', 'gene_id "A', 'gene_id "A" "B"', 'gene_id "A" b "C";', '; a "b"'])(
    'in GTF is refused: %s',
    (text) => {
      expect(() => attributesOf(text, 'gtf')).toThrow(/is no attribute of GTF/)
    },
  )

  test.each<[string, string | undefined]>([
    ['ID=a', 'gff3'],
    ['gene_id "A"; b "c"', 'gtf'],
    ['level 2;', 'gtf'],
    ['description "a=b"', 'gtf'],
    ['', undefined],
    ['nothing', undefined],
  ])('shows its dialect: %s', (text, dialect) => {
    expect(gffDialectOf(columns(text))).toBe(dialect)
    expect(gffDialectOf('1\ta')).toBeUndefined()
  })
})
