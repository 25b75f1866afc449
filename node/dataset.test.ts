import { afterAll, expect, test } from '@jest/globals'
import { toDataset } from './beacon/datasets.js'
import { requireManifest } from './dataset.js'
import { createNodeFixture } from './testing/node-fixture.js'

const fixture = createNodeFixture()
afterAll(() => fixture.remove())

test.each([
  ['by-default', {}, 'pseudonymous'],
  ['named', { identifiers: 'pseudonymous' }, 'pseudonymous'],
  ['kept', { identifiers: 'keep' }, 'keep'],
] as const)('a dataset made %s says how its people are called', (id, options, expected) => {
  fixture.addDataset(id, options)
  const manifest = requireManifest(fixture.directory, id)
  expect(manifest.identifiers).toBe(expected)
  expect(toDataset(manifest).info.identifiers).toBe(expected)
})

test('a manifest that does not say it is of a pseudonymous dataset', () => {
  fixture.addDataset('older')
  const { identifiers: _, ...older } = requireManifest(fixture.directory, 'older')
  expect(toDataset(older).info.identifiers).toBe('pseudonymous')
})
