import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openTicketKeys, rotateTicketKeys, TICKET_LIFETIME_MS } from './ticket-keys.js'

const DAY_MS = 24 * 60 * 60_000

let directory: string
let at: number
const now = () => new Date(at)
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'fyr-keys-'))
  at = Date.parse('2026-01-01T00:00:00Z')
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

test('what one worker signs, another proves; nobody else reads the keys', () => {
  const [one, other] = [openTicketKeys(directory, now), openTicketKeys(directory, now)]
  const { keyId, mac } = one.sign(() => 'message')
  expect(other.verify(keyId, 'message', mac)).toBe('right')
  expect(other.verify(keyId, 'massage', mac)).toBe('wrong')
  expect(other.verify(keyId, 'message', mac.subarray(1))).toBe('wrong')
  expect(other.verify('nobody', 'message', mac)).toBe('unknown-key')
  expect(statSync(join(directory, 'ticket-keys.json')).mode & 0o777).toBe(0o600)
})

test('a key that is a day old is replaced, and proves its tickets until they are over', () => {
  const [one, other] = [openTicketKeys(directory, now), openTicketKeys(directory, now)]
  const old = one.sign(() => 'm')
  at += DAY_MS + 1
  const fresh = one.sign(() => 'm')
  expect(fresh.keyId).not.toBe(old.keyId)
  // Without waiting for its own next look at the file.
  expect(other.verify(fresh.keyId, 'm', fresh.mac)).toBe('right')
  expect(other.sign(() => 'm').keyId).toBe(fresh.keyId)
  at += TICKET_LIFETIME_MS
  expect(other.verify(old.keyId, 'm', old.mac)).toBe('right')
  at += 2 * TICKET_LIFETIME_MS
  expect(other.verify(old.keyId, 'm', old.mac)).toBe('unknown-key')
})

test('rotation keeps the old key for its tickets, revocation does not', () => {
  const keys = openTicketKeys(directory, now)
  const first = keys.sign(() => 'm')
  const second = rotateTicketKeys(directory, now(), false)
  at += 1_000
  expect(keys.sign(() => 'm').keyId).toBe(second)
  expect(keys.verify(first.keyId, 'm', first.mac)).toBe('right')
  const third = rotateTicketKeys(directory, now(), true)
  at += 1_000
  expect(keys.verify(first.keyId, 'm', first.mac)).toBe('unknown-key')
  expect(keys.sign(() => 'm').keyId).toBe(third)
  expect(readFileSync(join(directory, 'ticket-keys.json'), 'utf8').match(/"secret"/g)).toHaveLength(1)
})

test('a damaged file of keys is no reason to sign with something else', () => {
  writeFileSync(join(directory, 'ticket-keys.json'), '{"keys": []}')
  expect(() => openTicketKeys(directory, now)).toThrow(/damaged/)
})
