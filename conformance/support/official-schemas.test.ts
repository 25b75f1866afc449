import { expect, test } from '@jest/globals'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { OFFICIAL_SCHEMAS, officialErrors, validateOfficial } from './official-schemas.js'
import { validateOurs } from '../../schemas/testing/validate-answer.js'
import { assertValidAnswer } from './valid-answer.js'
import { SHARED_SPEC } from './paths.js'
import { describeWithShared } from './tools.js'

const EXAMPLES = join(SHARED_SPEC, 'beacon-examples')

function readExample(path: string): unknown {
  return JSON.parse(readFileSync(join(EXAMPLES, path), 'utf8'))
}

function atPointer(document: unknown, pointer: string): unknown {
  const parts = pointer.split('/').slice(1)
  return parts.reduce((value, key) => (value as Record<string, unknown>)[key], document)
}

/** A document that may be changed at will. */
type Changeable = Record<string, Record<string, unknown>> & {
  response: { resultSets: Record<string, unknown>[] }
}

const PATHS: Readonly<Record<string, string>> = {
  'boolean.json': '/beacon/v2/g_variants',
  'collections-datasets.json': '/beacon/v2/datasets',
  'configuration.json': '/beacon/v2/configuration',
  'count.json': 'https://node.example/beacon/v2/g_variants?start=1',
  'entry_types.json': '/beacon/v2/entry_types',
  'error-400.json': '/beacon/v2/g_variants',
  'filtering_terms.json': '/beacon/v2/datasets/ds1/filtering_terms',
  'info.json': '/beacon/v2/',
  'map.json': '/beacon/v2/map',
  'record-all-miss.json': '/beacon/v2/g_variants',
  'record-empty.json': '/beacon/v2/individuals',
  'record-g_variants.json': '/beacon/v2/datasets/ds1/g_variants',
  'service-info.json': '/beacon/v2/service-info',
}

describeWithShared([OFFICIAL_SCHEMAS, 'spec/beacon-examples'], 'the official schemas', () => {
  interface Verdict {
    readonly schema: string
    readonly pointer?: string
    readonly valid: boolean
  }
  const { files } = readExample('expected.json') as { files: Record<string, Verdict> }
  const manifest = readExample('minimal-valid/manifest.json') as Record<string, Verdict>

  test.each(Object.entries(files))('judge the official example %s as they are known to', (path, verdict) => {
    const document = atPointer(readExample(path), verdict.pointer ?? '')
    expect(officialErrors(verdict.schema, document).length === 0).toBe(verdict.valid)
  })

  test.each(Object.entries(manifest))('accept %s in both versions', (path, { schema }) => {
    const document = readExample(`minimal-valid/${path}`)
    expect(officialErrors(schema, document, '2.1.1')).toEqual([])
    expect(officialErrors(schema, document, '2.2.0')).toEqual([])
  })

  test('cover every minimal document by a path', () => {
    expect([...Object.keys(PATHS), 'request-g_variant.json'].sort()).toEqual(Object.keys(manifest).sort())
  })

  test.each(Object.entries(PATHS))('accept %s as an answer of %s, and so do ours', (file, path) => {
    const document = readExample(`minimal-valid/${file}`)
    expect(validateOfficial(path, document)).toEqual([])
    // Our variant schema describes what a node of ours says, not every form of a variant that Beacon has.
    if (file !== 'record-g_variants.json') expect(() => assertValidAnswer(path, document)).not.toThrow()
  })

  const CHANGES: readonly (readonly [string, string, (document: Changeable) => void])[] = [
    ['a count without its number', 'count.json', (d) => delete d['responseSummary']!['numTotalResults']],
    ['a boolean without exists', 'boolean.json', (d) => delete d['responseSummary']!['exists']],
    ['an error without its code', 'error-400.json', (d) => delete d['error']!['errorCode']],
    ['a record without a body', 'record-g_variants.json', (d) => Reflect.deleteProperty(d, 'response')],
    ['a count that claims to be a record', 'count.json', (d) => (d['meta']!['returnedGranularity'] = 'record')],
    ['an unknown granularity', 'count.json', (d) => (d['meta']!['returnedGranularity'] = 'all')],
    ['a set without results', 'record-all-miss.json', (d) => delete d.response.resultSets[0]!['results']],
    ['a variant that is none', 'record-g_variants.json', (d) => (d.response.resultSets[0]!['results'] = [{ id: 'a' }])],
    ['a service-info without its type', 'service-info.json', (d) => Reflect.deleteProperty(d, 'type')],
  ]
  test.each(CHANGES)('refuse %s, and so do ours', (_, file, change) => {
    const document = readExample(`minimal-valid/${file}`) as Changeable
    change(document)
    expect(validateOfficial(PATHS[file]!, document)).not.toEqual([])
    expect(validateOurs(PATHS[file]!, document)).not.toEqual([])
    expect(() => assertValidAnswer(PATHS[file]!, document)).toThrow('official')
  })

  test('of 2.2 let a result set go without a count, those of 2.1 do not', () => {
    const document = readExample('minimal-valid/record-all-miss.json') as Changeable
    delete document.response.resultSets[0]!['resultsCount']
    expect(validateOfficial('/beacon/v2/g_variants', document)).not.toEqual([])
    document['meta']!['apiVersion'] = 'v2.2.0'
    expect(validateOfficial('/beacon/v2/g_variants', document)).toEqual([])
  })

  test('hold a count answer with result sets to both forms', () => {
    const document = readExample('minimal-valid/record-all-miss.json') as Changeable
    document['meta']!['returnedGranularity'] = 'count'
    expect(validateOfficial('/g_variants', document)).toEqual([])
    delete document['responseSummary']!['numTotalResults']
    expect(validateOfficial('/g_variants', document).join()).toContain('beaconCountResponse')
  })

  test('are asked only for paths that are known', () => {
    expect(() => validateOfficial('/beacon/v2/elsewhere', { meta: {} })).toThrow(TypeError)
  })
})
