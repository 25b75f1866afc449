import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { SchemaPath } from '../registry.js'
import type { HubConfig } from './hub-config.js'
import type { NodeConfig } from './node-config.js'
import { ConfigError, readConfig } from './read-config.js'

const NODE_YAML = `# A Fyr node.
id: se.fyr.norr
name: Region Norr
contact: Region Norr
organization:
  id: se.fyr.norr
  name: Region Norr
environment: test
listen:
  host: 127.0.0.1
  port: 8081
variantStore:
  type: sqlite
defaultGranularity: boolean
logLevel: info
`
const HUB_YAML = `id: se.fyr.hub
name: "Fyr"
organization:
  id: se.fyr
  name: "Fyr"
environment: dev
listen:
  host: 127.0.0.1
  port: 8080
# Milliseconds.
deadlineMs: 3000
maximumResponseBytes: 1048576
allowPrivate: false
logLevel: info
regions:
  - id: se.fyr.norr
    name: Region Norr
    url: https://norr.example.org/beacon/v2
  - { id: se.fyr.syd, name: Region Syd, url: 'https://syd.example.org/beacon/v2' }
`

let directory: string
let file: string

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'fyr-config-'))
  file = join(directory, 'some.yaml')
})

afterAll(() => rmSync(directory, { recursive: true }))

function read<T>(source: string, schema: SchemaPath): T {
  writeFileSync(file, source)
  return readConfig<T>(file, schema)
}

/** The message without the directory: `some.yaml:3: …`. */
function complaint(source: string, schema: SchemaPath): string {
  try {
    read(source, schema)
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError)
    return (error as ConfigError).message.replace(`${directory}/`, '')
  }
  return 'no complaint'
}

/** A file with one line replaced, or one added where `from` is empty. */
function change(source: string, from: string, to: string): string {
  if (from === '') return source + to
  expect(source).toContain(from)
  return source.replace(from, to)
}

const NODE_KEYS =
  'id, name, contact, organization, environment, listen, baseUrl, htsgetUrl, variantStore, defaultGranularity, logLevel'
const HUB_KEYS =
  'id, name, organization, environment, listen, baseUrl, deadlineMs, maximumResponseBytes, allowPrivate, logLevel, maximumQuestions, breaker, signing, tls, login, regions'

describe('node.yaml', () => {
  test('a good file is read as it stands', () => {
    const config = read<NodeConfig>(NODE_YAML, 'config/node.json')
    expect(config).toMatchObject({ id: 'se.fyr.norr', listen: { port: 8081 }, variantStore: { type: 'sqlite' } })
    expect(config).not.toHaveProperty('baseUrl')
  })

  test('keys that may be left out are read when they are there', () => {
    const source =
      change(NODE_YAML, '  port: 8081', '  port: 8081\n  adminPort: 0') + 'baseUrl: https://n.example/beacon/v2\n'
    expect(read<NodeConfig>(source, 'config/node.json')).toMatchObject({
      baseUrl: 'https://n.example/beacon/v2',
      listen: { adminPort: 0 },
    })
  })

  test.each([
    [
      'an unknown key',
      '',
      'colour: red\n',
      `some.yaml:16: the file has an unknown key "colour"; allowed are ${NODE_KEYS}`,
    ],
    [
      'a misspelt key',
      'logLevel:',
      'loglevel:',
      `some.yaml:15: the file has an unknown key "loglevel"; allowed are ${NODE_KEYS}`,
    ],
    [
      'an unknown key further in',
      '  host:',
      '  hots: x\n  host:',
      'some.yaml:10: listen has an unknown key "hots"; allowed are host, port, adminPort',
    ],
    ['a port as text', '8081', '"8081"', 'some.yaml:11: listen.port must be integer'],
    ['a port that cannot be', '8081', '65536', 'some.yaml:11: listen.port must be <= 65535'],
    [
      'a value outside a list',
      'environment: test',
      'environment: production',
      'some.yaml:8: environment must be one of prod, test, dev, staging',
    ],
    ['a store that is not there', 'sqlite', 'postgres', 'some.yaml:13: variantStore.type must be one of sqlite'],
    [
      'a key without a value',
      'logLevel: info',
      'logLevel:',
      'some.yaml:15: logLevel must be one of trace, debug, info, warn, error, silent',
    ],
    ['an id in capitals', 'id: se.fyr.norr\nname', 'id: SE.fyr.norr\nname', 'some.yaml:2: id must match pattern'],
    [
      'an empty name',
      'name: Region Norr\ncontact',
      'name: ""\ncontact',
      'some.yaml:3: name must NOT have fewer than 1 characters',
    ],
    ['a missing key', 'contact: Region Norr\n', '', 'must have the key "contact"'],
    ['a missing key further in', '  port: 8081\n', '', 'some.yaml:9: listen must have the key "port"'],
    [
      'a list in place of a map',
      'listen:\n  host: 127.0.0.1\n  port: 8081',
      'listen: [8081]',
      'some.yaml:9: listen must be object',
    ],
    ['an address that is none', '', 'baseUrl: norr.example\n', 'some.yaml:16: baseUrl must match'],
    ['a key that is there twice', '', 'name: again\n', 'some.yaml:16: Map keys must be unique'],
    ['a prototype as a key', '', '__proto__: {}\n', 'some.yaml:16: the file has an unknown key "__proto__"'],
    ['broken YAML', 'name: Region Norr\ncontact', 'name: "Region Norr\ncontact', 'some.yaml:'],
    [
      'a colon in plain text',
      'name: Region Norr\ncontact',
      'name: Region: Norr\ncontact',
      'some.yaml:3: Nested mappings',
    ],
    ['a tab', '  port', '\tport', 'some.yaml:11: '],
    ['an alias of nothing', 'logLevel: info', 'logLevel: *level', 'Unresolved alias'],
    ['a second document', '', '---\nid: x\n', 'some.yaml:16: Source contains multiple documents'],
  ])('%s is refused, with file, line, key and what is allowed', (_what, from, to, message) => {
    const actual = complaint(change(NODE_YAML, from, to), 'config/node.json')
    expect(actual).toContain(message)
    expect(actual).not.toContain('\n')
  })

  test.each([
    ['an empty file', ''],
    ['a comment', '# nothing\n'],
    ['a list', '- id\n'],
    ['text', 'hello\n'],
  ])('%s is no configuration', (_what, source) => {
    expect(complaint(source, 'config/node.json')).toMatch(/^some\.yaml(:1)?: the file must be object$/)
  })

  test('aliases that grow without end are refused', () => {
    const bomb = Array.from(
      { length: 12 },
      (_, i) => `k${i}: &a${i} [${i === 0 ? 'x' : `*a${i - 1}, *a${i - 1}, *a${i - 1}`}]\n`,
    )
    expect(complaint(bomb.join(''), 'config/node.json')).toContain('some.yaml: ')
  })
})

describe('hub.yaml', () => {
  test('a good file is read as it stands', () => {
    expect(read<HubConfig>(HUB_YAML, 'config/hub.json')).toMatchObject({
      deadlineMs: 3000,
      regions: [{ id: 'se.fyr.norr' }, { url: 'https://syd.example.org/beacon/v2' }],
    })
  })

  test.each([
    [
      'an unknown key',
      '',
      'quorum: 2\n',
      `some.yaml:20: the file has an unknown key "quorum"; allowed are ${HUB_KEYS}`,
    ],
    [
      'an unknown key of a region',
      '    url: https',
      '    key: x\n    url: https',
      'some.yaml:18: regions.0 has an unknown key "key"; allowed are id, name, url',
    ],
    ['a missing key of a region', '    name: Region Norr\n', '', 'some.yaml:16: regions.0 must have the key "name"'],
    ['a region that is no map', '  - { id', '  - norr\n  - { id', 'some.yaml:19: regions.1 must be object'],
    ['a URL of another protocol', 'https://norr', 'ftp://norr', 'some.yaml:18: regions.0.url must match'],
    ['a URL inside braces', 'https://syd.example.org', 'syd', 'some.yaml:19: regions.1.url must match'],
    ['a deadline that is too short', '3000', '49', 'some.yaml:11: deadlineMs must be >= 50'],
    ['a deadline that is too long', '3000', '600001', 'some.yaml:11: deadlineMs must be <= 600000'],
    ['a limit that is too small', '1048576', '1', 'some.yaml:12: maximumResponseBytes must be >= 1024'],
    ['yes in place of true', 'allowPrivate: false', 'allowPrivate: yes', 'some.yaml:13: allowPrivate must be boolean'],
    ['a key of node.yaml', '', 'contact: Fyr\n', 'some.yaml:20: the file has an unknown key "contact"'],
    ['no question at all', '', 'maximumQuestions: 0\n', 'some.yaml:20: maximumQuestions must be >= 1'],
    ['a breaker that opens by itself', '', 'breaker: {failures: 0}\n', 'some.yaml:20: breaker.failures must be >= 1'],
    ['an unknown key of the breaker', '', 'breaker: {times: 5}\n', 'some.yaml:20: breaker has an unknown key "times"'],
  ])('%s is refused, with file, line, key and what is allowed', (_what, from, to, message) => {
    expect(complaint(change(HUB_YAML, from, to), 'config/hub.json')).toContain(message)
  })
})

describe('files', () => {
  test('one that is not there is named with the reason', () => {
    const missing = join(directory, 'missing.yaml')
    expect(() => readConfig(missing, 'config/node.json')).toThrow(
      new ConfigError(`${missing}: cannot be read (ENOENT)`),
    )
  })

  test('a directory is no file', () => {
    expect(() => readConfig(directory, 'config/hub.json')).toThrow(`${directory}: cannot be read (EISDIR)`)
  })
})
