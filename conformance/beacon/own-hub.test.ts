import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { join } from 'node:path'
import { createFixtureNetwork } from '../support/fixture-network.js'
import { hasOfficialSchemas } from '../support/official-schemas.js'
import { SHARED_SPEC } from '../support/paths.js'
import type { KnownVariant } from './known-variant.js'
import { openOfficialSchemas } from './official-schemas.js'
import { renderReport } from '../suite/report.js'
import { runSuite } from './run-suite.js'
import { createHttpTransport } from '../suite/transport.js'
import type { Truth } from './truth-file.js'

const MINUTE = 60_000

const norr = {
  samples: ['a', 'b', 'c'],
  lines: [
    '17 43045712 . T C . PASS . GT 0/1 1/1 0/0',
    '17 43045800 . GAT G . PASS . GT 0/1 0/0 ./.',
    '17 43047000 . A <DEL> . PASS END=43057000;SVTYPE=DEL GT 0/1 0/1 ./.',
  ],
}
const syd = { samples: ['d'], lines: ['17 43046000 . A G . PASS . GT 0/1', 'X 5000000 . A G . PASS . GT 0/1'] }

function known(id: string, start: number, end: number, more: Partial<KnownVariant>): KnownVariant {
  const [assemblyId = '', referenceName = ''] = id.split('-')
  return { id, assemblyId, referenceName, start, end, exists: true, testMode: false, ...more }
}

/** A hub shows no records, so what is in its regions must be told. */
const truth: Truth = {
  variants: [
    known('GRCh38-17-43045712-T-C', 43045711, 43045712, {
      referenceName: 'refseq:NC_000017.11',
      referenceBases: 'T',
      alternateBases: 'C',
    }),
    known('GRCh38-17-43045800-GAT-G', 43045800, 43045802, { referenceBases: 'AT', alternateBases: '' }),
    known('GRCh38-17-43046000-A-G', 43045999, 43046000, { referenceBases: 'A', alternateBases: 'G' }),
    known('GRCh38-17-43047000-DEL-43057000', 43047000, 43057000, { variantType: 'DEL' }),
    known('GRCh38-X-5000000-A-G', 4999999, 5000000, { referenceBases: 'A', alternateBases: 'G' }),
    known('GRCh38-X-5000000-A-T', 4999999, 5000000, { referenceBases: 'A', alternateBases: 'T', exists: false }),
  ],
  filters: [],
  ids: { genomicVariant: 'GRCh38-17-43045712-T-C' },
}

const network = createFixtureNetwork()
const transport = createHttpTransport(MINUTE)
const official = hasOfficialSchemas() ? { official: openOfficialSchemas(join(SHARED_SPEC, 'beacon-schemas')) } : {}
let base: string

beforeAll(async () => {
  const nodes = [
    await network.startNode('norr', [{ id: 'genomes', granularity: 'record', vcf: norr }]),
    await network.startNode('syd', [{ id: 'genomes', granularity: 'count', vcf: syd }]),
  ]
  const regions = nodes.map(({ url }, index) => [index === 0 ? 'norr' : 'syd', `${url}/beacon/v2`] as const)
  const hub = await network.startHub('hub', regions)
  base = `${hub.url}/beacon/v2`
}, 3 * MINUTE)

afterAll(async () => {
  transport.close()
  await network.stop()
})

test('our own hub is a Beacon that does everything that it is asked', async () => {
  const report = await runSuite(base, { transport, truth, ...official })
  const failed = report.cases.filter(({ outcome }) => outcome === 'fail')
  // The report itself says what is wrong.
  if (failed.length > 0) throw new Error(renderReport(report))
  const passed = report.cases.filter(({ outcome }) => outcome === 'pass').map(({ id }) => id)
  expect(passed).toEqual(
    expect.arrayContaining([
      ...['framework.map', 'framework.map-urls', 'framework.entry-types-agree', 'paths.get /g_variants'],
      ...['paths.post /g_variants', 'paths.get /g_variants/{id}', 'paths.post /g_variants/{id}'],
      ...['links.unknown-id-is-200', 'queries.sequence', 'queries.range', 'queries.bracket', 'queries.id'],
      ...['queries.variant-type', 'queries.wildcard', 'queries.reference-names', 'test-mode.lists'],
      ...['test-mode.sub-paths', 'test-mode.get', 'test-mode.echo', 'errors.granularity', 'concurrency.mixed'],
    ]),
  )
})

test('without a truth file too', async () => {
  const report = await runSuite(base, { transport, ...official })
  if (report.cases.some(({ outcome }) => outcome === 'fail')) throw new Error(renderReport(report))
})
