import { describe, expect, test } from '@jest/globals'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { SCHEMAS, type SchemaPath } from './registry.js'
import { DRAFT_2020_12, objectSchema, text } from './json-schema.js'
import { compileSchema, validate } from './validate.js'

const PATHS = Object.keys(SCHEMAS) as SchemaPath[]

/** Every object inside a JSON document, itself included. */
function objectsIn(value: unknown): readonly Record<string, unknown>[] {
  if (typeof value !== 'object' || value === null) return []
  const inner = Object.values(value).flatMap(objectsIn)
  return Array.isArray(value) ? inner : [value as Record<string, unknown>, ...inner]
}

/** What a `$ref` inside the schema at `path` names, found by hand. */
function follow(path: string, ref: string): unknown {
  const url = new URL(ref, `https://schemas.invalid/${path}`)
  const document: unknown = SCHEMAS[url.pathname.slice(1) as SchemaPath]
  return url.hash
    .split('/')
    .slice(1)
    .reduce<unknown>((node, key) => (node as Record<string, unknown> | undefined)?.[key], document)
}

describe('the schemas', () => {
  test.each(PATHS)('%s compiles, has a title and no $id', (path) => {
    expect(() => validate(path, {})).not.toThrow()
    const schema: Readonly<Record<string, unknown>> = SCHEMAS[path]
    expect(schema['title']).toEqual(expect.stringMatching(/\S/))
    if (schema['$schema'] !== undefined) expect(schema['$schema']).toBe(DRAFT_2020_12)
    expect(objectsIn(schema).filter((object) => typeof object['$id'] === 'string')).toEqual([])
  })

  test.each(PATHS)('%s is valid by the meta-schema', (path) => {
    const ajv = new Ajv2020({ strict: false })
    expect([ajv.validateSchema(SCHEMAS[path]), ajv.errors]).toEqual([true, null])
  })

  test.each(PATHS)('every $ref of %s is relative and resolves', (path) => {
    for (const { $ref } of objectsIn(SCHEMAS[path])) {
      if (typeof $ref !== 'string') continue
      expect($ref).not.toMatch(/^([a-z]+:|\/)/)
      expect([$ref, follow(path, $ref)]).toEqual([$ref, expect.any(Object)])
    }
  })

  test.each(PATHS)('%s requires no key that it does not describe', (path) => {
    for (const { required, properties } of objectsIn(SCHEMAS[path])) {
      if (!Array.isArray(required) || properties === undefined) continue
      expect(Object.keys(properties as object)).toEqual(expect.arrayContaining(required))
    }
  })

  test('are plain JSON', () => {
    expect(JSON.parse(JSON.stringify(SCHEMAS))).toEqual(SCHEMAS)
  })
})

const ALLELE = {
  individuals: 3,
  families: 2,
  heterozygotes: 1,
  homozygotes: 1,
  hemizygotes: 1,
  alleleCount: 4,
  alleleNumber: 20,
  anBasis: 'called',
}
const MITOCHONDRIAL = {
  individuals: 2,
  families: 2,
  homoplasmic: 1,
  heteroplasmic: 1,
  alleleCount: 2,
  alleleNumber: 10,
  anBasis: 'assumed',
}
const SEVERAL = { variants: 5, individuals: 3, families: 2 }
const PARTIAL = { partial: true, alleleCount: 4, alleleNumber: 20, anBasis: 'called' }
const SHAPES = [
  'network/alleleCounts.json',
  'network/mitochondrialCounts.json',
  'network/regionCounts.json',
  'network/partialAlleleCounts.json',
  'network/partialRegionCounts.json',
] as const

function without(value: object, key: string): object {
  return Object.fromEntries(Object.entries(value).filter(([name]) => name !== key))
}

describe('counts', () => {
  test.each([
    ['one allele', ALLELE],
    ['one mitochondrial allele', MITOCHONDRIAL],
    ['several alleles', SEVERAL],
    ['one allele of which not everything is known', PARTIAL],
    ['one allele of which all but the families is known', { ...without(ALLELE, 'families'), partial: true }],
    ['several alleles of unknown people', { partial: true, variants: 3 }],
  ])('of %s fit exactly one shape', (_what, counts) => {
    expect(validate('network/counts.json', counts)).toEqual({ ok: true })
    expect(SHAPES.filter((path) => validate(path, counts).ok)).toHaveLength(1)
  })

  test.each([
    ['a mixture of two shapes', { ...ALLELE, ...SEVERAL }],
    ['zygosities and plasmies together', { ...ALLELE, ...MITOCHONDRIAL }],
    ['a key that nobody knows', { ...ALLELE, people: 3 }],
    ['an allele without its denominator', without(ALLELE, 'alleleNumber')],
    ['an allele without the basis of its denominator', without(ALLELE, 'anBasis')],
    ['a basis that nobody knows', { ...ALLELE, anBasis: 'guessed' }],
    ['a part that does not say that it is one', without(PARTIAL, 'partial')],
    ['a part without its denominator', without(PARTIAL, 'alleleNumber')],
    ['a negative count', { ...SEVERAL, individuals: -1 }],
    ['half a person', { ...SEVERAL, individuals: 0.5 }],
    ['a count as text', { ...SEVERAL, individuals: '3' }],
    ['nothing', {}],
    ['null', null],
    ['a number', 3],
  ])('refuse %s', (_what, counts) => {
    expect(validate('network/counts.json', counts).ok).toBe(false)
  })
})

const NODE_SUMMARY = {
  assemblyId: 'GRCh38',
  datasetsAsked: 1,
  datasetsNotAsked: { access: 0, assembly: 0 },
  counts: ALLELE,
  bounds: { individuals: { lower: 3, upper: 3 } },
  normalised: false,
}
const NETWORK_INFO = {
  assemblyId: 'GRCh38',
  regionsAsked: 1,
  regionsAnswered: 1,
  complete: true,
  regions: [{ beaconId: 'se.fyr.norr', name: 'Norr', status: 'answered', elapsedMs: 12 }],
  total: { exists: true, counts: ALLELE, alleleFrequency: 0.2, bounds: { individuals: { lower: 3, upper: null } } },
  note: 'Sum over regions.',
}

describe('documents of the network', () => {
  test('a whole node summary and a whole network info are accepted', () => {
    expect(validate('network/nodeSummary.json', NODE_SUMMARY)).toEqual({ ok: true })
    expect(validate('network/networkInfo.json', NETWORK_INFO)).toEqual({ ok: true })
  })

  test.each([
    ['at the root', { ...NODE_SUMMARY, sampleNames: ['x'] }, '', 'sampleNames'],
    [
      'in datasetsNotAsked',
      { ...NODE_SUMMARY, datasetsNotAsked: { access: 0, assembly: 0, ids: 1 } },
      '/datasetsNotAsked',
      'ids',
    ],
    [
      'in bounds',
      { ...NODE_SUMMARY, bounds: { individuals: { lower: 0, upper: 0 }, families: {} } },
      '/bounds',
      'families',
    ],
  ])('a node summary with an unknown key %s is refused, and the key is named', (_where, value, pointer, unknownKey) => {
    expect(validate('network/nodeSummary.json', value)).toMatchObject({ ok: false, violation: { pointer, unknownKey } })
  })

  test.each([
    ['at the root', { ...NETWORK_INFO, people: 3 }, '', 'people'],
    ['in a region', { ...NETWORK_INFO, regions: [{ ...NETWORK_INFO.regions[0], url: 'x' }] }, '/regions/0', 'url'],
    ['in the total', { ...NETWORK_INFO, total: { ...NETWORK_INFO.total, upper: 1 } }, '/total', 'upper'],
  ])('a network info with an unknown key %s is refused, and the key is named', (_where, value, pointer, unknownKey) => {
    expect(validate('network/networkInfo.json', value)).toMatchObject({ ok: false, violation: { pointer, unknownKey } })
  })

  test.each([
    ['a frequency above 1', { ...NETWORK_INFO, total: { ...NETWORK_INFO.total, alleleFrequency: 1.5 } }],
    ['a status that nobody knows', { ...NETWORK_INFO, regions: [{ ...NETWORK_INFO.regions[0], status: 'asleep' }] }],
    ['a total without bounds', { ...NETWORK_INFO, total: { exists: true } }],
  ])('a network info with %s is refused', (_what, value) => {
    expect(validate('network/networkInfo.json', value).ok).toBe(false)
  })
})

describe('messages', () => {
  const check = compileSchema(
    objectSchema(
      'Light',
      ['colour'],
      { colour: { enum: ['red', 'green'] }, kind: { const: 'light' }, label: text },
      { additionalProperties: false },
    ),
  )

  test.each([
    [{ colour: 'blue' }, '/colour', 'must be one of red, green'],
    [{ colour: 'red', kind: 'sound' }, '/kind', 'must be "light"'],
    [{}, '', 'must have the key "colour"'],
    [{ colour: 'red', colur: 1 }, '', 'has an unknown key "colur"; allowed are colour, kind, label'],
    [{ color: 'red' }, '', 'has an unknown key "color"; allowed are colour, kind, label'],
    [{ colour: 'red', label: '' }, '/label', 'must NOT have fewer than 1 characters'],
    [[], '', 'must be object'],
  ])('%j: at %j %s', (value, pointer, message) => {
    expect(check(value)).toMatchObject({ ok: false, violation: { pointer, message } })
  })

  test('a long unknown key is cut', () => {
    const result = check({ colour: 'red', ['x'.repeat(10_000)]: 1 })
    expect(result.ok ? '' : result.violation.message.length).toBeLessThan(120)
  })
})
