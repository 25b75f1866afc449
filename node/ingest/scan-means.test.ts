import { expect, test } from '@jest/globals'
import { countWorkers } from './scan-means.js'

const MEGABYTE = 1 << 20

test.each([
  ['one core scans by itself', 50 * MEGABYTE, 1, 0],
  ['small files are not worth a thread', MEGABYTE / 2, 8, 0],
  ['a worker for each core', 50 * MEGABYTE, 2, 2],
  ['but no more than the writer can follow', 50 * MEGABYTE, 64, 4],
])('%s', (_, bytes, cores, workers) => {
  expect(countWorkers(bytes, cores)).toBe(workers)
})
