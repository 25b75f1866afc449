import { describe, expect, test } from '@jest/globals'
import { nameLocation, parseLocation, withEnding } from './location.js'

describe('locations', () => {
  test('are paths, objects and addresses', () => {
    expect(parseLocation('/data/a b.bam')).toEqual({ kind: 'local', path: '/data/a b.bam' })
    expect(parseLocation('s3://reads/2026/a b+c.bam')).toEqual({ kind: 's3', bucket: 'reads', key: '2026/a b+c.bam' })
    expect(parseLocation('https://h.example/a.bam?sign=1#x')).toEqual({
      kind: 'http',
      url: new URL('https://h.example/a.bam?sign=1'),
    })
  })

  test.each([
    'a.bam',
    './a.bam',
    '',
    's3://reads',
    's3://reads/',
    's3://UPPER/key',
    's3:///key',
    'ftp://h.example/a.bam',
    'file:///a.bam',
    'https://',
    'https://me:secret@h.example/a.bam',
    '/data/a\0.bam',
  ])('refuses %j', (text) => {
    expect(() => parseLocation(text)).toThrow(
      expect.objectContaining({ name: 'StorageError', code: 'invalid-location' }),
    )
  })

  test('are named without the query, which may be a signature', () => {
    expect(nameLocation(parseLocation('https://h.example/a.bam?sign=secret'))).toBe('https://h.example/a.bam')
  })

  test('of a file beside: the path changes, not the query', () => {
    const toIndex = (path: string) => `${path}.bai`
    expect(withEnding('/data/a.bam', toIndex)).toBe('/data/a.bam.bai')
    expect(withEnding('s3://reads/a.bam', toIndex)).toBe('s3://reads/a.bam.bai')
    expect(withEnding('https://h.example/a.bam?sign=1', toIndex)).toBe('https://h.example/a.bam.bai?sign=1')
  })
})
