import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { validate } from '../../../../schemas/index.js'
import { Notes } from '../source-record.js'
import { convertPacket } from './packet.js'

/** Each generated value as Beacon writes it and as Phenopackets does. */
interface Both {
  readonly beacon: unknown
  readonly packet: unknown
}

const same = (value: unknown): Both => ({ beacon: value, packet: value })
const curie = fc.tuple(fc.constantFrom('HP', 'OMIM', 'NCIT'), fc.nat(99_999)).map(([prefix, n]) => `${prefix}:${n}`)
const term = fc.record({ id: curie, label: fc.string({ minLength: 1 }) }, { requiredKeys: ['id'] }).map(same)
const age = fc.nat(99).map((n) => ({ iso8601duration: `P${n}Y` }))
const moment = fc.constantFrom('2020-01-31T00:00:00Z', '2021-12-01T10:00:00.5Z')

const time: fc.Arbitrary<Both> = fc.oneof(
  age.map((beacon) => ({ beacon, packet: { age: beacon } })),
  fc.tuple(fc.nat(40), fc.nat(40)).map(([from, more]) => {
    const range = { start: { iso8601duration: `P${from}Y` }, end: { iso8601duration: `P${from + more}Y` } }
    return { beacon: range, packet: { ageRange: range } }
  }),
  fc.record({ weeks: fc.nat(40), days: fc.nat(6) }).map((beacon) => ({ beacon, packet: { gestationalAge: beacon } })),
  moment.map((at) => ({ beacon: { start: at, end: at }, packet: { timestamp: at } })),
  term.map(({ beacon }) => ({ beacon, packet: { ontologyClass: beacon } })),
)
const flag = fc.boolean().map(same)

/** An object in both forms; `fields` says what Phenopackets calls a field. */
function object(
  fields: Readonly<Record<string, readonly [packetName: string, fc.Arbitrary<Both>]>>,
  required: string,
): fc.Arbitrary<Both> {
  const values = Object.fromEntries(Object.entries(fields).map(([name, [, arbitrary]]) => [name, arbitrary]))
  return fc.record(values, { requiredKeys: [required] }).map((record) => {
    const entries = Object.entries(record as Readonly<Record<string, Both>>)
    return {
      beacon: Object.fromEntries(entries.map(([name, { beacon }]) => [name, beacon])),
      packet: Object.fromEntries(entries.map(([name, { packet }]) => [fields[name]![0], packet])),
    }
  })
}

function list(items: fc.Arbitrary<Both>): fc.Arbitrary<Both> {
  return fc.array(items, { minLength: 1, maxLength: 3 }).map((all) => ({
    beacon: all.map(({ beacon }) => beacon),
    packet: all.map(({ packet }) => packet),
  }))
}

const feature = object(
  {
    featureType: ['type', term],
    excluded: ['excluded', flag],
    severity: ['severity', term],
    modifiers: ['modifiers', list(term)],
    onset: ['onset', time],
    resolution: ['resolution', time],
  },
  'featureType',
)
const disease = object({ diseaseCode: ['term', term], ageOfOnset: ['onset', time] }, 'diseaseCode')
const measurement = object(
  {
    assayCode: ['assay', term],
    measurementValue: ['value', term.map(({ beacon }) => ({ beacon, packet: { ontologyClass: beacon } }))],
    observationMoment: ['timeObserved', time],
  },
  'assayCode',
)

test('an individual written as a packet is read as it was, and keeps the schema', () => {
  const lists = fc.record({
    features: list(feature),
    diseases: list(disease),
    measured: list(measurement),
    excluded: list(disease),
  })
  fc.assert(
    fc.property(lists, ({ features, diseases, measured, excluded }) => {
      const ruledOut = (excluded.packet as object[]).map((one) => ({ ...one, excluded: true }))
      const packet = {
        subject: { id: 'a', sex: 'MALE' },
        phenotypicFeatures: features.packet,
        // What was ruled out stands among the others.
        diseases: [...ruledOut.slice(0, 1), ...(diseases.packet as object[]), ...ruledOut.slice(1)],
        measurements: measured.packet,
      }
      const { candidates, problems } = convertPacket(packet, '', new Notes())
      expect(problems).toEqual([])
      expect(candidates[0]!.document).toEqual({
        id: 'a',
        sex: { id: 'NCIT:C20197', label: 'Male' },
        phenotypicFeatures: features.beacon,
        diseases: diseases.beacon,
        measures: measured.beacon,
        info: { excludedDiseases: excluded.beacon },
      })
      const hasValues = (measured.beacon as object[]).every((one) => 'measurementValue' in one)
      expect(validate('beacon/individual.json', candidates[0]!.document).ok).toBe(hasValues)
    }),
    { numRuns: 300 },
  )
})
