import { describe, expect, test } from '@jest/globals'
import type { Storage } from '../storage/open-storage.js'
import { StorageError, type StorageErrorCode } from '../storage/storage-error.js'
import type { StoredFile } from '../storage/stored-file.js'
import { findIndex, indexLocations } from './find-index.js'

function storageWith(places: ReadonlyMap<string, StorageErrorCode | 'there'>): Storage {
  return {
    open: async (location) => {
      const found = places.get(location) ?? 'not-found'
      if (found !== 'there') throw new StorageError(found, location)
      return { name: location } as StoredFile
    },
    close: async () => undefined,
  }
}

describe('indexes beside a file', () => {
  test.each([
    ['/d/a.bam', 'BAM', ['/d/a.bam.bai', '/d/a.bai', '/d/a.bam.csi', '/d/a.csi']],
    ['/d.x/a', 'BAM', ['/d.x/a.bai', '/d.x/a.csi']],
    ['s3://reads/a.cram', 'CRAM', ['s3://reads/a.cram.crai', 's3://reads/a.crai']],
    [
      'https://h.example/a.vcf.gz?s=1',
      'VCF',
      ['https://h.example/a.vcf.gz.tbi?s=1', 'https://h.example/a.vcf.gz.csi?s=1'],
    ],
    ['/d/a.bcf.c4gh', 'BCF', ['/d/a.bcf.csi', '/d/a.bcf.csi.c4gh']],
  ] as const)('of %s have the usual names', (location, format, expected) => {
    expect(indexLocations(location, format)).toEqual(expected)
  })

  test('are taken in that order', async () => {
    const storage = storageWith(
      new Map([
        ['/d/a.bam.csi', 'there'],
        ['/d/a.bai', 'there'],
      ]),
    )
    expect((await findIndex(storage, '/d/a.bam', 'BAM'))?.location).toBe('/d/a.bai')
  })

  test('may be denied where they are not there, and none is none', async () => {
    const storage = storageWith(
      new Map([
        ['s3://reads/a.bam.bai', 'denied'],
        ['s3://reads/a.bai', 'denied'],
        ['s3://reads/a.bam.csi', 'there'],
      ]),
    )
    expect((await findIndex(storage, 's3://reads/a.bam', 'BAM'))?.location).toBe('s3://reads/a.bam.csi')
    expect(await findIndex(storageWith(new Map()), 's3://reads/a.bam', 'BAM')).toBeUndefined()
  })

  test('that cannot be reached are not missing ones', async () => {
    const storage = storageWith(new Map([['s3://reads/a.bam.bai', 'unreachable']]))
    await expect(findIndex(storage, 's3://reads/a.bam', 'BAM')).rejects.toMatchObject({ code: 'unreachable' })
  })
})
