import type { LookupAddress } from 'node:dns'
import { describe, expect, test } from '@jest/globals'
import { isPrivateAddress } from '../../schemas/index.js'
import { createGuardedLookup, PRIVATE_ADDRESS_CODE, whyAddressRefused } from './address-policy.js'

const REFUSED = [
  'http://localhost/beacon/v2',
  'http://LOCALHOST./beacon/v2',
  'http://node.localhost/beacon/v2',
  'http://127.0.0.1/beacon/v2',
  'http://127.1/beacon/v2',
  'http://2130706433/beacon/v2',
  'http://0x7f.1/beacon/v2',
  'http://0177.0.0.1/beacon/v2',
  'http://0.0.0.0/beacon/v2',
  'http://10.1.2.3/beacon/v2',
  'http://172.16.0.1/beacon/v2',
  'http://192.168.1.1/beacon/v2',
  'http://100.100.100.200/beacon/v2',
  'http://169.254.169.254/latest',
  'http://[::1]/beacon/v2',
  'http://[::]/beacon/v2',
  'http://[::127.0.0.1]/beacon/v2',
  'http://[::ffff:7f00:1]/beacon/v2',
  'http://[::ffff:169.254.169.254]/beacon/v2',
  'http://[64:ff9b::7f00:1]/beacon/v2',
  'http://[fd00:ec2::254]/beacon/v2',
  'http://[fe80::1]/beacon/v2',
  'https://user@beacon.example.org/beacon/v2',
  'https://user:secret@beacon.example.org/beacon/v2',
  'ftp://beacon.example.org/beacon/v2',
  'file:///etc/passwd',
]

const ALLOWED = [
  'https://beacon.example.org/beacon/v2',
  'http://192.0.3.1/beacon/v2',
  'https://[2a00:1450:400f:80c::200e]/beacon/v2',
  'https://localhost.example.org/beacon/v2',
]

describe('address policy', () => {
  test.each(REFUSED)('refuses %s', (url) => {
    expect(whyAddressRefused(new URL(url), false)).toBeDefined()
  })

  test.each(ALLOWED)('allows %s', (url) => {
    expect(whyAddressRefused(new URL(url), false)).toBeUndefined()
  })

  test('allowPrivate opens loopback, but neither passwords in URLs nor other protocols', () => {
    expect(whyAddressRefused(new URL('http://127.0.0.1:1/'), true)).toBeUndefined()
    expect(whyAddressRefused(new URL('http://a:b@127.0.0.1:1/'), true)).toBeDefined()
    expect(whyAddressRefused(new URL('file:///etc/passwd'), true)).toBeDefined()
  })

  test('text that is no address, and link-local with a zone, are private', () => {
    for (const address of ['', 'localhost', '127.0.0.256', 'fe80::1%eth0']) expect(isPrivateAddress(address)).toBe(true)
  })
})

function lookupOf(addresses: readonly string[], allowPrivate: boolean, all: boolean) {
  const found: LookupAddress[] = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
  const lookup = createGuardedLookup(allowPrivate, (_host, _options, callback) => callback(null, found))
  return new Promise<unknown>((resolve) => {
    lookup('name.example', { all }, (error, address) => resolve(error ? error.code : address))
  })
}

describe('guarded lookup', () => {
  test('a name that resolves to a private address is refused, also when a public one stands beside it', async () => {
    expect(await lookupOf(['10.0.0.1'], false, true)).toBe(PRIVATE_ADDRESS_CODE)
    expect(await lookupOf(['192.0.3.1', '127.0.0.1'], false, true)).toBe(PRIVATE_ADDRESS_CODE)
    expect(await lookupOf(['::ffff:10.0.0.1'], false, false)).toBe(PRIVATE_ADDRESS_CODE)
  })

  test('a name that is being looked up is not looked up again, until it was found', () => {
    const waiting: (() => void)[] = []
    const lookup = createGuardedLookup(true, (host, _options, callback) => {
      waiting.push(() => callback(null, [{ address: host === 'a.example' ? '192.0.3.1' : '192.0.3.2', family: 4 }]))
    })
    const found: unknown[] = []
    const look = (host: string, family: number) => lookup(host, { family }, (_error, address) => found.push(address))
    for (const host of ['a.example', 'a.example', 'b.example', 'a.example']) look(host, 4)
    look('a.example', 6)
    expect(waiting).toHaveLength(3)
    for (const go of waiting.splice(0)) go()
    expect(found.toSorted()).toEqual(['192.0.3.1', '192.0.3.1', '192.0.3.1', '192.0.3.1', '192.0.3.2'])
    look('a.example', 4)
    expect(waiting).toHaveLength(1)
  })

  test('all who wait for a name hear that it failed, and the next one tries again', () => {
    const waiting: (() => void)[] = []
    const lookup = createGuardedLookup(true, (_host, _options, callback) => {
      waiting.push(() => callback(Object.assign(new Error('x'), { code: 'EAI_AGAIN' }), []))
    })
    const failed: unknown[] = []
    for (let n = 0; n < 3; n++) lookup('a.example', {}, (error) => failed.push(error?.code))
    for (const go of waiting.splice(0)) go()
    expect(failed).toEqual(['EAI_AGAIN', 'EAI_AGAIN', 'EAI_AGAIN'])
    lookup('a.example', {}, () => {})
    expect(waiting).toHaveLength(1)
  })

  test('what was checked is what the socket gets', async () => {
    expect(await lookupOf(['192.0.3.1'], false, false)).toBe('192.0.3.1')
    expect(await lookupOf(['192.0.3.1'], false, true)).toEqual([{ address: '192.0.3.1', family: 4 }])
    expect(await lookupOf(['127.0.0.1'], true, false)).toBe('127.0.0.1')
    expect(await lookupOf([], true, false)).toBe('ENOTFOUND')
  })
})
