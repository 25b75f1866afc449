import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { createMetadataFixture, type MetadataFixture } from './testing/metadata-fixture.js'

/** What packets say, asked of a running node. */
let node: MetadataFixture
let url: string
beforeAll(async () => {
  node = createMetadataFixture()
  const term = (id: string) => ({ id })
  const packet = (id: string, more: object) => ({ subject: { id, sex: 'FEMALE' }, metaData: {}, ...more })
  const seizure = { type: term('HP:0001250'), onset: { age: { iso8601duration: 'P3Y' } } }
  const dravet = { term: term('OMIM:607208'), onset: { age: { iso8601duration: 'P2Y' } } }
  const late = { age: { iso8601duration: 'P70Y' } }
  await node.load({
    'packets.json': [
      packet('a', { phenotypicFeatures: [seizure], diseases: [dravet] }),
      packet('b', { phenotypicFeatures: [{ ...seizure, excluded: true }], diseases: [{ ...dravet, excluded: true }] }),
      packet('c', { phenotypicFeatures: [{ ...seizure, excluded: false }], diseases: [{ ...dravet, onset: late }] }),
    ],
    'more.json': { subject: { id: 'd', sex: 'MALE', timeAtLastEncounter: late }, metaData: {} },
  })
  url = (await node.serve()).url
})
afterAll(() => node.remove())

test.each([
  ['HP:0001250', 2],
  ['OMIM:607208', 2],
  ['NCIT:C16576', 3],
  ['diseases.ageOfOnset:<P10Y', 1],
  ['phenotypicFeatures.onset:=P36M', 2],
  ['age:>=P65Y', 1],
])('%s is true of %i: what was excluded is no hit', async (filter, expected) => {
  const answer = await fetch(
    `${url}/beacon/v2/individuals?requestedGranularity=count&filters=${encodeURIComponent(filter)}`,
  )
  const body = (await answer.json()) as { responseSummary: unknown }
  expect(body.responseSummary).toMatchObject({ exists: true, numTotalResults: expected })
})
