import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { addOntologies } from './add-ontologies.js'
import { openOntologies } from './ontologies.js'
import { OntologyError } from './ontology-error.js'
import { listOntologies } from './store-ontologies.js'
import { OBO, OBO_GRAPH } from './testing/ontology-files.js'

const now = () => new Date('2026-01-02T03:04:05Z')
let directory: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'fyr-ontologies-'))
})

afterEach(() => rmSync(directory, { recursive: true }))

function add(...files: readonly (readonly [name: string, content: string | Buffer])[]) {
  for (const [name, content] of files) writeFileSync(join(directory, name), content)
  const paths = files.map(([name]) => join(directory, name))
  return addOntologies(directory, paths, { now })
}

const obo = (...lines: readonly string[]) => `format-version: 1.2\n${lines.join('\n')}\n`
const term = (id: string, ...lines: readonly string[]) => ['', '[Term]', `id: ${id}`, ...lines].join('\n')

describe('wrong input is refused with file, line and reason, and nothing is stored', () => {
  const good = obo('ontology: ab', term('AB:1'))
  const json = (document: unknown) => JSON.stringify(document)
  test.each<[string, string | Buffer, RegExp]>([
    ['bad.obo', '', /^bad\.obo: the file is empty$/],
    ['bad.obo', '\n! a comment\n', /^bad\.obo:2: the file is empty$/],
    ['bad.obo', 'id: AB:1\n', /^bad\.obo:1: this is no OBO file: the first line must be "format-version/],
    ['bad.obo', 'format-version: 1.0\n', /^bad\.obo:1: OBO format 1\.0 cannot be read, only 1\.2 and 1\.4$/],
    ['bad.obo', obo('ontology: ab'), /^bad\.obo:2: the file has no terms$/],
    [
      'bad.obo',
      obo('', '[Term]', 'name: one', 'id: AB:1'),
      /^bad\.obo:4: "name" stands before the id of its \[Term\]$/,
    ],
    ['bad.obo', obo('', '[Term]', '', '[Term]', 'id: AB:1'), /^bad\.obo:5: the \[Term\] before has no id$/],
    ['bad.obo', obo(term('AB:1', 'id: AB:2')), /^bad\.obo:5: the \[Term\] has two ids$/],
    ['bad.obo', obo(term('AB:1', 'is_a:')), /^bad\.obo:5: "is_a:" without an id$/],
    ['bad.obo', obo(term('AB:1', 'is_a: ! root')), /^bad\.obo:5: "is_a:" without an id$/],
    ['bad.obo', obo(term('AB:1', 'is_obsolete: maybe')), /^bad\.obo:5: is_obsolete is true or false, not "maybe"$/],
    ['bad.obo', obo(term('AB:1', 'just text')), /^bad\.obo:5: "just text" is neither a \[Stanza\] nor "tag: value"$/],
    ['bad.obo', `${good}name: cut off\\`, /^bad\.obo:6: the file ends inside a line: it is truncated$/],
    [
      'bad.obo.gz',
      gzipSync(OBO).subarray(0, 300),
      /^bad\.obo\.gz(:\d+)?: the gzip data ends too early: the file is truncated$/,
    ],
    ['bad.owl', '<?xml version="1.0"?>\n', /^bad\.owl: this is XML; of an OWL ontology take the OBO or the OBO Graph/],
    ['bad.json', '{\n"graphs": [\n{]}', /^bad\.json:3: the file is no JSON, or it is truncated: /],
    [
      'bad.json',
      JSON.stringify(OBO_GRAPH, null, 1).slice(0, 900),
      /^bad\.json:\d+: the file is no JSON, or it is truncated: /,
    ],
    ['bad.json', '{}', /^bad\.json: this is no OBO Graph document/],
    ['bad.json', json({ graphs: [] }), /this is no OBO Graph document/],
    ['bad.json', json({ graphs: [1] }), /^bad\.json: graphs\[0\] is no object$/],
    ['bad.json', json({ graphs: [{ nodes: {} }] }), /^bad\.json: graphs\[0\]\.nodes is no array$/],
    ['bad.json', json({ graphs: [{ nodes: [{ lbl: 'x' }] }] }), /^bad\.json: graphs\[0\]\.nodes\[0\]\.id is missing/],
    ['bad.json', json({ graphs: [{ nodes: [{ id: 'AB:1', lbl: 1 }] }] }), /graphs\[0\]\.nodes\[0\]\.lbl is no string$/],
    [
      'bad.json',
      json({ graphs: [{ nodes: [{ id: 'AB:1', meta: { deprecated: 'yes' } }] }] }),
      /graphs\[0\]\.nodes\[0\]\.meta\.deprecated is no boolean$/,
    ],
    [
      'bad.json',
      json({ graphs: [{ nodes: [{ id: 'AB:1' }], edges: [{ sub: 'AB:1', obj: 'AB:2' }] }] }),
      /graphs\[0\]\.edges\[0\] must have the strings/,
    ],
    ['bad.json', json({ graphs: [{ nodes: [], edges: [] }] }), /^bad\.json: the file has no terms$/],
    ['second.obo', good, /^second\.obo: the terms are AB, as those of good\.obo$/],
  ])('%s', async (name, content, message) => {
    await expect(add(['good.obo', good], [name, content])).rejects.toThrow(OntologyError)
    await expect(add(['good.obo', good], [name, content])).rejects.toThrow(message)
    expect(listOntologies(directory)).toEqual([])
  })

  test('a file that is not there', async () => {
    await expect(addOntologies(directory, [join(directory, 'none.obo')], { now })).rejects.toThrow(
      /^none\.obo: there is no such file$/,
    )
  })

  test('a store that is none is one sentence', () => {
    writeFileSync(join(directory, 'ontologies.sqlite'), 'this is no database, however long it is '.repeat(200))
    expect(() => openOntologies(directory)).toThrow(OntologyError)
    expect(() => listOntologies(directory)).toThrow(/the ontologies cannot be opened \(file is not a database\)/)
  })
})
