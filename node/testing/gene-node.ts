import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createNode } from '../create-node.js'
import { readGeneFile } from '../variants/genes/read-gene-file.js'
import type { Transcript } from '../variants/genes/transcript.js'
import { replaceGenes } from '../variants/genes/write-genes.js'
import { BRCA1 } from './brca1.js'
import { writeGeneFile, type WrittenGene } from './gene-files.js'
import { expectValid, toRequest } from './node-client.js'
import { createNodeFixture, toVcf } from './node-fixture.js'

const MT_LENGTH = 16_569
/** On the other strand: ATG TTT CCA TGA, in two exons. */
const MT_GENE = 'GG' + 'TCATGG' + 'CCCCC' + 'AAACAT' + 'GG'

const at = (
  symbol: string,
  contig: number,
  start: number,
  end: number,
  rest: Partial<Transcript> = {},
): Transcript => ({
  accession: `NR_${contig}0000${start}`,
  version: '1',
  symbol,
  assembly: 'GRCh38',
  contig,
  strand: '+',
  exons: [[start, end]],
  ...rest,
})
let number = 0
const gene = (symbol: string, transcripts: readonly Transcript[], synonyms: readonly string[] = []): WrittenGene => ({
  symbol,
  hgnc: ++number,
  ncbi: number,
  ensembl: `ENSG${number}`,
  synonyms,
  transcripts,
})
const mitochondrial: Transcript = {
  ...at('MT-MADE', 25, 102, 119, { accession: 'NM_990001', protein: 'NP_990001.1', strand: '-' }),
  exons: [
    [102, 108],
    [113, 119],
  ],
  coding: { start: 102, end: 119 },
}

const GENES = [
  gene('BRCA1', [BRCA1], ['RNF53']),
  gene('TWICE', [at('TWICE', 1, 1_000, 2_000), at('TWICE', 1, 5_000, 6_000), at('TWICE', 2, 100, 200)]),
  gene('LEFT', [at('LEFT', 1, 900, 1_100)], ['EITHER']),
  gene('RIGHT', [at('RIGHT', 1, 5_900, 6_100)], ['EITHER']),
  gene('PARGENE', [at('PARGENE', 23, 1_595_454, 1_596_000), at('PARGENE', 24, 1_595_454, 1_596_000)]),
  gene('MT-MADE', [mitochondrial]),
  gene('V3', [at('V3', 3, 100, 400, { accession: 'NM_990003', version: '3' })]),
  gene('V4', [at('V4', 3, 100, 400, { accession: 'NM_990003', version: '4' })]),
]

const LINES = [
  '1 950 . A C . PASS . GT 0/1 0/0 0/0',
  '1 1000 . A C . PASS . GT 0/1 0/0 0/0',
  '1 1001 . A C . PASS . GT 0/0 0/1 0/0',
  '1 1500 . A <DEL> . PASS END=5500 GT 0/0 0/0 1/1',
  // Inserted behind the last base of a gene.
  '1 2000 . A AT . PASS . GT 0/1 0/0 0/0',
  '1 2001 . A G . PASS . GT 0/0 0/0 0/1',
  '1 6000 . G T . PASS . GT 0/1 0/1 0/0',
  '2 150 . ACGT A . PASS . GT 1/1 0/0 0/0',
  '17 43044294 . A G . PASS . GT 0/1 0/1 0/1',
  '17 43045711 . GT AC . PASS . GT 0/1 0/0 0/0',
  '17 43045712 . T C . PASS . GT 0/1 1/1 0/0',
  '17 43125364 . A G . PASS . GT 0/0 0/0 0/1',
  '17 43125365 . A G . PASS . GT 0/0 0/1 0/1',
  'X 1595500 . A G . PASS . GT 0/1 0/0 0/0',
  'Y 1595500 . A G . PASS . GT 0/0 0/1 0/0',
  'MT 103 . T A . PASS . GT 1 0 0',
  'MT 113 . C CA . PASS . GT 0 1 1',
]

export interface GeneAnswer {
  readonly responseSummary: { readonly exists: boolean; readonly numTotalResults: number }
  readonly response: { readonly resultSets: readonly { readonly results: readonly { readonly id: string }[] }[] }
  readonly info: { readonly node: { readonly counts: object }; readonly [key: string]: unknown }
  readonly error: { readonly errorMessage: string; readonly reason?: string }
}

export const idsOf = (body: GeneAnswer) =>
  body.response.resultSets.flatMap(({ results }) => results.map(({ id }) => id.slice('GRCh38-'.length)))

/** A served node with alleles in and around some genes, a reference of MT alone, and no gene table yet. */
export interface GeneNode {
  readonly url: string
  /** Loads the made-up annotation, as `fyr-node genes add` does. */
  loadGenes(): Promise<void>
  /** Asks for records by variant parameters, of variants or of another entry type. */
  ask(parameters: object, path?: string): Promise<{ readonly status: number; readonly body: GeneAnswer }>
  remove(): Promise<void>
}

export async function createGeneNode(): Promise<GeneNode> {
  const fixture = createNodeFixture()
  const reference = join(fixture.directory, 'mt.fa')
  const bases = ('G'.repeat(100) + MT_GENE).padEnd(MT_LENGTH, 'G')
  writeFileSync(reference, `>MT\n${bases}\n`)
  writeFileSync(`${reference}.fai`, `MT\t${MT_LENGTH}\t4\t${MT_LENGTH}\t${MT_LENGTH + 1}\n`)
  fixture.addDataset('d')
  await fixture.ingest('d', [toVcf(['a', 'b', 'c'], LINES)], 'f a 0 0 1 0\nf b 0 0 1 0\ng c 0 0 2 0\n')
  const node = await createNode(
    { ...fixture.config, references: { GRCh38: reference } },
    { directory: fixture.directory },
  )
  const { url } = await node.listen()
  return {
    url,
    async loadGenes() {
      const path = join(fixture.directory, 'made-up.gff3')
      writeFileSync(path, writeGeneFile(GENES, 'refseq-gff3'))
      replaceGenes(fixture.directory, 'GRCh38', [await readGeneFile(path, 'GRCh38')], new Date(0))
    },
    async ask(parameters, path = '/g_variants') {
      const answer = await fetch(`${url}/beacon/v2${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(toRequest(parameters, { requestedGranularity: 'record', pagination: { limit: 0 } })),
      })
      const body = (await answer.json()) as GeneAnswer
      expectValid(answer.status === 200 ? 'beacon/resultSetsResponse.json' : 'beacon/errorResponse.json', body)
      return { status: answer.status, body }
    },
    async remove() {
      await node.close()
      await fixture.remove()
    },
  }
}
