import { grantFor } from '../access/testing/grant-for.js'
import { readManifest } from '../variants/dataset-manifest.js'
import { openSqliteStore } from '../variants/sqlite/open-sqlite-store.js'
import type { VariantStore } from '../variants/variant-store.js'
import type { Variant } from '../variants/variant.js'
import { EVERYBODY } from '../variants/visible-set.js'
import { LARGE_ASSEMBLY, largeVariants } from './large-alleles.js'

// Times questions about one allele in one process, the datasets by turns: node measure-exact.js DIR DATASET=ALLELES…
// Prints JSON: of each dataset the median of each round, microseconds. All were written by large-dataset.js.

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

async function timeExact(store: VariantStore, id: string, variant: Variant): Promise<number> {
  const grant = grantFor(new Map([[id, EVERYBODY]]))
  const startedAt = performance.now()
  await store.query(grant, { kind: 'allele', assembly: LARGE_ASSEMBLY, ...variant })
  return (performance.now() - startedAt) * 1_000
}

const [directory, ...named] = process.argv.slice(2)
if (!directory || named.length === 0) throw new TypeError('usage: measure-exact.js DIR DATASET=ALLELES…')
const store = openSqliteStore(directory, {
  onProblem(error) {
    throw error
  },
})
const samples = new Map(
  named.map((name) => {
    const [id, alleles] = name.split('=') as [string, string]
    if (!readManifest(directory, id)) throw new TypeError(`there is no dataset ${id}`)
    return [id, sampleOf(Number(alleles))]
  }),
)
const medians = new Map<string, number[]>([...samples.keys()].map((id) => [id, []]))
for (let round = 0; round <= ROUNDS; round++) {
  const times = new Map<string, number[]>([...samples.keys()].map((id) => [id, []]))
  for (let turn = 0; turn < ASKED_PER_ROUND / TURN; turn++) {
    for (const [id, variants] of samples) {
      for (let index = 0; index < TURN; index++) {
        const asked = (round * ASKED_PER_ROUND + turn * TURN + index) * 7_919
        times.get(id)!.push(await timeExact(store, id, variants[asked % variants.length]!))
      }
    }
  }
  // The first round fills the caches.
  if (round === 0) continue
  for (const [id, own] of times) medians.get(id)!.push(own.sort((a, b) => a - b)[own.length >> 1]!)
}
await store.close()
process.stdout.write(`${JSON.stringify(Object.fromEntries(medians))}\n`)
