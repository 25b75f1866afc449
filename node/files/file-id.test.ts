import { describe, expect, test } from '@jest/globals'
import { checkFileId, toDefaultId, whyNoFileId } from './file-id.js'

describe('ids of files', () => {
  test.each([
    'a',
    'genomes/NA12878',
    'spec-v4.3',
    'a/b/c',
    'x:1',
    "A~!$'()*+,;=@_.-",
    'service-info/a',
    'x'.repeat(255),
  ])('may be %j', (id) => expect(whyNoFileId(id)).toBeUndefined())

  test.each([
    ['', 'empty part'],
    ['service-info', 'reserved'],
    ['x'.repeat(256), 'longer than'],
    ['/a', 'empty part'],
    ['a/', 'empty part'],
    ['a//b', 'empty part'],
    ['.', '".."'],
    ['a/../b', '".."'],
    ['a/./b', '".."'],
    ['a b', 'letters'],
    ['a%2e', 'letters'],
    ['a?b', 'letters'],
    ['a#b', 'letters'],
    ['å', 'letters'],
    ['a\\b', 'letters'],
    ['a\nb', 'letters'],
  ])('may not be %j', (id, reason) => {
    expect(() => checkFileId(id)).toThrow(expect.objectContaining({ name: 'FilesError' }))
    expect(whyNoFileId(id)).toContain(reason)
  })

  test.each([
    ['/data/a.bam', 'd/a'],
    ['/data/a.final.BAM', 'd/a.final'],
    ['/data/a.vcf.gz', 'd/a'],
    ['/data/a.vcf.bgz', 'd/a'],
    ['/data/a.bam.c4gh', 'd/a'],
    ['/data/a.bam.bak', 'd/a.bam.bak'],
    ['s3://bucket/x/y/a.cram', 'd/a'],
    ['https://h.example/x/a.bcf?sign=1', 'd/a'],
    ['https://h.example/x/a%2Bb.bcf', 'd/a+b'],
  ])('of %s is %s where none is given', (location, id) => {
    expect(toDefaultId('d', location)).toBe(id)
  })
})
