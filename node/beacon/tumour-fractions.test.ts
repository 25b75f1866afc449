import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { GenomicVariation } from '../../schemas/index.js'
import { requireValid } from '../../schemas/testing/validate-answer.js'
import { openIndividuals } from '../metadata/individuals.js'
import type { IncomingRecord } from '../metadata/record.js'
import { storeMetadata } from '../metadata/store-metadata.js'
import { createNodeFixture, toVcf, type NodeFixture } from '../testing/node-fixture.js'

/** Seven people with a glioma, of one of whom the fraction is not known, and four with a melanoma. */
const GLIOMA = { id: 'NCIT:C3059', label: 'Glioma' }
const MELANOMA = { id: 'NCIT:C3224', label: 'Melanoma' }
const FRACTIONS = ['0.5', '0.11', '0.2', '.', '0.3', '0.25', '0.4', '0.61', '0.62', '0.63', '0.64']
const PEOPLE = FRACTIONS.map((_, index) => `t${index}`)

let fixture: NodeFixture
let url: string

beforeAll(async () => {
  fixture = createNodeFixture()
  fixture.addDataset('named', { caseLevel: true })
  fixture.addDataset('unnamed')
  const calls = FRACTIONS.map((fraction) => `0/1:${fraction}`).join(' ')
  const records = PEOPLE.map((person, index): IncomingRecord => {
    const histologicalDiagnosis = index < 7 ? GLIOMA : MELANOMA
    const kind = { biosampleStatus: { id: 'EFO:0009656' }, sampleOriginType: { id: 'UBERON:0000178' } }
    const id = `sample-${person}`
    const document = { id, individualId: person, ...kind, histologicalDiagnosis }
    return { type: 'biosample', id, individual: person, document }
  })
  for (const id of ['named', 'unnamed']) {
    const text = toVcf(PEOPLE, [`1 500 . A C . PASS . GT:AF ${calls}`])
    await fixture.ingest(id, [text], undefined, { origin: 'somatic' })
    const register = openIndividuals(fixture.directory)
    const people = register.list()
    register.close()
    storeMetadata(fixture.directory, id, { records, cohorts: [] }, people)
  }
  url = (await fixture.serve()).url
}, 60_000)

afterAll(() => fixture.remove())

async function recordOf(dataset: string, rest = ''): Promise<GenomicVariation> {
  const path = 'g_variants?assemblyId=GRCh38&referenceName=1&start=499&referenceBases=A&alternateBases=C'
  const response = await fetch(`${url}/beacon/v2/${path}&requestedGranularity=record&datasets=${dataset}${rest}`)
  const body = (await response.json()) as {
    readonly response: { readonly resultSets: readonly { readonly results: readonly GenomicVariation[] }[] }
  }
  requireValid(path, body)
  return body.response.resultSets[0]!.results[0]!
}

function tumourTypesOf({ info }: GenomicVariation) {
  return info!.alleleOrigins![0]!.tumourTypes!.histologicalDiagnosis
}

// By hand: 0.11, 0.2, 0.25, 0.3, 0.4, 0.5.
const SUMMARY = { individuals: 6, median: 0.275, least: 0.11, most: 0.5 }

test.each(['named', 'unnamed'])(
  'fractions are summarised by tumour type, where enough are known: %s',
  async (dataset) => {
    expect(tumourTypesOf(await recordOf(dataset))).toEqual([
      { ...GLIOMA, individuals: 7, alleleFractions: SUMMARY },
      { ...MELANOMA, individuals: 4 },
    ])
  },
)

test('a person’s own fraction is told where people are named, and nowhere else', async () => {
  const { caseLevelData = [] } = await recordOf('named')
  const told = caseLevelData.map(({ alleleFraction }) => alleleFraction)
  expect(told).toEqual(FRACTIONS.map((fraction) => (fraction === '.' ? undefined : Number(fraction))))
  expect(JSON.stringify(await recordOf('unnamed'))).not.toContain('"alleleFraction"')
})

test('of people whom a filter chose no fractions are summarised', async () => {
  expect(tumourTypesOf(await recordOf('unnamed', `&filters=${GLIOMA.id}`))).toEqual([{ ...GLIOMA, individuals: 7 }])
})
