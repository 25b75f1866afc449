import { afterAll, expect, test } from '@jest/globals'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { toDataset } from './beacon/datasets.js'
import { removeDataset, requireManifest, setPublished } from './dataset.js'
import { ingestMetadata } from './ingest/metadata/ingest-metadata.js'
import { openIndividuals } from './metadata/individuals.js'
import { openMetadataDatabase } from './metadata/metadata-tables.js'
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
  expect(toDataset(manifest, undefined).info.identifiers).toBe(expected)
})

test('a manifest that does not say it is of a pseudonymous dataset', () => {
  fixture.addDataset('older')
  const { identifiers: _, ...older } = requireManifest(fixture.directory, 'older')
  expect(toDataset(older, undefined).info.identifiers).toBe('pseudonymous')
})

test('nothing of what people are is left of a dataset that is removed', async () => {
  fixture.addDataset('gone')
  const path = join(fixture.directory, 'individuals.json')
  writeFileSync(path, JSON.stringify([{ id: 'anna', sex: { id: 'NCIT:C16576', label: 'female' } }]))
  const individuals = openIndividuals(fixture.directory)
  const now = () => new Date()
  await ingestMetadata({ nodeDirectory: fixture.directory, datasetId: 'gone', files: [path], individuals, now })
  individuals.close()
  const recordsOf = (dataset: string) => {
    const db = openMetadataDatabase(fixture.directory)
    try {
      return db.prepare<[string], number>('SELECT COUNT(*) FROM record WHERE dataset = ?').pluck().get(dataset)
    } finally {
      db.close()
    }
  }
  expect(recordsOf('gone')).toBe(1)
  setPublished(fixture.directory, 'gone', false, now())
  removeDataset(fixture.directory, 'gone')
  expect(recordsOf('gone')).toBe(0)
})
