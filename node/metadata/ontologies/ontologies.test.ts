import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { addOntologies } from './add-ontologies.js'
import { openOntologies, type Ontologies } from './ontologies.js'
import { listOntologies, removeOntology } from './store-ontologies.js'
import { OBO, OBO_GRAPH } from './testing/ontology-files.js'

const now = () => new Date('2026-01-02T03:04:05Z')
let directory: string
let opened: Ontologies[] = []

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'fyr-ontologies-'))
})

afterEach(() => {
  for (const ontologies of opened) ontologies.close()
  opened = []
  rmSync(directory, { recursive: true })
})

function open(): Ontologies {
  const ontologies = openOntologies(directory)
  opened.push(ontologies)
  return ontologies
}

function add(...files: readonly (readonly [name: string, content: string | Buffer])[]) {
  for (const [name, content] of files) writeFileSync(join(directory, name), content)
  return addOntologies(
    directory,
    files.map(([name]) => join(directory, name)),
    { now },
  )
}

const sorted = (ids: readonly string[]) => [...ids].sort()
const nextTurn = () => new Promise((resolve) => setImmediate(resolve))

const obo = (...lines: readonly string[]) => `format-version: 1.2\n${lines.join('\n')}\n`
const term = (id: string, ...lines: readonly string[]) => ['', '[Term]', `id: ${id}`, ...lines].join('\n')

describe.each<[string, string, string | Buffer]>([
  ['OBO', 'xy.obo', OBO],
  ['OBO with CRLF and a byte order mark', 'xy.obo', `\uFEFF${OBO.replaceAll('\n', '\r\n')}`],
  ['OBO, compressed', 'xy.obo.gz', gzipSync(OBO)],
  ['OBO Graph JSON', 'xy.json', JSON.stringify(OBO_GRAPH, null, 2)],
  ['OBO Graph JSON, compressed', 'xy.json.gz', gzipSync(JSON.stringify(OBO_GRAPH))],
])('an ontology from %s', (_, name, content) => {
  test('has the same terms, descendants and names', async () => {
    const [added] = await add([name, content])
    expect(added).toMatchObject({
      prefix: 'XY',
      name: 'Example of Ys',
      version: '2024-04-26',
      counts: { terms: 8, importedTerms: 1, obsoleteTerms: 2, alternativeIds: 4, termsInCycles: 2 },
      ambiguousIds: [],
      duplicates: 0,
    })
    expect(added!.cycles.map(sorted)).toEqual([['XY:0000011', 'XY:0000012']])
    const ontologies = open()
    expect(ontologies.resources()).toMatchObject([
      {
        id: 'xy',
        name: 'Example of Ys',
        version: '2024-04-26',
        nameSpacePrefix: 'XY',
        iriPrefix: 'http://purl.obolibrary.org/obo/XY_',
      },
    ])
    expect(ontologies.resources()[0]!.url).toMatch(/^http:\/\/purl\.obolibrary\.org\/obo\/xy\.(owl|json)$/)

    const finger = ['XY:0000005', 'XY:0000007', 'XY:0000009', 'ZZ:0000005']
    const hand = ['XY:0000003', ...finger]
    const limb = ['XY:0000002', ...hand, 'XY:0000020', 'XY:0000021']
    const circle = ['XY:0000011', 'XY:0000012']
    const cases: Readonly<Record<string, readonly string[]>> = {
      'XY:0000005': finger,
      'XY:0000003': hand,
      'XY:0000002': limb,
      'XY:0000004': ['XY:0000004', ...hand, ...circle],
      'XY:0000001': ['XY:0000001', 'XY:0000004', ...limb, ...circle],
      // part_of is not followed.
      'XY:0000006': ['XY:0000006'],
      'XY:0000011': circle,
      'XY:0000012': circle,
      // Old ids stand for the current term.
      'XY:0000020': limb,
      'XY:0000007': finger,
      'XY:0000009': finger,
      'XY:0000008': ['XY:0000008'],
      'XY:0000010': ['XY:0000010', 'ZZ:0000001'],
      'ZZ:0000005': ['ZZ:0000005'],
      // Not known: the id alone.
      'XY:0000666': ['XY:0000666'],
      'AB:1': ['AB:1'],
    }
    for (const [id, expected] of Object.entries(cases)) {
      expect([id, sorted(ontologies.descendants(id))]).toEqual([id, sorted(expected)])
    }
    expect(ontologies.descendants('http://purl.obolibrary.org/obo/XY_0000011')).toEqual(
      ontologies.descendants('XY:0000011'),
    )

    const limbTerm = { id: 'XY:0000002', label: 'a thing of the upper limb ! with {braces}', obsolete: false }
    const fingerTerm = { id: 'XY:0000005', label: 'a finger', obsolete: false }
    expect(ontologies.find('XY:0000002')).toEqual(limbTerm)
    expect(ontologies.find('http://purl.obolibrary.org/obo/XY_0000002')).toEqual(limbTerm)
    expect(ontologies.find('XY:0000021')).toEqual(limbTerm)
    expect(ontologies.find('XY:0000007')).toEqual(fingerTerm)
    expect(ontologies.find('XY:0000009')).toEqual(fingerTerm)
    expect(ontologies.find('XY:0000008')).toEqual({
      id: 'XY:0000008',
      label: 'obsolete thing',
      obsolete: true,
      consider: ['XY:0000003', 'XY:0000004'],
    })
    expect(ontologies.find('XY:0000010')).toMatchObject({ id: 'XY:0000010', obsolete: true, replacedBy: 'ZZ:0000001' })
    expect(ontologies.find('ZZ:0000005')).toMatchObject({ label: 'a term of another ontology' })
    for (const unknown of ['XY:0000666', 'XY:0000090', 'part_of', 'BFO:0000050', '']) {
      expect([unknown, ontologies.find(unknown)]).toEqual([unknown, undefined])
    }

    expect(ontologies.knowsPrefix('XY:0000666')).toBe(true)
    expect(ontologies.knowsPrefix('http://purl.obolibrary.org/obo/XY_1')).toBe(true)
    expect(ontologies.knowsPrefix('ZZ:0000005')).toBe(false)
    expect(ontologies.knowsPrefix('XY')).toBe(false)
  })
})

describe('what files say in odd ways', () => {
  test('stanzas of one id are united and reported', async () => {
    const content = obo(
      term('AB:1', 'name: one'),
      term('AB:2', 'is_a: AB:1'),
      term('AB:3'),
      term('AB:2', 'name: two', 'is_a: AB:3'),
    )
    expect(await add(['ab.obo', content])).toMatchObject([{ duplicates: 1, counts: { terms: 3 } }])
    const ontologies = open()
    expect(ontologies.find('AB:2')?.label).toBe('two')
    expect(ontologies.descendants('AB:1')).toContain('AB:2')
    expect(ontologies.descendants('AB:3')).toContain('AB:2')
  })

  test('an old id that two terms claim leads to none, and is reported', async () => {
    const content = obo(term('AB:1', 'alt_id: AB:9'), term('AB:2', 'alt_id: AB:9'))
    expect(await add(['ab.obo', content])).toMatchObject([{ ambiguousIds: ['AB:9'] }])
    expect(open().find('AB:9')).toBeUndefined()
    expect(open().descendants('AB:1')).toEqual(['AB:1'])
  })

  test('an alternative id that is a term of its own stays one; an obsolete one leads on', async () => {
    const content = obo(
      term('AB:1', 'alt_id: AB:2', 'alt_id: AB:3'),
      term('AB:2', 'name: two'),
      term('AB:3', 'name: three', 'is_obsolete: true'),
    )
    await add(['ab.obo', content])
    expect(open().find('AB:2')?.id).toBe('AB:2')
    expect(open().find('AB:3')?.id).toBe('AB:1')
    expect(sorted(open().descendants('AB:1'))).toEqual(['AB:1', 'AB:3'])
  })

  test('terms that replace each other are obsolete and nothing more', async () => {
    const content = obo(
      term('AB:1', 'is_obsolete: true', 'replaced_by: AB:2'),
      term('AB:2', 'is_obsolete: true', 'replaced_by: AB:1'),
      term('AB:3', 'is_obsolete: true', 'replaced_by: AB:3'),
      term('AB:4'),
    )
    await add(['ab.obo', content])
    for (const id of ['AB:1', 'AB:2', 'AB:3']) expect(open().find(id)).toMatchObject({ obsolete: true })
    expect(sorted(open().descendants('AB:1'))).toEqual(['AB:1', 'AB:2'])
  })

  test('a parent without a stanza has descendants and is no term', async () => {
    await add(['ab.obo', obo(term('AB:1', 'is_a: CD:7'), term('AB:2', 'is_a: AB:1'))])
    expect(sorted(open().descendants('CD:7'))).toEqual(['AB:1', 'AB:2', 'CD:7'])
    expect(open().find('CD:7')).toBeUndefined()
  })

  test('a line that goes on in the next is one', async () => {
    await add(['ab.obo', obo(term('AB:1', 'name: one \\', 'and more'), term('AB:2', 'is_a: \\', 'AB:1'))])
    expect(open().find('AB:1')?.label).toBe('one and more')
    expect(sorted(open().descendants('AB:1'))).toEqual(['AB:1', 'AB:2'])
  })

  test.each([
    ['data-version: 2021-11-22', '2021-11-22'],
    ['data-version: http://www.ebi.ac.uk/efo/releases/v3.60.0/efo.owl', 'v3.60.0'],
    ['data-version: 4.1.2', '4.1.2'],
    ['property_value: owl:versionInfo "2023-01-05" xsd:string', '2023-01-05'],
    ['saved-by: nobody', 'unknown'],
  ])('the version of "%s" is %s', async (header, version) => {
    expect(await add(['ab.obo', obo(header, term('AB:1'))])).toMatchObject([{ version }])
  })
})

describe('several ontologies', () => {
  const hp = obo('ontology: hp', term('HP:1'), term('HP:2', 'is_a: HP:1', 'alt_id: HP:20'))
  // Has more terms of another ontology than of its own, and an older view of them.
  const mondo = obo(
    'ontology: mondo/mondo-base',
    term('MONDO:1', 'name: disease'),
    term('HP:1', 'name: old name'),
    term('HP:3', 'is_a: HP:1'),
    term('HP:4', 'is_a: HP:1'),
    term('MONDO:2', 'is_obsolete: true', 'replaced_by: HP:20'),
  )

  test('a term belongs to the ontology of its prefix; others tell of it only while that is not there', async () => {
    await add(['mondo.obo', mondo])
    expect(listOntologies(directory).map(({ prefix }) => prefix)).toEqual(['MONDO'])
    const ontologies = open()
    expect(ontologies.find('HP:1')).toMatchObject({ label: 'old name' })
    expect(sorted(ontologies.descendants('HP:1'))).toEqual(['HP:1', 'HP:3', 'HP:4'])
    expect(ontologies.find('MONDO:2')).toMatchObject({ id: 'MONDO:2', obsolete: true, replacedBy: 'HP:20' })
    await nextTurn()
    await add(['hp.obo', hp])
    await nextTurn()
    expect(ontologies.find('HP:1')).toMatchObject({ label: '' })
    expect(sorted(ontologies.descendants('HP:1'))).toEqual(['HP:1', 'HP:2', 'HP:20'])
    expect(ontologies.find('HP:3')).toMatchObject({ id: 'HP:3' })
    expect(ontologies.find('MONDO:2')).toMatchObject({ id: 'HP:2', obsolete: false })
    expect(sorted(ontologies.descendants('MONDO:2'))).toEqual(['HP:2', 'HP:20', 'MONDO:2'])
  })

  test('a new version takes the place of the old one, and readers see it', async () => {
    const ontologies = open()
    expect([ontologies.resources(), ontologies.find('HP:1'), ontologies.knowsPrefix('HP:1')]).toEqual([
      [],
      undefined,
      false,
    ])
    expect(ontologies.descendants('HP:1')).toEqual(['HP:1'])
    await nextTurn()
    await add(['hp.obo', hp], ['mondo.obo', mondo])
    await nextTurn()
    expect(ontologies.resources().map(({ id }) => id)).toEqual(['hp', 'mondo'])
    expect(ontologies.descendants('HP:1')).toHaveLength(3)
    await add(['hp.json', JSON.stringify({ graphs: [{ id: 'hp', nodes: [{ id: 'HP:1', lbl: 'new' }] }] })])
    await nextTurn()
    expect(ontologies.resources()).toHaveLength(2)
    expect([ontologies.find('HP:1')?.label, ontologies.descendants('HP:1')]).toEqual(['new', ['HP:1']])
    expect(removeOntology(directory, 'hp')).toMatchObject({ prefix: 'HP', file: 'hp.json' })
    await nextTurn()
    expect([ontologies.resources().map(({ id }) => id), ontologies.knowsPrefix('HP:1')]).toEqual([['mondo'], false])
  })

  test('what another process adds is seen by one that reads', async () => {
    await add(['mondo.obo', mondo])
    const ontologies = open()
    expect(ontologies.knowsPrefix('HP:1')).toBe(false)
    writeFileSync(join(directory, 'hp.obo'), hp)
    const script = `
      import { addOntologies } from ${JSON.stringify(new URL('./add-ontologies.js', import.meta.url).href)}
      await addOntologies(${JSON.stringify(directory)}, [${JSON.stringify(join(directory, 'hp.obo'))}], { now: () => new Date() })`
    execFileSync(process.execPath, ['--input-type=module', '-e', script])
    await nextTurn()
    expect(ontologies.knowsPrefix('HP:1')).toBe(true)
  })

  test('removing one that is not there names those that are', async () => {
    expect(() => removeOntology(directory, 'HP')).toThrow('HP: there is no such ontology; none is loaded')
    await add(['mondo.obo', mondo])
    expect(() => removeOntology(directory, 'HP')).toThrow('HP: there is no such ontology; loaded are: MONDO')
  })
})
