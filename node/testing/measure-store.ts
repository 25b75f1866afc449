import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { grantFor } from '../access/testing/grant-for.js'
import { Bitmap } from '../variants/bitmap.js'
import { readManifest } from '../variants/dataset-manifest.js'
import { openSqliteStore } from '../variants/sqlite/open-sqlite-store.js'
import type { VariantQuery } from '../variants/variant-query.js'
import type { Variant } from '../variants/variant.js'
import { EVERYBODY, type VisibleSet } from '../variants/visible-set.js'
import { DENSE, largeVariants } from './large-alleles.js'

// Times a store's answers in one process: node measure-store.js DIR PEOPLE DATASET… ; prints JSON.
// All datasets were written by large-dataset.js.

/** Short, so that what else the machine does falls on all datasets. */
const ROUNDS = 24
const EXACT_PER_ROUND = 1_000
/** The first fill the caches. */
const ROUNDS_BEFORE = 4
const RANGES = 60
/** Of each dataset so many different alleles are asked for: fewer would stay in the processor's caches, questions and answers. */
const SAMPLES = 25_000

const assembly = 'GRCh38' as const

function percentile(values: readonly number[], share: number): number {
  return [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))]!
}

async function timeAll(count: number, ask: (index: number) => Promise<unknown>): Promise<readonly number[]> {
  const times: number[] = []
  for (let index = 0; index < count; index++) {
    const startedAt = performance.now()
    await ask(index)
    times.push(performance.now() - startedAt)
  }
  return times
}

const [directory, people, ...ids] = process.argv.slice(2)
if (!directory || !people || ids.length === 0) throw new TypeError('usage: measure-store.js DIR PEOPLE DATASET…')
const store = openSqliteStore(join(directory), {
  onProblem(error) {
    throw error
  },
})
const grant = (id: string, visible: VisibleSet = EVERYBODY) => grantFor(new Map([[id, visible]]))
const samples = new Map(
  ids.map((id) => {
    const { alleles } = readManifest(directory, id)!.segments[0]!
    const every = Math.max(1, Math.floor(alleles / SAMPLES))
    const taken: Variant[] = []
    let index = 0
    for (const variant of largeVariants(alleles)) if (index++ % every === 0) taken.push(variant)
    return [id, taken]
  }),
)
const exact = new Map<string, number[]>(ids.map((id) => [id, []]))
for (let round = 0; round < ROUNDS; round++) {
  for (const id of ids) {
    const variants = samples.get(id)!
    const times = await timeAll(EXACT_PER_ROUND, (index) => {
      const variant = variants[(index * 7_919 + round * 104_729) % variants.length]!
      return store.query(grant(id), { kind: 'allele', assembly, ...variant })
    })
    if (round >= ROUNDS_BEFORE) exact.get(id)!.push(...times)
  }
}
const range = (at: number): VariantQuery => ({
  kind: 'range',
  assembly,
  contig: DENSE.contig,
  start: DENSE.start + at,
  end: DENSE.end + at,
})
const hidden = Bitmap.fromRange(1, 1 + Math.ceil(Number(people) / 100))
const most: VisibleSet = {
  kind: 'some',
  people: Bitmap.andNot(Bitmap.fromRange(1, Number(people) + 1), hidden),
  version: '1',
}
const results: Record<string, unknown> = {}
for (const id of ids) {
  const whole = await timeAll(RANGES, (index) => store.query(grant(id), range(index * 37)))
  const first = await store.query(grant(id, most), range(0))
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  const part = await timeAll(RANGES, (index) => store.query(grant(id, most), range(index * 37)))
  delay.disable()
  // Exact questions while the thread reads.
  let reading = true
  const background = timeAll(RANGES, (index) => store.query(grant(id, most), range(index * 41))).then(() => {
    reading = false
  })
  const variants = samples.get(id)!
  const meanwhile: number[] = []
  for (let index = 0; reading; index++) {
    meanwhile.push(
      ...(await timeAll(1, () =>
        store.query(grant(id), { kind: 'allele', assembly, ...variants[(index * 7_919) % variants.length]! }),
      )),
    )
    await new Promise((resolve) => setImmediate(resolve))
  }
  await background
  results[id] = {
    exactP50Us: percentile(exact.get(id)!, 0.5) * 1_000,
    exactP99Us: percentile(exact.get(id)!, 0.99) * 1_000,
    variantsInRange: first.node?.variants,
    rangeP50Ms: percentile(whole, 0.5),
    rangeP99Ms: percentile(whole, 0.99),
    restrictedP50Ms: percentile(part, 0.5),
    restrictedP99Ms: percentile(part, 0.99),
    loopDelayP99Ms: delay.percentile(99) / 1e6,
    exactMeanwhileP50Us: percentile(meanwhile, 0.5) * 1_000,
    exactMeanwhileP99Us: percentile(meanwhile, 0.99) * 1_000,
  }
}
await store.close()
process.stdout.write(`${JSON.stringify(results)}\n`)
