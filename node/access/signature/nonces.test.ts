import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import Database from 'better-sqlite3'
import { openNonces, sharedPath, type Nonces } from './nonces.js'

const NOW = 1_790_000_000
const EXPIRES = NOW + 65
let directory: string
let opened: Nonces[]

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'fyr-nonces-'))
  opened = []
})
afterEach(() => {
  for (const nonces of opened) nonces.close()
  rmSync(directory, { recursive: true })
})

function open(now: () => number = () => NOW): Nonces {
  opened.push(openNonces(directory, { now: () => now() * 1000, bootedAt: NOW - 1_000 }))
  return opened.at(-1)!
}

function countKept(): number {
  const database = new Database(sharedPath(directory), { readonly: true })
  const count = database.prepare('SELECT count(*) FROM nonces').pluck().get()
  database.close()
  return count as number
}

test('a nonce is good once, for each key by itself', () => {
  const nonces = open()
  expect(nonces.use('a', 'n', EXPIRES)).toBe(true)
  expect(nonces.use('a', 'n', EXPIRES)).toBe(false)
  expect(nonces.use('a', 'n', EXPIRES + 1)).toBe(false)
  expect(nonces.use('b', 'n', EXPIRES)).toBe(true)
})

test('it stays used for other workers, and after a restart', () => {
  const [one, other] = [open(), open()]
  expect(one.use('a', 'n', EXPIRES)).toBe(true)
  expect(other.use('a', 'n', EXPIRES)).toBe(false)
  expect(other.use('a', 'm', EXPIRES)).toBe(true)
  expect(one.use('a', 'm', EXPIRES)).toBe(false)
  one.close()
  other.close()
  expect(open().use('a', 'n', EXPIRES)).toBe(false)
})

test('those that have expired are swept out, whatever their number', () => {
  let now = NOW
  const nonces = open(() => now)
  for (let i = 0; i < 1_000; i++) nonces.use('a', `first-${i}`, now + 65)
  expect(countKept()).toBe(1_000)
  now += 66
  for (let i = 0; i < 1_000; i++) nonces.use('a', `second-${i}`, now + 65)
  expect(countKept()).toBe(1_000)
  expect(nonces.use('a', 'second-0', now + 65)).toBe(false)
})

test('what was signed before the machine started may have been forgotten', () => {
  const nonces = open()
  expect(nonces.mayBeForgotten(NOW - 1_001)).toBe(true)
  expect(nonces.mayBeForgotten(NOW - 1_000)).toBe(false)
})

/** A process that tries the same nonces as others, and says how many it got. */
const RIVAL = `
const [module, directory, count] = process.argv.slice(1)
const { openNonces } = await import(module)
const nonces = openNonces(directory, { now: Date.now, bootedAt: 0 })
let won = 0
for (let i = 0; i < Number(count); i++) if (nonces.use('a', 'n' + i, Date.now() / 1000 + 65)) won++
process.stdout.write(String(won))
nonces.close()
`

test('of processes that use the same nonces at once, one gets each', async () => {
  const count = 1_500
  const args = [
    '--input-type=module',
    '-e',
    RIVAL,
    new URL('nonces.js', import.meta.url).href,
    directory,
    String(count),
  ]
  const rivals = await Promise.all([1, 2, 3].map(() => promisify(execFile)(process.execPath, args)))
  expect(rivals.reduce((sum, { stdout }) => sum + Number(stdout), 0)).toBe(count)
})
