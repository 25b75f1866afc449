import { beforeEach, describe, expect, test } from '@jest/globals'
import { NOBODY_KNOWN, type Caller } from '../access/caller.js'
import type { DatasetPolicy } from '../access/dataset-policy.js'
import type { Person } from '../access/person.js'
import { NO_CONSENT, NO_RULES, type AccessRules, type GrantInForce } from '../access/rules.js'
import type { Contig, SliceFormat } from '../formats/slice.js'
import { Bitmap } from '../variants/bitmap.js'
import { offerFiles, type OfferedFile } from './offered-files.js'

const GRANT: GrantInForce = {
  id: 'g',
  project: 'p',
  scope: { dataset: 'd' },
  level: 'file',
  purposes: ['HRESCH'],
  deliverTo: [{ kind: 'client', client: 'app' }],
  waivesConsent: false,
}
const subject = { issuer: 'https://b', id: 'ada' }
const ada: Person = {
  kind: 'person',
  subject,
  subjects: [subject],
  visas: [],
  isRegistered: true,
  client: 'app',
  expires: 9e9,
}
const ADA: Caller = { principal: ada, project: 'p', purpose: 'HRESCH' }
const QUERY = {
  kind: 'allele',
  assembly: 'GRCh38',
  contig: 1,
  start: 100,
  referenceBases: 'A',
  alternateBases: 'C',
} as const
const REGION = { assembly: 'GRCh38', contig: 1, start: 50, end: 200 } as const

let asked = 0
beforeEach(() => {
  asked = 0
})

/** @returns places after the `?` of the URLs, and the names of the formats */
async function offer(
  caller: Caller,
  grants: readonly GrantInForce[],
  formats: readonly SliceFormat[],
  change: Partial<DatasetPolicy> = {},
) {
  const files = formats.map((format, index): OfferedFile => {
    const kind = format === 'BAM' || format === 'CRAM' ? 'reads' : 'variants'
    return { id: `f${index}`, datasetId: 'd', kind, format, people: [{ sample: 's', individual: 1 }] }
  })
  const rules: AccessRules = {
    ...NO_RULES,
    grantsOf: () => grants,
    pauseOf() {
      asked++
      return undefined
    },
  }
  const contigs: Contig[] = [{ name: 'chr1' }]
  const opened = {
    file: { format: 'VCF', header: Buffer.alloc(0), contigs, samples: ['s'], bytes: 0, slice: () => [] },
  }
  const register = { everybody: () => new Bitmap([1]), byNumber: () => new Map() }
  const found = await offerFiles(
    { datasets: [{ exists: true, dataset: { id: 'd' }, records: [] }] } as never,
    QUERY,
    { files: { ofDataset: () => files, open: async () => opened }, individuals: register } as never,
    {
      caller,
      policies: [{ id: 'd', assembly: 'GRCh38', access: 'controlled', granularity: 'record', ...change }],
      state: { rules, consent: NO_CONSENT, register, care: false, now: new Date(0) },
      htsgetUrl: 'https://n/htsget/v1',
      assembly: 'GRCh38',
    },
  )
  return found
    .get('d')!
    .map(({ handoverType, url }) => `${handoverType.label} ${url.slice('https://n/htsget/v1/'.length)}`)
}

describe('files that are offered with an answer', () => {
  const place = 'referenceName=chr1&start=100&end=101'
  test.each<[string, Caller, readonly GrantInForce[], readonly SliceFormat[], readonly string[]]>([
    [
      'a member',
      ADA,
      [GRANT],
      ['BAM', 'VCF'],
      [`BAM reads/f0?format=BAM&${place}`, `VCF variants/f1?format=VCF&${place}`],
    ],
    ['nobody known', NOBODY_KNOWN, [GRANT], ['BAM'], []],
    ['a grant of records', ADA, [{ ...GRANT, level: 'record' }], ['BAM'], []],
    ['a grant that delivers elsewhere', ADA, [{ ...GRANT, deliverTo: [{ kind: 'client', client: 'x' }] }], ['BAM'], []],
    [
      'a grant with the place',
      ADA,
      [{ ...GRANT, regions: [REGION] }],
      ['VCF'],
      [`VCF variants/f0?format=VCF&${place}`],
    ],
    [
      'a grant with the place, CRAM',
      ADA,
      [{ ...GRANT, regions: [REGION] }],
      ['CRAM'],
      [`BAM reads/f0?format=BAM&${place}`],
    ],
    ['a grant of another place', ADA, [{ ...GRANT, regions: [{ ...REGION, start: 101 }] }], ['VCF'], []],
    [
      'a grant that delivers to a key',
      ADA,
      [{ ...GRANT, deliverTo: [{ kind: 'crypt4gh', publicKey: 'k' }] }],
      ['CRAM'],
      [`CRAM reads/f0?format=CRAM&${place}&encryptionScheme=crypt4gh`],
    ],
  ])('%s', async (_name, caller, grants, formats, expected) => {
    expect(await offer(caller, grants, formats)).toEqual(expected)
  })

  test('are those that anybody may have, where the dataset is public', async () => {
    expect(await offer(NOBODY_KNOWN, [], ['VCF'], { access: 'public' })).toHaveLength(1)
    expect(await offer(NOBODY_KNOWN, [], ['VCF'], { access: 'public', granularity: 'count' })).toEqual([])
  })

  test('are at most 20, and no more are decided about', async () => {
    expect(
      await offer(
        ADA,
        [GRANT],
        Array.from({ length: 5_000 }, () => 'VCF' as const),
      ),
    ).toHaveLength(20)
    expect(asked).toBe(20)
  })

  test('cost nothing where there are none', async () => {
    expect(await offer(ADA, [GRANT], [])).toEqual([])
    expect(asked).toBe(0)
  })
})
