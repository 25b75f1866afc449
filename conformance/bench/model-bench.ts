import { writeFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { join } from 'node:path'
import { mustRun, startService, type Service } from '../support/processes.js'
import { createRandom } from '../support/random.js'
import type { Bench, Figure } from './bench.js'

const ALLELES = 5_400_000
const PEOPLE = 10_000
const ROUNDS = 5
const ASKED_PER_ROUND = 60
/** Descendants of the term that is asked, and terms of one person. */
const DESCENDANTS = 500
const TERMS_OF_ONE = 5
/** Holds 20,000 alleles where the made-up dataset is dense (node/testing/large-dataset.ts). */
const GENE = { start: 100_000_000, end: 100_400_000 }
const DENSE_STEP = 20

const agent = new Agent({ keepAlive: true, maxSockets: 1 })

function post(url: string, body: object): Promise<unknown> {
  const text = JSON.stringify(body)
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', agent, headers }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => {
        const answer = Buffer.concat(chunks).toString()
        if (response.statusCode === 200) resolve(JSON.parse(answer))
        else reject(new Error(`${response.statusCode}: ${answer}`))
      })
    })
    sent.on('error', reject)
    sent.end(text)
  })
}

function termId(number: number): string {
  return `TST:${String(number).padStart(7, '0')}`
}

/** One term with all others below it, three levels deep. */
function toObo(): string {
  const stanzas = Array.from({ length: DESCENDANTS }, (_, index) => {
    const parent = index < 20 ? 0 : 1 + (index % 20)
    return `[Term]\nid: ${termId(index + 1)}\nname: term ${index + 1}\nis_a: ${termId(parent)}\n`
  })
  return `format-version: 1.2\nontology: tst\n\n[Term]\nid: ${termId(0)}\nname: all\n\n${stanzas.join('\n')}`
}

function toIndividuals(): string {
  const random = createRandom(7)
  const people = Array.from({ length: PEOPLE }, (_, person) => ({
    id: `p${person}`,
    sex: { id: 'NCIT:C16576', label: 'female' },
    phenotypicFeatures: Array.from({ length: TERMS_OF_ONE }, () => ({
      featureType: { id: termId(1 + Math.floor(random() * DESCENDANTS)) },
    })),
  }))
  return JSON.stringify(people)
}

async function createNode(directory: string, log: (line: string) => void): Promise<string> {
  const home = join(directory, 'model')
  const write = (name: string, text: string) => {
    writeFileSync(join(directory, name), text)
    return join(directory, name)
  }
  await mustRun('node/main.js', 'init', home, '--id', 'se.fyr.bench', '--name', 'Bench')
  log(`writing ${ALLELES} alleles of ${PEOPLE} people`)
  await mustRun('node/testing/large-dataset.js', home, 'large', String(ALLELES), String(PEOPLE))
  log('writing phenotypes, an ontology and a gene')
  await mustRun('node/main.js', 'ontology', 'add', home, write('tst.obo', toObo()))
  await mustRun('node/main.js', 'ingest', home, '--dataset', 'large', write('individuals.json', toIndividuals()))
  const gene = ['1', 'x', 'gene', GENE.start + 1, GENE.end, '.', '+', '.', 'ID=gene-LARGE;Name=LARGE;gene=LARGE']
  const gff = write('genes.gff3', `##gff-version 3\n${gene.join('\t')}\n`)
  await mustRun('node/main.js', 'genes', 'add', home, '--assembly', 'GRCh38', gff)
  return home
}

interface Answer {
  readonly responseSummary: { readonly numTotalResults?: number }
}

interface Kind {
  readonly name: string
  readonly target: string
  readonly path: string
  readonly ask: (index: number) => object
}

const KINDS: readonly Kind[] = [
  {
    name: `variant and phenotype, a term with ${DESCENDANTS} below it`,
    target: '< 5',
    path: 'g_variants',
    ask: (index) => ({
      requestParameters: {
        g_variant: {
          assemblyId: 'GRCh38',
          referenceName: '1',
          start: [GENE.start + DENSE_STEP * index],
          alternateBases: 'N',
        },
      },
      filters: [{ id: termId(0) }],
    }),
  },
  {
    name: 'people by the same term',
    target: '< 5',
    path: 'individuals',
    ask: () => ({ filters: [{ id: termId(0) }] }),
  },
  {
    name: 'gene of 20,000 alleles',
    target: '< 20',
    path: 'g_variants',
    ask: () => ({ requestParameters: { g_variant: { assemblyId: 'GRCh38', geneId: 'LARGE' } } }),
  },
  {
    name: 'bracket of long deletions',
    target: '< 10',
    path: 'g_variants',
    ask: (index) => {
      const at = GENE.start + 1_000 * index
      const place = { start: [at - 500_000, at], end: [at, at + 500_000], variantType: 'DEL', variantMinLength: 1_000 }
      return { requestParameters: { g_variant: { assemblyId: 'GRCh38', referenceName: '1', ...place } } }
    },
  },
]

async function measure(node: Service, log: (line: string) => void): Promise<readonly Figure[]> {
  const times = new Map<Kind, number[]>(KINDS.map((kind) => [kind, []]))
  const found = new Map<Kind, number>()
  for (let round = 0; round <= ROUNDS; round++) {
    log(`round ${round} of ${ROUNDS}`)
    for (const kind of KINDS) {
      for (let index = 0; index < ASKED_PER_ROUND; index++) {
        const query = { ...kind.ask(index), requestedGranularity: 'count' }
        const startedAt = performance.now()
        const answer = (await post(`${node.url}/beacon/v2/${kind.path}`, { query })) as Answer
        // The first round fills the caches.
        if (round > 0) times.get(kind)!.push(performance.now() - startedAt)
        found.set(kind, Math.max(found.get(kind) ?? 0, answer.responseSummary.numTotalResults ?? 0))
      }
    }
  }
  return KINDS.flatMap((kind): Figure[] => {
    const sorted = times.get(kind)!.sort((a, b) => a - b)
    return [
      {
        name: `${kind.name}: p50 over HTTP`,
        value: sorted[Math.floor(sorted.length / 2)]!,
        unit: 'ms',
        target: kind.target,
      },
      { name: `${kind.name}: most results`, value: found.get(kind)!, unit: 'results' },
    ]
  })
}

export const modelBench: Bench = {
  name: 'model',
  about: 'phenotypes, a gene and brackets among 5.4 million alleles of 10,000 people',
  async run(directory, log) {
    const node = await startService('node/main.js', 'serve', await createNode(directory, log), '--port', '0')
    try {
      return await measure(node, log)
    } finally {
      agent.destroy()
      await node.stop()
    }
  },
}
