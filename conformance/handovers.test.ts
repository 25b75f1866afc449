import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { join } from 'node:path'
import { createFixtureNetwork, toVcf } from './support/fixture-network.js'
import { getJson } from './support/http-client.js'
import { mustRun, run, type Service } from './support/processes.js'
import { describeWithTools } from './support/tools.js'
import { writeFileSync } from 'node:fs'

const MINUTES = 60_000
const vcf = { samples: ['EvaEk', 'BoBerg'], lines: ['17 43045712 . T C . PASS . GT 0/1 1/1'] }
const QUESTION =
  'assemblyId=GRCh38&referenceName=17&start=43045711&referenceBases=T&alternateBases=C&requestedGranularity=count'

interface Answer {
  readonly response: { readonly resultSets: readonly { readonly id: string; readonly resultsHandovers?: unknown }[] }
}

// The client checks every answer against the official schemas, where they are present.
describeWithTools(['bgzip'], 'handovers to files', () => {
  const network = createFixtureNetwork()
  let node: Service
  let hub: Service

  beforeAll(async () => {
    node = await network.startNode('norr', [
      { id: 'open', granularity: 'record', vcf },
      { id: 'counts', vcf },
    ])
    const home = join(network.directory, 'norr')
    const file = join(network.directory, 'family.vcf')
    writeFileSync(file, toVcf(vcf).replace('\n#CHROM', '\n##contig=<ID=17,length=83257441>\n#CHROM'))
    await run('bgzip', [file])
    for (const dataset of ['open', 'counts']) {
      await mustRun('node/main.js', 'files', 'add', home, '--dataset', dataset, `${file}.gz`)
    }
    hub = await network.startHub('hub', [['norr', `${node.url}/beacon/v2`]])
  }, 3 * MINUTES)
  afterAll(() => network.stop())

  async function handoversOf(url: string): Promise<ReadonlyMap<string, unknown>> {
    const { body } = await getJson(`${url}/beacon/v2/g_variants?${QUESTION}`)
    return new Map((body as Answer).response.resultSets.map((set) => [set.id, set.resultsHandovers]))
  }

  test('a node gives those of datasets whose files may be had, and the hub passes them on', async () => {
    const place = 'format=VCF&referenceName=17&start=43045711&end=43045712'
    const handover = {
      handoverType: { id: 'EDAM:3016', label: 'VCF' },
      url: `${node.url}/htsget/v1/variants/open/family?${place}`,
    }
    for (const { url } of [node, hub]) {
      expect([...(await handoversOf(url))].sort()).toEqual([
        ['counts', undefined],
        ['open', [handover]],
      ])
    }
    const { status, body } = await getJson(handover.url)
    expect([status, (body as { htsget: { format: string } }).htsget.format]).toEqual([200, 'VCF'])
  })
})
