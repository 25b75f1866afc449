import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { createFixtureNetwork } from '../support/fixture-network.js'
import { hasOfficialSchemas } from '../support/official-schemas.js'
import { SHARED_SPEC } from '../support/paths.js'
import { join } from 'node:path'
import { openOfficialSchemas } from './official-schemas.js'
import { renderReport } from '../suite/report.js'
import { runSuite } from './run-suite.js'
import { createHttpTransport } from '../suite/transport.js'

const MINUTE = 60_000

const vcf = {
  samples: ['a', 'b', 'c'],
  lines: [
    '17 43045712 . T C . PASS . GT 0/1 1/1 0/0',
    '17 43045800 . GAT G,GATAT . PASS . GT 0/1 1/2 ./.',
    '17 43046000 . A G . PASS . GT 0/1 0/1 ./.',
    '17 43047000 . A <DEL> . PASS END=43057000;SVTYPE=DEL GT 0/1 0/1 ./.',
    'X 5000000 . A G . PASS . GT 0/1 1 0',
    'MT 3243 . A G . PASS . GT 0/1 1/1 0/0',
  ],
}

const network = createFixtureNetwork()
const transport = createHttpTransport(MINUTE)
const official = hasOfficialSchemas() ? { official: openOfficialSchemas(join(SHARED_SPEC, 'beacon-schemas')) } : {}
let base: string

beforeAll(async () => {
  const node = await network.startNode('judged', [
    { id: 'genomes', granularity: 'record', vcf },
    { id: 'counted', granularity: 'count', vcf },
    { id: 'closed', access: 'controlled', vcf },
  ])
  base = `${node.url}/beacon/v2`
}, MINUTE)

afterAll(async () => {
  transport.close()
  await network.stop()
})

test('our own node does everything that it is asked', async () => {
  const report = await runSuite(base, { transport, ...official })
  const failed = report.cases.filter(({ outcome }) => outcome === 'fail')
  // The report itself says what is wrong.
  if (failed.length > 0) throw new Error(renderReport(report))
  const passed = report.cases.filter(({ outcome }) => outcome === 'pass').map(({ id }) => id)
  expect(passed).toEqual(
    expect.arrayContaining([
      ...['framework.map', 'paths.get /g_variants', 'paths.post /g_variants/{id}', 'queries.sequence', 'queries.range'],
      ...['queries.bracket', 'queries.id', 'pagination.skip', 'test-mode.lists', 'concurrency.mixed'],
      'records.genomicVariant',
    ]),
  )
})
