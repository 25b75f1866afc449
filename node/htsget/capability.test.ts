import { afterAll, beforeAll, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { NOBODY_KNOWN } from '../access/caller.js'
import { openTicketKeys } from '../access/ticket-keys.js'
import { createCapabilities, type Capabilities, type Capability } from './capability.js'
import { resolveRegions } from './resolve-regions.js'

const directory = mkdtempSync(join(tmpdir(), 'fyr-capability-'))
const now = () => new Date('2026-01-01T00:00:00Z')
let capabilities: Capabilities
beforeAll(() => {
  capabilities = createCapabilities(openTicketKeys(directory, now), 'se.fyr.norr', now)
})
afterAll(() => rmSync(directory, { recursive: true }))

const CONTIGS = [{ name: 'chr1', length: 1_000 }, { name: 'HLA:A*01,x' }]
const base: Capability = {
  fileId: 'set/file',
  format: 'BAM',
  part: 'body',
  selection: { kind: 'all' },
  state: 's',
  caller: NOBODY_KNOWN,
  grants: [],
  requestId: 'r',
}

const asked = fc.array(
  fc.record({
    referenceName: fc.constantFrom('chr1', 'HLA:A*01,x', '*'),
    start: fc.integer({ min: 0, max: 1_200 }),
    end: fc.oneof(fc.integer({ min: 0, max: 1_200 }), fc.constant(Infinity)),
  }),
  { maxLength: 8 },
)

test('what is opened is what was issued', () => {
  fc.assert(
    fc.property(
      asked,
      fc.option(fc.uniqueArray(fc.constantFrom('NM', 'MD', 'RG')), { nil: undefined }),
      fc.option(fc.uint8Array({ minLength: 32, maxLength: 32 }), { nil: undefined }),
      (regions, tags, key) => {
        const capability: Capability = {
          ...base,
          selection: resolveRegions(regions, CONTIGS),
          ...(tags ? { tags: new Set(tags) } : {}),
          ...(key ? { reader: Buffer.from(key) } : {}),
        }
        expect(capabilities.open(capabilities.issue(capability))).toEqual(capability)
      },
    ),
  )
})

test('regions are united into as many bases as were asked for', () => {
  fc.assert(
    fc.property(asked, (regions) => {
      const selection = resolveRegions(regions, CONTIGS)
      if (selection.kind !== 'some') throw new Error('some regions were asked for')
      for (const contig of CONTIGS) {
        const length = contig.length ?? Infinity
        const own = regions.filter(({ referenceName }) => referenceName === contig.name)
        const united = selection.regions.filter((region) => region.contig === contig.name)
        for (const at of [0, 1, 500, 999, 1_000, 1_100, ...own.flatMap(({ start, end }) => [start, end, end - 1])]) {
          // To the end is to the end, whatever the header says of it.
          const isWanted = own.some(
            ({ start, end }) => start <= at && start < length && at < (end === Infinity ? end : Math.min(end, length)),
          )
          if (Number.isFinite(at))
            expect(united.filter(({ start, end }) => start <= at && at < end)).toHaveLength(isWanted ? 1 : 0)
        }
        expect(united).toEqual(united.toSorted((a, b) => a.start - b.start))
      }
      expect(selection.unplaced).toBe(regions.some(({ referenceName }) => referenceName === '*'))
    }),
  )
})

test('a URL of a ticket holds hundreds of regions, and says when it cannot', () => {
  const apart = (count: number) =>
    Array.from({ length: count }, (_, n) => ({ contig: 'chr1', start: 50_000 * n + 10_000, end: 50_000 * n + 10_150 }))
  const issue = (count: number) =>
    capabilities.issue({ ...base, selection: { kind: 'some', regions: apart(count), unplaced: false } })
  expect(capabilities.open(issue(400)).selection).toEqual({ kind: 'some', regions: apart(400), unplaced: false })
  expect(() => issue(2_000)).toThrow(/more regions than one URL/)
})

test('of another node', () => {
  const other = createCapabilities(openTicketKeys(directory, now), 'se.fyr.syd', now)
  expect(() => other.open(capabilities.issue(base))).toThrow(/another node/)
})
