import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createFixtureNetwork } from '../support/fixture-network.js'
import { SHARED_DATA } from '../support/paths.js'
import { mustRun } from '../support/processes.js'
import { renderReport, type SuiteReport } from '../suite/report.js'
import { createByteTransport, type ByteTransport } from '../suite/transport.js'
import { describeWithToolsAndShared } from '../support/tools.js'
import { createDecoder, type Decoder } from './decode.js'
import { runHtsgetSuite } from './run-suite.js'
import { FAULTS } from './testing/faults.js'
import type { Truth } from './truth-file.js'

const MINUTE = 60_000

const FILES = { reads: 'gmod-bam-js/volvox-sorted.bam', variants: 'htsget-rs/vcf/spec-v4.3.vcf.gz' }

const PUBLIC_KEY = 'htsget-rs/c4gh/keys/alice.pub'

const truth: Truth = {
  files: [
    { endpoint: 'reads', id: 'some/reads' },
    { endpoint: 'variants', id: 'some:variants' },
  ],
}

describeWithToolsAndShared(['samtools', 'bcftools'], ['data/htsget'], 'the htsget suite', () => {
  const network = createFixtureNetwork()
  const transport = createByteTransport(MINUTE)
  let decoder: Decoder
  let publicKey: string
  let base: string

  beforeAll(async () => {
    decoder = await createDecoder()
    publicKey = readFileSync(join(SHARED_DATA, 'htsget', PUBLIC_KEY), 'utf8')
    const home = await network.makeNode('judged', [{ id: 'd', assembly: 'GRCh37', granularity: 'record' }])
    const add = (id: string, file: string, ...more: string[]) => {
      const path = join(SHARED_DATA, 'htsget', file)
      return mustRun('node/main.js', 'files', 'add', home, '--dataset', 'd', '--id', id, ...more, path)
    }
    // The header of this file names nobody.
    await add('some/reads', FILES.reads, '--individual', 'somebody')
    await add('some:variants', FILES.variants)
    base = `${(await network.serve(home)).url}/htsget/v1`
  }, MINUTE)

  afterAll(async () => {
    transport.close()
    decoder.close()
    await network.stop()
  })

  const right = (wire: ByteTransport): ByteTransport => wire
  const judge = (wire = right, isWanted = (_id: string) => true): Promise<SuiteReport> =>
    runHtsgetSuite(base, { transport: wire(transport), decoder, truth, isWanted, publicKey })

  test(
    'finds nothing wrong with our own node',
    async () => {
      const report = await judge()
      // The report itself says what is wrong.
      if (report.cases.some(({ outcome }) => outcome === 'fail')) throw new Error(renderReport(report))
      expect(report.cases.filter(({ outcome }) => outcome === 'skip')).toEqual([])
      // Every case comes with a fault.
      const found = new Set(FAULTS.map(({ finds }) => finds))
      expect(report.cases.map(({ id }) => id).filter((id) => !found.has(id))).toEqual([])
    },
    MINUTE,
  )

  test.each(FAULTS.map((fault) => [fault.finds, fault.name, fault] as const))(
    'finds by %s: %s',
    async (finds, _name, { wire, needs = [] }) => {
      const { cases } = await judge(wire, (id) => id === finds || needs.includes(id))
      const failed = cases.filter(({ outcome }) => outcome === 'fail').map(({ id }) => id)
      expect(failed).toContain(finds)
    },
    MINUTE,
  )
})
