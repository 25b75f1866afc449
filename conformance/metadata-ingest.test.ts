import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { toVcf } from './support/fixture-network.js'
import { PROJECT_ROOT } from './support/paths.js'
import { mustRun, runCommand } from './support/processes.js'

/** `fyr-node ingest` of metadata as an administrator meets it. */
const directory = mkdtempSync(join(tmpdir(), 'fyr-metadata-'))
const home = join(directory, 'node')

function write(name: string, content: unknown): string {
  const path = join(directory, name)
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

const ingest = (...words: readonly string[]) => runCommand('node/main.js', 'ingest', home, '--dataset', 'd', ...words)

beforeAll(async () => {
  await mustRun('node/main.js', 'init', home, '--id', 'se.fyr.norr', '--name', 'Region Norr')
  await mustRun('node/main.js', 'dataset', 'add', home, 'd', '--name', 'D', '--assembly', 'GRCh38')
})

afterAll(() => rmSync(directory, { recursive: true, force: true }))

const FEMALE = { id: 'NCIT:C16576' }
const individuals = write('individuals.json', [
  { id: 'a', sex: FEMALE },
  { id: 'b', sex: 'female' },
])
const good = write('packets.ndjson', '{"subject":{"id":"p1"},"metaData":{}}\n{"subject":{"id":"p2"},"metaData":{}}\n')
const vcf = write('a.vcf', toVcf({ samples: ['p1'], lines: ['1 5 . A C . PASS . GT 0/1'] }))

test('a record with problems stores nothing, and is told by file, line, record, field and reason', async () => {
  const { code, stdout, stderr } = await ingest(individuals)
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  expect(stderr).toContain('fyr-node: d: nothing was stored: one record has problems (--skip-bad leaves them out)\n')
  expect(stderr).toContain('  individuals.json:1: record 2 (b): /sex: "female" is a text; an object is needed')
  expect((await runCommand('node/main.js', 'individual', 'list', home)).stdout).toBe('no individuals\n')
})

test('with --json the report says so too', async () => {
  const { code, stdout } = await ingest(individuals, '--json')
  expect(code).toBe(1)
  expect(JSON.parse(stdout)).toMatchObject({ stored: false, bad: 1, problems: [{ record: 2, id: 'b', field: '/sex' }] })
})

test('--skip-bad stores the others and lists what was left out', async () => {
  const { code, stdout } = await ingest(individuals, '--skip-bad')
  expect(code).toBe(0)
  expect(stdout).toMatch(/^individual {3}1$/m)
  expect(stdout).toMatch(/^skipped {6}1 records\n {2}individuals\.json:1: record 2 \(b\): \/sex: /m)
})

test('variants and metadata of one dataset are linked', async () => {
  expect((await ingest(vcf)).code).toBe(0)
  const { stdout } = await ingest(good, '--json')
  expect(JSON.parse(stdout)).toMatchObject({ stored: true, given: { individual: 2 }, links: { linked: 1 } })
})

test('a term that a loaded ontology does not have is refused, and an old id of one is told', async () => {
  const obo = [
    'format-version: 1.2',
    'ontology: xy',
    '',
    ...['[Term]', 'id: XY:0000001', 'name: thing', 'alt_id: XY:0000009', ''],
  ].join('\n')
  await mustRun('node/main.js', 'ontology', 'add', home, write('xy.obo', obo))
  const packet = (...ids: readonly string[]) => ({
    subject: { id: 'p9' },
    phenotypicFeatures: ids.map((id) => ({ type: { id } })),
    metaData: {},
  })
  const refused = await ingest(write('bad.json', packet('XY:0000001', 'XY:7', 'ZZ:1')))
  expect(refused.code).toBe(1)
  expect(refused.stderr).toMatch(
    /bad\.json:1: record 1 \(p9\): \/phenotypicFeatures\/1\/type\/id: "XY:7" is no term of the loaded ontology\n$/,
  )
  const { stdout } = await ingest(write('good.json', packet('XY:0000001', 'XY:0000009')))
  expect(stdout).toContain('note         XY:0000009 is an old id of XY:0000001')
})

test('the table and the mapping of docs/metadata-files.md are what the page says', async () => {
  const page = readFileSync(join(PROJECT_ROOT, 'docs', 'metadata-files.md'), 'utf8')
  const block = (language: string) => new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``).exec(page)![1]!
  const result = await ingest('--mapping', write('patients.yaml', block('yaml')), write('patients.csv', block('csv')))
  expect(result).toMatchObject({ code: 0, stderr: '' })
  expect(result.stdout).toMatch(/^individual {3}3$/m)
})

describe('wrong usage is one sentence', () => {
  test.each<[string, readonly string[], number, RegExp]>([
    ['variants and metadata at once', [vcf, good], 1, /a\.vcf: holds variants and packets\.ndjson metadata/],
    ['an option of variants', [good, '--assay', 'x'], 2, /--assay is for variants, and the files are metadata/],
    ['an option of metadata', [vcf, '--skip-bad'], 2, /--skip-bad is for metadata, and the files are variants/],
    ['a type that is none', [good, '--type', 'people'], 2, /individuals, biosamples, runs/],
    ['a table without a mapping', [write('p.csv', 'id,sex\n')], 1, /p\.csv: is a table and needs --mapping/],
    ['a file that is not there', [join(directory, 'zz.json')], 1, /zz\.json: there is no such file/],
    ['records of an unknown kind', [write('x.json', [{ id: 'a' }])], 1, /x\.json:1: what are its records\?/],
  ])('%s', async (_, words, code, message) => {
    const result = await ingest(...words)
    expect(result.code).toBe(code)
    expect(result.stderr).toMatch(message)
    expect(result.stderr).not.toMatch(/at .*\.js:\d+/)
  })
})
