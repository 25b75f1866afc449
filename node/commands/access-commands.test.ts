import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import { execFileSync } from 'node:child_process'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openAccessRules } from '../access/register/open-access-rules.js'
import { runCli } from '../cli.js'
import { openIndividuals } from '../metadata/individuals.js'
import { createNodeFixture, type NodeFixture } from '../testing/node-fixture.js'

const PROJECT = 'urn:ngp:project:2026-017'
const TAG = 'Gemensamt.Hematologi'
const PI = 'https://broker.invalid/oidc|u-pi'
const MAIN = fileURLToPath(new URL('../main.js', import.meta.url))

let fixture: NodeFixture
const written: { out: string; err: string } = { out: '', err: '' }

beforeAll(() => {
  fixture = createNodeFixture()
  fixture.addDataset('norr', { access: 'controlled' })
  const people = openIndividuals(fixture.directory)
  people.store(people.identify(['LAB-1', '19811228-9874']))
  people.close()
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => ((written.out += String(text)), true))
  jest.spyOn(process.stderr, 'write').mockImplementation((text) => ((written.err += String(text)), true))
})
afterAll(async () => {
  jest.restoreAllMocks()
  await fixture.remove()
})

/** Runs a command; `DIR` in it is the node's directory. */
async function run(...args: readonly string[]) {
  written.out = written.err = ''
  const code = await runCli(args.map((word) => (word === 'DIR' ? fixture.directory : word)))
  return { code, ...written }
}

async function mustRun(...args: readonly string[]): Promise<string> {
  const { code, out, err } = await run(...args)
  expect({ code, err }).toEqual({ code: 0, err: '' })
  return out
}
async function readJson(...args: readonly string[]): Promise<ReturnType<typeof JSON.parse>> {
  return JSON.parse(await mustRun(...args, '--json'))
}

const DATES = ['--from', '2020-01-01', '--to', '2090-12-31']

test('the whole way: project, tag, application, decision, data, and back', async () => {
  const words = ['--title', 'Blood', '--pi', PI, '--ethics', '2025-01234-01', '--purpose', 'HRESCH']
  expect(await mustRun('project', 'add', 'DIR', PROJECT, ...words, ...DATES)).toBe(`made project ${PROJECT}\n`)
  await mustRun('member', 'add', 'DIR', PROJECT, 'https://broker.invalid/oidc|u-2', '--to', '2080-01-01')
  const define = ['--dac', 'https://dac.invalid/', '--purpose', 'HRESCH', '--level', 'record', '--to', '2090-12-31']
  expect(await mustRun('tag', 'define', 'DIR', TAG, ...define)).toMatch(/^tag Gemensamt.Hematologi: at most record/)
  const bed = join(fixture.directory, 'tp53.bed')
  writeFileSync(bed, 'chr17\t7668420\t7687490\n')
  const asked = ['--project', PROJECT, '--tag', TAG, '--level', 'record', '--regions', bed]
  expect(await mustRun('application', 'add', 'DIR', ...asked)).toBe(
    `drafted A-1 to Region Test: record of tag ${TAG} in 1 regions\n`,
  )
  expect(await mustRun('application', 'submit', 'DIR', 'A-1')).toBe('A-1 is submitted\n')
  expect(await mustRun('application', 'return', 'DIR', 'A-1', '--note', 'The whole genome?')).toBe('A-1 is returned\n')
  await mustRun('application', 'change', 'DIR', 'A-1', '--tag', TAG, '--level', 'record')
  await mustRun('application', 'submit', 'DIR', 'A-1')
  await mustRun('application', 'review', 'DIR', 'A-1')
  expect(await mustRun('application', 'list', 'DIR')).toBe(
    `A-1  in_review  ${PROJECT}  Region Test  record of tag ${TAG}\n`,
  )
  const long = join(fixture.directory, 'decision.yaml')
  writeFileSync(
    long,
    'responsibleBody: Karolinska Institutet\nlegalBasis: research\nsecrecyReview: no harm\naudience: {kind: national}\nethics: {to: 2080-12-31, amendments: [{number: 2026-1-02}]}\n',
  )
  const decide = ['decision', 'add', 'DIR', 'A-1', '--diary-number', 'HSN 1', '--outcome', 'approve', '--file', long]
  expect(await run(...decide, '--by', 'Anna')).toMatchObject({ code: 1, err: expect.stringMatching(/two different/) })
  expect(await run(...decide, '--by', 'Anna', '--by', 'Bo')).toEqual({
    code: 0,
    out: 'D-1 of Anna and Bo approves A-1, gives G-1\n',
    err: 'fyr-node: warning: nobody can be of audience national: node.yaml has no access, so that the node knows nobody\n',
  })
  expect(await run('check', 'DIR')).toEqual({
    code: 1,
    out: `grant G-1 of ${PROJECT} serves nobody: it is to audience national, and node.yaml has no access, so that the node knows nobody; name them there, or revoke it\n`,
    err: 'fyr-node: not all is well\n',
  })
  expect(await mustRun('grant', 'list', 'DIR')).toMatch(/^G-1 {2}record of tag .* D-1 {2}to 2080-12-31 {2}in force\n$/)

  const released = ['--decision', 'D-1', '--dataset', 'norr', '--individual', 'LAB-1']
  expect(await mustRun('tag', 'add', 'DIR', TAG, ...released)).toBe(`added 2 to ${TAG}\n`)
  const listed = await mustRun('tag', 'list', 'DIR', TAG)
  expect(listed).toMatch(/dataset +norr +D-1/)
  expect(listed).toMatch(/individual +P-/)
  expect(listed).not.toContain('LAB-1')
  expect(await mustRun('tag', 'remove', 'DIR', TAG, '--individual', 'LAB-1')).toBe(`removed 1 from ${TAG}\n`)
  expect(await mustRun('tag', 'list', 'DIR', TAG)).toMatch(/removed .* by cli:/)

  const shown = await readJson('application', 'show', 'DIR', 'A-1')
  expect((shown.steps as { state: string }[]).map(({ state }) => state)).toEqual([
    ...['draft', 'submitted', 'returned', 'submitted', 'in_review', 'approved'],
  ])
  expect(shown.decisions).toMatchObject([
    { id: 'D-1', by: ['Anna', 'Bo'], ethics: { amendments: [{ number: '2026-1-02' }] } },
  ])
  expect(await mustRun('application', 'show', 'DIR', 'A-1')).toMatch(/D-1 {2}approve {2}by Anna and Bo {2}HSN 1\n$/)
  expect(await mustRun('grant', 'revoke', 'DIR', 'G-1', '--reason', 'misused', '--by', 'Cia')).toBe(
    `revoked G-1 of ${PROJECT}\n`,
  )
  expect(await mustRun('grant', 'list', 'DIR', '--project', PROJECT)).toMatch(/revoked .* by Cia\n$/)
  await mustRun('member', 'remove', 'DIR', PROJECT, 'https://broker.invalid/oidc|u-2')
  expect(await mustRun('project', 'show', 'DIR', PROJECT)).toMatch(/u-2 +member .* removed/)
  await mustRun('project', 'close', 'DIR', PROJECT)
  expect(await readJson('project', 'list', 'DIR')).toMatchObject([
    { id: PROJECT, closed: { by: expect.stringMatching(/^cli:/) } },
  ])
})

test('a refusal says why and how to appeal', async () => {
  const other = 'urn:ngp:project:2026-018'
  const words = ['--title', 'X', '--pi', PI, '--purpose', 'HRESCH']
  await mustRun('project', 'add', 'DIR', other, ...words, ...DATES)
  const { id } = await readJson(
    'application',
    'add',
    'DIR',
    '--project',
    other,
    '--dataset',
    'norr',
    '--level',
    'count',
  )
  await mustRun('application', 'submit', 'DIR', id)
  const decide = ['decision', 'add', 'DIR', id, '--outcome', 'reject', '--by', 'A', '--by', 'B', '--diary-number', '1']
  expect(await run(...decide)).toMatchObject({ code: 1, err: expect.stringMatching(/must have the key "reasons"/) })
  expect(await mustRun(...decide, '--reason', 'no ethics', '--appeal', 'within three weeks')).toBe(
    `D-2 of A and B rejects ${id}\n`,
  )
})

test('a dataset that is made anew begins with nothing', async () => {
  const carriers = async () => {
    const { objects } = (await readJson('tag', 'list', 'DIR', TAG)) as { objects: { removed?: object }[] }
    return objects.filter(({ removed }) => !removed).length
  }
  expect(await carriers()).toBe(1)
  await mustRun('dataset', 'withdraw', 'DIR', 'norr')
  await mustRun('dataset', 'remove', 'DIR', 'norr')
  await mustRun('dataset', 'add', 'DIR', 'norr', '--name', 'N', '--assembly', 'GRCh38')
  expect(await carriers()).toBe(0)
})

describe('wrong', () => {
  test.each<[string, readonly string[], number, RegExp]>([
    ['a project without a title', ['project', 'add', 'DIR', 'x', '--pi', PI], 2, /--title/],
    ['a person who is none', ['member', 'add', 'DIR', PROJECT, 'u-2'], 1, /write a person as "issuer\|subject"/],
    ['a role that is none', ['member', 'add', 'DIR', PROJECT, PI, '--role', 'boss'], 2, /Allowed choices/],
    ['a project that is not there', ['project', 'show', 'DIR', 'x'], 1, /there is no such project/],
    ['a tag that is not there', ['tag', 'list', 'DIR', 'X'], 1, /no such tag/],
    ['tagging by nobody’s decision', ['tag', 'add', 'DIR', TAG, '--dataset', 'norr'], 2, /--decision/],
    ['an application for nothing', ['application', 'add', 'DIR', '--project', PROJECT], 1, /must have the key "wants"/],
    [
      'a BED file that is not there',
      ['application', 'add', 'DIR', '--regions', '/x'],
      1,
      /\/x cannot be read \(ENOENT\)/,
    ],
    ['a decision without a file', ['decision', 'add', 'DIR', 'A-1', '--file', '/x'], 1, /cannot be read/],
    ['an outcome that is none', ['decision', 'add', 'DIR', 'A-1', '--outcome', 'maybe'], 2, /approve, reject/],
    ['a delivery that is none', ['decision', 'add', 'DIR', 'A-1', '--deliver-to', 'x'], 1, /client:NAME/],
    ['to revoke without a reason', ['grant', 'revoke', 'DIR', 'G-1'], 2, /--reason/],
    ['a grant that is not there', ['grant', 'revoke', 'DIR', 'G-9', '--reason', 'x'], 1, /no such grant/],
    ['a pause of everything and something', ['pause', 'DIR', '--network', '--dataset', 'norr'], 2, /say one of/],
    ['a pause of nothing', ['pause', 'DIR', '--reason', 'x'], 2, /say one of/],
    ['a pause without a reason', ['pause', 'DIR', '--network'], 2, /say why/],
    ['a pause of no dataset', ['pause', 'DIR', '--dataset', 'x', '--reason', 'y'], 1, /there is no dataset x/],
    ['to resume what is not paused', ['resume', 'DIR', '--network', '--reason', 'y'], 1, /the network is not paused/],
    ['a node that is none', ['project', 'list', '/nowhere'], 1, /node.yaml: cannot be read/],
  ])('%s', async (_, args, code, message) => {
    const result = await run(...args)
    expect(result).toMatchObject({ code, out: '', err: expect.stringMatching(message) })
    expect(result.err).not.toMatch(/\n {4}at /)
  })

  test('people are never named in what is said of them', async () => {
    const result = await run('tag', 'remove', 'DIR', TAG, '--individual', '19811228-9874')
    expect(result).toMatchObject({ code: 1, err: expect.stringMatching(/one of the individuals does not carry/) })
    expect(result.err).not.toContain('1981')
  })
})

test('what another process changes is seen at once, and is on record', async () => {
  const rules = openAccessRules(fixture.directory, { now: () => new Date() })
  try {
    expect(rules.pauseOf('norr', undefined)).toBeUndefined()
    const other = (...args: readonly string[]) => execFileSync(process.execPath, [MAIN, ...args], { encoding: 'utf8' })
    expect(other('pause', fixture.directory, '--network', '--reason', 'intrusion')).toBe('paused network\n')
    expect(rules.pauseOf('norr', undefined)).toMatchObject({ scope: 'network', reason: 'intrusion' })
    expect(other('resume', fixture.directory, '--network', '--reason', 'over')).toBe('resumed network\n')
    expect(rules.pauseOf('norr', undefined)).toBeUndefined()
    expect(await mustRun('pause', 'DIR', '--list')).toMatch(/^network {2}paused .*: intrusion {2}resumed .*: over\n$/)
  } finally {
    rules.close()
  }
})

test('the administrators of the admin API, each with a token of their own', async () => {
  expect(await mustRun('admin', 'list', 'DIR')).toMatch(/^no administrators/)
  const token = await mustRun('admin', 'add', 'DIR', 'dana')
  expect(token).toMatch(/^[\w-]{43}\n$/)
  const out = join(fixture.directory, 'erik-token')
  expect(await mustRun('admin', 'add', 'DIR', 'erik', '--out', out)).toBe(`wrote the token of erik to ${out}\n`)
  expect(statSync(out).mode & 0o777).toBe(0o600)
  expect(readFileSync(out, 'utf8')).toMatch(/^[\w-]{43}\n$/)
  expect(await mustRun('admin', 'list', 'DIR')).toMatch(/^dana {2}added .* by cli:\d+\nerik {2}added .* by cli:\d+\n$/)
  for (const [args, err] of [
    [['add', 'DIR', 'dana'], /there is an administrator dana/],
    [['add', 'DIR', 'Dana'], /of small letters/],
    [['remove', 'DIR', 'nobody'], /there is no administrator nobody/],
  ] as const) {
    expect(await run('admin', ...args)).toMatchObject({ code: 1, err: expect.stringMatching(err) })
  }
  expect(await mustRun('admin', 'remove', 'DIR', 'dana')).toBe('dana is no administrator any more\n')
  const records = readFileSync(join(fixture.directory, 'audit', 'cli.ndjson'), 'utf8')
  expect(records).toMatch(/"what":"admin\.add"/)
  expect(records).toMatch(/"what":"admin\.remove"/)
  expect(records).not.toContain(token.trim())
})

test.each(['admin:dana', 'cli:0', ' Admin : dana', 'ＡＤＭＩＮ:dana'])(
  'a command cannot act as %j, whom only a token or the operating system makes',
  async (name) => {
    const refused = { code: 1, err: expect.stringMatching(/is given by nobody/) }
    expect(await run('project', 'close', 'DIR', PROJECT, '--by', name)).toMatchObject(refused)
    const stated = ['--outcome', 'reject', '--diary-number', 'HSN 9', '--reason', 'x', '--appeal', 'y', '--by', 'Bo']
    const decide = ['decision', 'add', 'DIR', 'A-1', ...stated, '--by', name]
    expect(await run(...decide)).toMatchObject(refused)
  },
)
