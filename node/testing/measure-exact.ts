import { Agent, request } from 'node:http'
import { grantFor } from '../access/testing/grant-for.js'
import { readManifest } from '../variants/dataset-manifest.js'
import { openSqliteStore } from '../variants/sqlite/open-sqlite-store.js'
import type { VariantStore } from '../variants/variant-store.js'
import { isStructural } from '../variants/structural.js'
import type { Variant } from '../variants/variant.js'
import { EVERYBODY } from '../variants/visible-set.js'
import { LARGE_ASSEMBLY, largeVariants } from './large-alleles.js'

// Times questions about one allele in one process, the datasets by turns: node measure-exact.js DIR DATASET=ALLELES… [URL]
// With the URL of a node that serves DIR it is asked over one connection, and otherwise the store. Prints JSON: of each dataset the median of each round, microseconds. All were written by large-dataset.js.

const ROUNDS = 7
const ASKED_PER_ROUND = 4_000
/** Questions to one dataset before the other has its turn. */
const TURN = 100
const SAMPLE_EVERY = 97

/** Some alleles of a dataset of so many, from all of it. */
function sampleOf(alleles: number): readonly Variant[] {
  const taken: Variant[] = []
  let index = 0
  for (const variant of largeVariants(alleles)) if (index++ % SAMPLE_EVERY === 0) taken.push(variant)
  return taken
}

type Ask = (id: string, variant: Variant) => Promise<unknown>

function askStore(store: VariantStore): Ask {
  return (id, variant) =>
    store.query(grantFor(new Map([[id, EVERYBODY]])), { kind: 'allele', assembly: LARGE_ASSEMBLY, ...variant })
}

function askOverHttp(url: string, agent: Agent): Ask {
  const headers = { 'content-type': 'application/json' }
  return (id, { contig, start, referenceBases, alternateBases }) =>
    new Promise((resolve, reject) => {
      const allele = { referenceName: String(contig), start: [start], referenceBases, alternateBases }
      const requestParameters = { g_variant: { assemblyId: LARGE_ASSEMBLY, ...allele }, datasets: { datasetIds: [id] } }
      const sent = request(`${url}/beacon/v2/g_variants`, { method: 'POST', agent, headers }, (response) => {
        if (response.statusCode !== 200) reject(new Error(`a question was answered with ${response.statusCode}`))
        response.on('end', resolve).on('error', reject).resume()
      })
      sent.on('error', reject).end(JSON.stringify({ query: { requestedGranularity: 'count', requestParameters } }))
    })
}

async function timeExact(ask: Ask, id: string, variant: Variant): Promise<number> {
  const startedAt = performance.now()
  await ask(id, variant)
  return (performance.now() - startedAt) * 1_000
}

const [directory, ...rest] = process.argv.slice(2)
const url = rest.find((argument) => argument.startsWith('http:'))
const named = rest.filter((argument) => argument !== url)
if (!directory || named.length === 0) throw new TypeError('usage: measure-exact.js DIR DATASET=ALLELES… [URL]')
const store = openSqliteStore(directory, {
  onProblem(error) {
    throw error
  },
})
const agent = new Agent({ keepAlive: true, maxSockets: 1 })
const ask = url === undefined ? askStore(store) : askOverHttp(url, agent)
const samples = new Map(
  named.map((name) => {
    const [id, alleles] = name.split('=') as [string, string]
    if (!readManifest(directory, id)) throw new TypeError(`there is no dataset ${id}`)
    const sample = sampleOf(Number(alleles))
    // Structural ones are no allele of bases to ask for.
    return [id, url === undefined ? sample : sample.filter(({ alternateBases }) => !isStructural(alternateBases))]
  }),
)
const medians = new Map<string, number[]>([...samples.keys()].map((id) => [id, []]))
for (let round = 0; round <= ROUNDS; round++) {
  const times = new Map<string, number[]>([...samples.keys()].map((id) => [id, []]))
  for (let turn = 0; turn < ASKED_PER_ROUND / TURN; turn++) {
    for (const [id, variants] of samples) {
      for (let index = 0; index < TURN; index++) {
        const asked = (round * ASKED_PER_ROUND + turn * TURN + index) * 7_919
        times.get(id)!.push(await timeExact(ask, id, variants[asked % variants.length]!))
      }
    }
  }
  // The first round fills the caches.
  if (round === 0) continue
  for (const [id, own] of times) medians.get(id)!.push(own.sort((a, b) => a - b)[own.length >> 1]!)
}
await store.close()
agent.destroy()
process.stdout.write(`${JSON.stringify(Object.fromEntries(medians))}\n`)
