import { expect, test } from '@jest/globals'
import { chooseScanSettings } from './scan-settings.js'
import type { VcfFile } from './vcf-file.js'

const MEGABYTE = 1 << 20

function filesOf(...sizes: readonly number[]): VcfFile[] {
  const header = { contigLengths: new Map<string, number>(), samples: ['a'], columns: 10 }
  return sizes.map((size) => ({ path: '/f', name: 'f', size, header, hasOldMitochondrion: false }))
}

test.each([
  ['one core scans by itself', filesOf(50 * MEGABYTE), 1, 0],
  ['small files are not worth a thread', filesOf(MEGABYTE / 4, MEGABYTE / 4), 8, 0],
  ['many small files are', filesOf(...Array.from({ length: 25 }, () => MEGABYTE / 4)), 2, 2],
  ['a worker for each core', filesOf(50 * MEGABYTE), 2, 2],
  ['but no more than the writer can follow', filesOf(50 * MEGABYTE), 64, 4],
])('%s', (_, files, cores, workers) => {
  expect(chooseScanSettings(files, cores).workers).toBe(workers)
})
