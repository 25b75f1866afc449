import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { addStatements } from '../testing/add-statements.js'
import { createNodeFixture, toVcf, type NodeFixture } from '../testing/node-fixture.js'
import { removeInterpretations } from './change-interpretations.js'
import { readInterpretations } from './interpretation-file.js'

/** Structural alleles, all of them on chromosome 2. */
const LINES = [
  '2 1000 . N <DEL> . PASS END=2000;SVLEN=-1000 GT 0/1 0/0',
  '2 1000 . N <DEL> . PASS END=3000 GT 0/1 0/0',
  '2 4000 . N <DUP:TANDEM> . PASS SVLEN=500 GT 0/0 0/1',
  '2 5000 . N <INS:ME:ALU> . PASS SVLEN=281 GT 0/1 0/0',
  '2 6000 . N <CNV> . PASS END=7000 CN 3 1',
  '2 6000 . N <CN0> . PASS END=7000 GT 0/1 0/0',
  '2 8000 . G G]1:9000] . PASS . GT 0/1 0/0',
  '2 9000 . G G. . PASS . GT 0/1 0/0',
]

const HEADER = 'chrom\tpos\tref\talt\tend\tsvlen\tsvtype\tcn\tclass\tlaboratory\tdate\tcondition'

let fixture: NodeFixture
let url: string
let files = 0

beforeAll(async () => {
  fixture = createNodeFixture()
  fixture.addDataset('genomes')
  await fixture.ingest('genomes', [toVcf(['anna', 'bo'], LINES)])
  url = (await fixture.serve()).url
})
afterAll(() => fixture.remove())

async function add(text: string): Promise<void> {
  removeInterpretations(fixture.directory, 'genomes', {})
  // What the file is, its content tells.
  await addStatements(fixture.directory, text, 'genomes', `statements-${++files}`)
}

/** Columns of the allele, joined by blanks, with the same said of each. */
function toTable(allele: string): string {
  const line = `${allele} 5 Lab-A 2025-02-01 MONDO:0007254`
  return [HEADER, line.split(' ').join('\t'), ''].join('\n')
}

interface Body {
  readonly response: { readonly resultSets: readonly { readonly results: readonly Record<string, unknown>[] }[] }
}

test.each([
  ['2 1000 N <DEL> 2000 -1000 DEL .', '2-1000-DEL-2000'],
  ['chr2 1000 A <del> 3000 . . .', '2-1000-DEL-3000'],
  ['2 4000 N <DUP:TANDEM> 4500 . DUP .', '2-4000-DUP.TANDEM-4500'],
  ['2 5000 N <INS:ME:ALU> . 281 INS .', '2-5000-INS.ME.ALU-5000-LEN281'],
  ['2 6000 N <CNV> 7000 . CNV 3', '2-6000-CNV-7000-CN3'],
  ['2 6000 N <CN0> 7000 . CNV .', '2-6000-CNV.ALLELE-7000-CN0'],
  ['2 8000 N N]chr1:9000] . . BND .', '2-8000-BND-8000-sha256'],
  ['2 9000 G G. . . . .', '2-9000-BND-9000-sha256'],
])('%s is said of the record %s and of no other', async (allele, id) => {
  await add(toTable(allele))
  const query = 'assemblyId=GRCh38&referenceName=2&start=0&end=100000&requestedGranularity=record&limit=0'
  const body = (await (await fetch(`${url}/beacon/v2/g_variants?${query}`)).json()) as Body
  const [genomes] = body.response.resultSets
  const told = genomes!.results.filter((record) => record['variantLevelData'] !== undefined)
  expect(genomes!.results).toHaveLength(LINES.length + 1)
  expect(
    told.map((record) =>
      String(record['id'])
        .replace('GRCh38-', '')
        .replace(/\.[0-9a-f]{32}$/, ''),
    ),
  ).toEqual([id])
  expect(removeInterpretations(fixture.directory, 'genomes', { variant: String(told[0]!['id']).slice(7) })).toBe(1)
})

test('are read from VCF too', async () => {
  const info = 'SVTYPE=DEL;END=2000;CLASS=4;LABORATORY=Lab-A;DATE=2025-02-01;CONDITION=MONDO:0007254'
  const columns = '#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO'
  await add(['##fileformat=VCFv4.3', columns, `2\t1000\t.\tN\t<DEL>\t.\t.\t${info}`, ''].join('\n'))
  expect(readInterpretations(fixture.directory, 'genomes')).toMatchObject([
    { variant: { contig: 2, start: 1000, alternateBases: '<DEL;END=2000>' } },
  ])
})

test.each([
  ['2 1000 N <DEL> . . . .', /end must say where the event ends/],
  ['2 1000 N <DEL> 900 . . .', /end must say where the event ends/],
  ['2 1000 N <DEL> many . . .', /alt INFO END "many" is no position/],
  ['2 1000 N <DEL> 999999999 . . .', /end lies outside/],
  ['2 1000 N <DEL> 2000 . DUP .', /svtype is not the type of alt, DEL/],
  ['2 1000 N <DEL> 2000 . . 3', /cn goes with <CNV>/],
  ['2 1000 N <CNV> 2000 . . some', /cn "some" is no number of copies/],
  ['2 1000 N <DEL>,<DUP> 2000 . . .', /alt must be the bases of one allele/],
  ['2 1000 N ]2:5]N]2:6] . . . .', /alt ALT .* is no breakend/],
  ['2 1000 A C 2000 . . .', /end goes with a structural allele/],
  ['2 1000 N C . . . .', /ref must be bases/],
])('%s is refused', async (allele, reason) => {
  await expect(add(toTable(allele))).rejects.toThrow(reason)
})
