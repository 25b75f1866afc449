import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { addFiles } from '../files/add-files.js'
import { createKeyPair } from '../formats/crypt4gh/key-exchange.js'
import { openCrypt4gh } from '../formats/crypt4gh/open-crypt4gh.js'
import { openIndividuals } from '../metadata/individuals.js'
import { removeIndividual } from '../remove-individual.js'
import { openStorage } from '../storage/open-storage.js'
import { createNodeFixture, toVcf } from '../testing/node-fixture.js'
import { describeWithOracles, runTool } from '../testing/oracles.js'
import { toRandomAccess } from './testing/memory-vcf.js'
import { fetchTicket, fetchTicketData, send, toDocument } from './testing/ticket-client.js'

const SAM = [
  '@HD\tVN:1.6\tSO:coordinate',
  '@SQ\tSN:chr1\tLN:248956422\tUR:/home/eva/ref.fa',
  '@RG\tID:EvaEk_L1\tSM:EvaEk\tLB:EvaEk-lib\tPL:ILLUMINA',
  '@PG\tID:bwa\tPN:bwa\tCL:bwa mem /home/eva/EvaEk.fq',
  ...[100, 200, 300].map(
    (at) => `r${at}\t0\tchr1\t${at}\t60\t10M\t*\t0\t0\tACGTACGTAC\tIIIIIIIIII\tNM:i:0\tRG:Z:EvaEk_L1`,
  ),
  '',
].join('\n')

const LINES = ['chr1 100 . A C . PASS AC=3;AN=6 GT 0/1 1/1 0/0', 'chr1 200 . G T . PASS AC=1;AN=6 GT 0/1 0/0 0/0']

function vcf(samples: readonly string[]): string {
  const declared = [
    '##contig=<ID=chr1,length=248956422>',
    '##INFO=<ID=AC,Number=A,Type=Integer,Description="Allele count">',
    '##INFO=<ID=AN,Number=1,Type=Integer,Description="Alleles">',
    '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">',
  ]
  return toVcf(samples, LINES).replace('\n#CHROM', `\n${declared.join('\n')}\n#CHROM`)
}

describeWithOracles('a node that serves files', () => {
  const fixture = createNodeFixture()
  const PEOPLE = ['EvaEk', 'AdaAlm', 'BoBerg']
  let url = ''
  let pseudonyms: readonly string[] = []

  beforeAll(async () => {
    const { directory } = fixture
    fixture.addDataset('care')
    fixture.addDataset('counts', { granularity: 'count' })
    for (const dataset of ['care', 'counts']) await fixture.ingest(dataset, [vcf(PEOPLE)])
    const at = (name: string) => join(directory, name)
    writeFileSync(at('reads.bam'), runTool('samtools', ['view', '-b', '--no-PG'], SAM))
    writeFileSync(at('cohort.vcf.gz'), runTool('bgzip', ['-c'], vcf(PEOPLE)))
    const individuals = openIndividuals(directory)
    const storage = openStorage()
    const options = { nodeDirectory: directory, individuals, storage, now: () => new Date() }
    try {
      const files = [at('reads.bam'), at('cohort.vcf.gz')]
      await addFiles({ ...options, dataset: { id: 'care' }, files })
      await addFiles({ ...options, dataset: { id: 'counts' }, files: [at('cohort.vcf.gz')] })
      const byName = new Map(individuals.list().map(({ name, pseudonym }) => [name, pseudonym]))
      pseudonyms = PEOPLE.map((name) => byName.get(name)!)
    } finally {
      individuals.close()
      await storage.close()
    }
    url = (await fixture.serve()).url
  })
  afterAll(() => fixture.remove())

  const readBam = async (query: string) =>
    runTool(
      'samtools',
      ['view', '-h', '--no-PG', '-'],
      await fetchTicketData(await fetchTicket(`${url}/htsget/v1/reads/care/reads${query}`)),
    ).toString()

  test('reads leave under a pseudonym, header and records alike', async () => {
    const text = await readBam('?referenceName=chr1&start=150&end=250')
    expect(text.split('\n')).toEqual([
      '@HD\tVN:1.6\tSO:coordinate',
      '@SQ\tSN:chr1\tLN:248956422',
      `@RG\tID:rg1\tSM:${pseudonyms[0]}\tLB:library-1\tPL:ILLUMINA`,
      '@PG\tID:bwa\tPN:bwa',
      'r200\t0\tchr1\t200\t60\t10M\t*\t0\t0\tACGTACGTAC\tIIIIIIIIII\tNM:i:0\tRG:Z:rg1',
      '',
    ])
    expect(await readBam('')).toMatch(/^r300\t/m)
    expect(await readBam('')).not.toMatch(/eva/i)
  })

  test('fields and tags take effect', async () => {
    const rows = (text: string) => text.split('\n').filter((line) => line.startsWith('r1') || line.startsWith('*'))
    expect(rows(await readBam('?referenceName=chr1&end=150&fields=RNAME,POS,CIGAR&tags='))).toEqual([
      '*\t0\tchr1\t100\t255\t10M\t*\t0\t0\t*\t*',
    ])
    expect(rows(await readBam('?referenceName=chr1&end=150&notags=RG'))).toEqual([
      'r100\t0\tchr1\t100\t60\t10M\t*\t0\t0\tACGTACGTAC\tIIIIIIIIII\tNM:i:0',
    ])
  })

  test('an answer for a public key is one file that its reader opens, and nothing else is ever sent', async () => {
    const reader = createKeyPair()
    const path = `${url}/htsget/v1/reads/care/reads?referenceName=chr1&start=150&end=250`
    const headers = { 'x-c4gh-public-key': reader.publicKey.toString('base64') }
    const answer = await send('GET', `${path}&encryptionScheme=c4gh`, headers)
    const { urls } = (
      toDocument('', answer) as unknown as { htsget: { urls: { url: string; headers: Record<string, string> }[] } }
    ).htsget
    expect(urls).toHaveLength(1)
    const { body } = await send('GET', urls[0]!.url, urls[0]!.headers)
    expect(body.toString('latin1', 0, 8)).toBe('crypt4gh')
    const plain = await openCrypt4gh(toRandomAccess(body), reader)
    const expected = await fetchTicketData(await fetchTicket(path))
    expect((await plain.read(0, plain.size)).equals(expected)).toBe(true)
    for (const [query, key] of [
      ['&encryptionScheme=crypt4gh', {}],
      ['', { 'x-c4gh-public-key': 'nonsense' }],
      ['', { ...headers, 'htsget-context-public-key': headers['x-c4gh-public-key'] }],
    ] as const) {
      const refused = await send('GET', path + query, { ...key })
      expect([refused.status, toDocument('', refused).htsget['error']]).toEqual([400, 'InvalidInput'])
    }
  })

  test('Beacon answers say where the records of the place are, where the dataset allows it', async () => {
    const query =
      'referenceName=1&assemblyId=GRCh38&start=99&referenceBases=A&alternateBases=C&requestedGranularity=count'
    const answer = await send('GET', `${url}/beacon/v2/g_variants?${query}`)
    const { resultSets } = (
      JSON.parse(answer.body.toString()) as {
        response: { resultSets: { id: string; resultsHandovers?: { url: string }[] }[] }
      }
    ).response
    const [care, counts] = ['care', 'counts'].map((id) => resultSets.find((set) => set.id === id)!)
    expect(counts!.resultsHandovers).toBeUndefined()
    expect(care!.resultsHandovers).toEqual([
      {
        handoverType: { id: 'EDAM:3016', label: 'VCF' },
        url: `${url}/htsget/v1/variants/care/cohort?format=VCF&referenceName=chr1&start=99&end=100`,
      },
      {
        handoverType: { id: 'EDAM:2572', label: 'BAM' },
        url: `${url}/htsget/v1/reads/care/reads?format=BAM&referenceName=chr1&start=99&end=100`,
      },
    ])
    for (const { url: to } of care!.resultsHandovers!) expect((await fetchTicket(to)).urls.length).toBeGreaterThan(1)
    const missed = await send(
      'GET',
      `${url}/beacon/v2/g_variants?${query.replace('alternateBases=C', 'alternateBases=T')}&includeResultsetResponses=ALL`,
    )
    expect(missed.body.toString()).not.toMatch(/resultsHandovers/)
  })

  test('who is removed leaves every file at once: columns go and numbers follow, reads of them are not there', async () => {
    const readVcf = async () =>
      gunzipSync(
        await fetchTicketData(await fetchTicket(`${url}/htsget/v1/variants/care/cohort?referenceName=chr1`)),
      ).toString()
    const lines = (await readVcf()).split('\n')
    expect(lines.find((line) => line.startsWith('#CHROM'))).toBe(
      `#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\t${pseudonyms.join('\t')}`,
    )
    expect(lines.at(-3)).toBe('chr1\t100\t.\tA\tC\t.\tPASS\tAC=3;AN=6\tGT\t0/1\t1/1\t0/0')
    removeIndividual(fixture.directory, 'EvaEk')
    const after = (await readVcf()).split('\n')
    expect(after.find((line) => line.startsWith('#CHROM'))).toMatch(
      new RegExp(`FORMAT\t${pseudonyms[1]}\t${pseudonyms[2]}$`),
    )
    expect(after.at(-3)).toBe('chr1\t100\t.\tA\tC\t.\tPASS\tAC=2;AN=4\tGT\t1/1\t0/0')
    expect((await send('GET', `${url}/htsget/v1/reads/care/reads`)).status).toBe(404)
  })
})
