import { expect, test } from '@jest/globals'
import { parseHandovers } from './parse-handovers.js'

const ORIGIN = 'https://norr.example'
const BAM = { id: 'EDAM:2572', label: 'BAM' }
const url = `${ORIGIN}/htsget/v1/reads/a?referenceName=chr1&start=1&end=2`

test('handovers to the region itself are kept, and of them what is known', () => {
  const sent = [
    { handoverType: { ...BAM, extra: 1 }, url, note: 'call me', patient: 'x' },
    { handoverType: { id: 'EDAM:3016' }, url },
  ]
  expect(parseHandovers(sent, ORIGIN)).toEqual([
    { handoverType: BAM, url },
    { handoverType: { id: 'EDAM:3016' }, url },
  ])
})

test.each<[string, unknown]>([
  ['another host', { handoverType: BAM, url: 'https://evil.example/htsget/v1/reads/a' }],
  ['another port', { handoverType: BAM, url: 'https://norr.example:444/x' }],
  ['no encryption', { handoverType: BAM, url: 'http://norr.example/x' }],
  ['a host that begins alike', { handoverType: BAM, url: 'https://norr.example.evil.example/x' }],
  ['a password', { handoverType: BAM, url: 'https://norr.example:x@evil.example/' }],
  ['a user of the own host', { handoverType: BAM, url: 'https://user:x@norr.example/' }],
  ['script', { handoverType: BAM, url: 'javascript:alert(1)' }],
  ['data', { handoverType: BAM, url: 'data:text/html,x' }],
  ['a relative address', { handoverType: BAM, url: '/htsget/v1/reads/a' }],
  ['a long address', { handoverType: BAM, url: `${url}${'x'.repeat(3_000)}` }],
  ['no type', { url }],
  ['a type that is no term', { handoverType: { id: '<b>BAM</b>' }, url }],
  ['no object', 'x'],
])('a handover to %s is dropped', (_name, sent) => {
  expect(parseHandovers([sent], ORIGIN)).toEqual([])
})

test('no list, and a list without end', () => {
  expect(parseHandovers({ length: 1 }, ORIGIN)).toEqual([])
  expect(
    parseHandovers(
      Array.from({ length: 5_000 }, () => ({ handoverType: BAM, url })),
      ORIGIN,
    ),
  ).toHaveLength(100)
})
