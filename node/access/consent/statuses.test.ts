import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RecordChange } from '../../audit/change-log.js'
import { openIndividuals } from '../../metadata/individuals.js'
import { EMPTY } from '../../variants/bitmap.js'
import { openStatuses, type Statuses } from './change-statuses.js'
import { openConsent, type OpenConsent } from './open-consent.js'
import type { StatusInput } from './parse-status.js'
import { findPastReleases } from './past-releases.js'
import { readStatuses } from './read-statuses.js'

let directory: string
let at: number
let statuses: Statuses
let consent: OpenConsent
let recorded: object[]
let fails: boolean
const now = () => new Date(at)
const record: RecordChange = (event, details) => {
  if (fails) return Promise.reject(new Error('the disk is full'))
  recorded.push({ event, ...details })
  return Promise.resolve()
}
const nextTurn = () => new Promise((resolve) => setImmediate(resolve))
const DAY = 86_400_000

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'fyr-consent-'))
  at = Date.parse('2026-03-01T12:00:00Z')
  recorded = []
  fails = false
  const people = openIndividuals(directory)
  people.store(people.identify(['lab-a', 'lab-b', 'lab-c']).map((one) => ({ ...one, pseudonym: `P-${one.number}` })))
  people.close()
  statuses = openStatuses(directory, record, now)
  consent = openConsent(directory, { now })
})
afterEach(() => {
  statuses.close()
  consent.close()
  rmSync(directory, { recursive: true, force: true })
})

const said = (name: string, rest: Partial<StatusInput> = {}): StatusInput => ({
  name,
  kind: 'research_consent',
  effect: 'deny',
  source: 'form 7',
  ...rest,
})
const hidden = async () => {
  await nextTurn()
  return [...consent.hiddenFrom(undefined, undefined, EMPTY)]
}

describe('what people said', () => {
  test('acts at the next request, with another version each time, and the last word counts', async () => {
    const versions = new Set([consent.version])
    expect(await hidden()).toEqual([])
    await statuses.add([said('lab-a'), said('P-2')], 'a test')
    expect(await hidden()).toEqual([1, 2])
    versions.add(consent.version)
    await statuses.add([said('lab-a', { effect: 'allow' })], 'a test')
    expect(await hidden()).toEqual([2])
    versions.add(consent.version)
    expect(versions.size).toBe(3)
  })

  test('begins and ends when it was said to, in every process with the same version', async () => {
    await statuses.add([said('lab-a', { from: '2026-03-02', to: '2026-03-03' })], 'a test')
    const other = openConsent(directory, { now })
    const seen: [number[], boolean][] = []
    const versions = new Set<string>()
    for (const day of [0, 1, 2, 3]) {
      at = Date.parse('2026-03-01T12:00:00Z') + day * DAY
      seen.push([await hidden(), consent.version === other.version])
      versions.add(consent.version)
    }
    other.close()
    expect(seen).toEqual([
      [[], true],
      [[1], true],
      [[1], true],
      [[], true],
    ])
    expect(versions.size).toBe(3)
  })

  test('sets are shared between requests, and nobody can change them', async () => {
    await statuses.add([said('lab-a'), said('lab-b', { kind: 'protected_identity' })], 'a test')
    await nextTurn()
    const set = consent.hiddenFrom(undefined, undefined, EMPTY)
    expect(consent.hiddenFrom(undefined, undefined, EMPTY)).toBe(set)
    expect(() => set.add(9)).toThrow()
    expect([...consent.protectedPeople()]).toEqual([2])
  })

  test('is on record before it counts, by pseudonym, and does not count when that fails', async () => {
    await statuses.add([said('lab-a', { scope: 'project:p1' })], 'anna')
    expect(recorded).toEqual([
      {
        event: 'status.change',
        what: 'status.set',
        subject: 'P-1',
        kind: 'research_consent',
        effect: 'deny',
        scope: 'project:p1',
        from: '2026-03-01T12:00:00.000Z',
        source: 'form 7',
        by: 'anna',
        at: '2026-03-01T12:00:00.000Z',
      },
    ])
    fails = true
    await expect(statuses.add([said('lab-b')], 'anna')).rejects.toThrow('the disk is full')
    expect(statuses.of('lab-b')).toEqual({ pseudonym: 'P-2', statuses: [] })
    fails = false
    await statuses.add([said('lab-b')], 'anna')
    expect(statuses.list().map(({ pseudonym }) => pseudonym)).toEqual(['P-1', 'P-2'])
  })

  test.each([
    ['an unknown kind', { kind: 'x' }, 'kind is none of sparr_inre'],
    ['an unknown effect', { effect: 'no' }, 'effect is none of allow, deny'],
    ['nobody', { name: 'lab-z' }, 'there is no individual with that name or pseudonym'],
    ['no source', { source: ' ' }, 'source is needed'],
    ['a personal identity number', { source: 'form of 19121212-1212' }, 'source holds a personal identity number'],
    ['a scope of another kind', { scope: 'unit:u' }, 'scope of research_consent is none of project:…, tag:…, duo:…'],
    ['a scope where there is none', { kind: 'deceased', scope: 'project:p' }, 'deceased has no scope'],
    ['a date that is none', { from: '2026-02-31' }, 'from is no date'],
    ['a moment without an offset', { to: '2026-02-03T10:00' }, 'to is no date'],
    ['an end before the beginning', { from: '2026-03-02', to: '2026-03-01' }, 'it ends before it begins'],
  ])('%s is refused, and nothing is recorded', async (_, rest, message) => {
    await expect(statuses.add([said('lab-a'), said('lab-b', rest)], 'a test')).rejects.toThrow(message)
    expect(statuses.list()).toEqual([])
    expect(recorded).toEqual([])
  })
})

describe('a table of what people said', () => {
  const write = (text: string) => {
    const path = join(directory, 'said.csv')
    writeFileSync(path, text)
    return path
  }

  test('is recorded whole, with columns in any order', async () => {
    const path = write(
      'source;kind;effect;name;to\nform 1;sparr_inre;deny;lab-a;\n"form; 2";ehds_optout;deny;P-2;2027-01-01\n',
    )
    await statuses.add(await readStatuses(path), 'a test')
    expect(statuses.list()).toMatchObject([
      { pseudonym: 'P-1', kind: 'sparr_inre', source: 'form 1' },
      { pseudonym: 'P-2', kind: 'ehds_optout', source: 'form; 2', to: '2027-01-02T00:00:00.000Z' },
    ])
  })

  test('is recorded not at all when a line is wrong, and every line that is wrong is named', async () => {
    const path = write('name,kind,effect,source\nlab-a,deceased,deny,s\nlab-z,deceased,deny,s\nlab-b,x,deny,s\n')
    const add = readStatuses(path).then((inputs) => statuses.add(inputs, 'a test'))
    await expect(add).rejects.toThrow(
      /^nothing was recorded:\nline 3: there is no individual with that name or pseudonym\nline 4: kind is none of /,
    )
    expect(statuses.list()).toEqual([])
  })

  test.each([
    ['an unknown column', 'name,kind,effect,source,colour\n', 'columns are name, kind'],
    ['a missing column', 'name,kind,effect\n', 'lacks the column source'],
    ['a column twice', 'name,kind,effect,source,name\n', 'a column stands there twice'],
    ['a short row', 'name,kind,effect,source\nlab-a,deceased\n', 'line 2 has 2 cells, and the header 4'],
    ['nothing', '', 'is empty'],
  ])('%s', async (_, text, message) => {
    await expect(readStatuses(write(text))).rejects.toThrow(message)
  })
})

describe('who has fetched what of somebody', () => {
  test('is read from all audit logs of the node, by project', async () => {
    const entry = (ts: string, rest: object) =>
      JSON.stringify({ ts, event: 'record.read', outcome: 'answered', datasets: ['d'], subjects: ['P-1'], ...rest })
    const p1 = { project: 'p1' }
    const file = { ...p1, event: 'block.read', file: 'd/f', subjects: ['P-2', 'P-1'] }
    mkdirSync(join(directory, 'audit'))
    const one = [
      entry('2026-01-02', p1),
      entry('2026-01-01', p1),
      entry('2026-01-03', { outcome: 'denied' }),
      '{"subjects": ["P-1',
    ]
    writeFileSync(join(directory, 'audit', 'worker-1.ndjson'), one.join('\n'))
    const two = [entry('2026-01-04', file), entry('2026-01-05', { subjects: ['P-3'] }), entry('2026-01-06', {})]
    writeFileSync(join(directory, 'audit', 'worker-2.ndjson'), two.join('\n'))
    expect(await findPastReleases(directory, new Set(['P-1', 'P-9']))).toEqual(
      new Map([
        [
          'P-1',
          [
            { event: 'record.read', what: 'd', first: '2026-01-06', last: '2026-01-06', times: 1 },
            { project: 'p1', event: 'record.read', what: 'd', first: '2026-01-01', last: '2026-01-02', times: 2 },
            { project: 'p1', event: 'block.read', what: 'd/f', first: '2026-01-04', last: '2026-01-04', times: 1 },
          ],
        ],
      ]),
    )
  })

  test('a node that never answered has no log', async () => {
    expect(await findPastReleases(directory, new Set(['P-1']))).toEqual(new Map())
  })
})
