import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { HtsgetFormat } from '../../schemas/index.js'
import type { GrantedRegion } from '../access/rules.js'
import { openCramAsBam } from '../formats/cram/open-cram-as-bam.js'
import { openSliceable } from '../formats/open-sliceable.js'
import type { SliceableFile } from '../formats/slice.js'
import { createRandom } from '../testing/annotated-vcf.js'
import { openMemoryFile } from '../testing/memory-file.js'
import { describeWithOracles, runTool } from '../testing/oracles.js'
import { makeReads } from '../testing/read-world.js'
import { createPerson } from './testing/access-world.js'
import { createHtsgetFixture, type HtsgetFixture } from './testing/htsget-fixture.js'
import { ADA, GRANT } from './testing/rights-fixture.js'
import { fetchTicket, fetchTicketData, send } from './testing/ticket-client.js'

const CONTIG_BASES = 400_000
const CONTIGS = [
  { name: 'chr1', number: 1 },
  { name: 'chr3', number: 3 },
] as const
const ROUNDS = 16
const run = promisify(execFile)

interface Asked {
  readonly referenceName: string
  readonly start: number
  readonly end: number
}

const random = createRandom(61)
const whole = (below: number) => Math.floor(random() * below)
const oneOf = <T>(values: readonly T[]) => values[whole(values.length)]!

function makeVariants(count: number): string {
  const lines = CONTIGS.flatMap(({ name }) =>
    [...new Set(Array.from({ length: count }, () => 1 + whole(CONTIG_BASES)))]
      .sort((a, b) => a - b)
      .map((position) => {
        const genotypes = [oneOf(['0/1', '1/1', '0/0', './.']), oneOf(['0/1', '0|1', '0/0'])]
        const alleles = genotypes.join('/').split(/[/|]/)
        const called = alleles.filter((allele) => allele !== '.').length
        const info = `AC=${alleles.filter((allele) => allele === '1').length};AN=${called}`
        return [name, position, '.', 'A', 'C', '.', 'PASS', info, 'GT', ...genotypes].join('\t')
      }),
  )
  return [
    '##fileformat=VCFv4.3',
    '##FILTER=<ID=PASS,Description="All filters passed">',
    ...CONTIGS.map(({ name }) => `##contig=<ID=${name},length=${CONTIG_BASES}>`),
    '##INFO=<ID=AC,Number=A,Type=Integer,Description="Allele count">',
    '##INFO=<ID=AN,Number=1,Type=Integer,Description="Alleles">',
    '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">',
    '#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tEva\tAdam',
    ...lines,
    '',
  ].join('\n')
}

function randomGranted(): readonly GrantedRegion[] {
  return Array.from({ length: 1 + whole(4) }, () => {
    const start = oneOf([whole(CONTIG_BASES - 1), 39_000 + whole(2_000)])
    const end = Math.min(CONTIG_BASES, start + 1 + oneOf([whole(200), whole(20_000), whole(300_000)]))
    return { assembly: 'GRCh38', contig: oneOf(CONTIGS).number, start, end }
  })
}

/** Mostly in what is granted, at its edges, or over them. */
function randomAsked(granted: readonly GrantedRegion[]): readonly Asked[] {
  return Array.from({ length: 1 + whole(3) }, () => {
    const { contig, start, end } = oneOf(granted)
    const from = oneOf([start, start + whole(end - start), start, Math.max(0, start - whole(3))])
    const to = oneOf([end, from + 1 + whole(Math.max(1, end - from)), Math.min(end, from + 1), end + whole(3)])
    const { name } = CONTIGS.find(({ number }) => number === contig)!
    return { referenceName: name, start: from, end: Math.max(from + 1, Math.min(to, CONTIG_BASES)) }
  })
}

/** Base by base. */
function isAllowed(granted: readonly GrantedRegion[], asked: readonly Asked[]): boolean {
  return asked.every(({ referenceName, start, end }) => {
    const { number } = CONTIGS.find(({ name }) => name === referenceName)!
    const bases = new Uint8Array(CONTIG_BASES)
    for (const region of granted) if (region.contig === number) bases.fill(1, region.start, region.end)
    return bases.subarray(start, end).every((base) => base === 1)
  })
}

describeWithOracles('what leaves under a grant of regions', () => {
  const directory = mkdtempSync(join(tmpdir(), 'fyr-regions-'))
  const at = (name: string) => join(directory, name)
  let fixture: HtsgetFixture
  let answers = 0

  beforeAll(async () => {
    writeFileSync(at('reads.bam'), runTool('samtools', ['view', '-b', '--no-PG'], makeReads(random, 3_000)))
    runTool('samtools', ['index', at('reads.bam')])
    runTool('samtools', ['view', '-C', '--no-PG', '--output-fmt-option', 'no_ref=1', '--output-fmt-option', 'seqs_per_slice=300', '-o', at('reads.cram'), at('reads.bam')]) // prettier-ignore
    runTool('samtools', ['index', at('reads.cram')])
    // CRAM does not keep all of every read.
    runTool('samtools', ['view', '-b', '--no-PG', '-o', at('reads.cram.bam'), at('reads.cram')])
    runTool('samtools', ['index', at('reads.cram.bam')])
    writeFileSync(at('variants.vcf.gz'), runTool('bgzip', ['-c'], makeVariants(3_000)))
    runTool('tabix', ['-p', 'vcf', at('variants.vcf.gz')])
    runTool('bcftools', ['view', '--no-version', '-Ob', '-o', at('variants.bcf'), at('variants.vcf.gz')])
    runTool('bcftools', ['index', at('variants.bcf')])

    fixture = await createHtsgetFixture()
    fixture.policies.push({ id: 'listed', assembly: 'GRCh38', access: 'controlled', granularity: 'record', identifiers: 'keep' }) // prettier-ignore
    fixture.world.people.set('ada', createPerson('ada', { client: 'ada-app' }))
    fixture.world.members.set('blood', new Set(['ada']))
    const people = ['Eva', 'Adam'].map((sample, index) => ({ sample, individual: index + 1 }))
    for (const [name, index, format] of [
      ['reads.bam', 'bai', 'BAM'],
      ['reads.cram', 'crai', 'CRAM'],
      ['variants.vcf.gz', 'tbi', 'VCF'],
      ['variants.bcf', 'csi', 'BCF'],
    ] as const) {
      const kind = name.startsWith('reads') ? 'reads' : 'variants'
      const [data, indexData] = [openMemoryFile(at(name)), openMemoryFile(`${at(name)}.${index}`)]
      const file = await openSliceable(data, indexData)
      const asBam = format === 'CRAM' ? { asBam: () => openCramAsBam(data, indexData, undefined) } : {}
      const known = { id: name, datasetId: 'listed', kind, format, people } as const
      fixture.files.set(name, { known, opened: { data, file, version: '1', ...asBam } })
    }
  })
  afterAll(async () => {
    await fixture.close()
    rmSync(directory, { recursive: true })
  })

  async function print(tool: string, args: readonly string[]): Promise<string> {
    return (await run(tool, [...args], { maxBuffer: 1 << 28 })).stdout
  }

  function bedOf(asked: readonly Asked[]): string {
    const path = at('asked.bed')
    const rows = asked.map(({ referenceName, start, end }) => `${referenceName}\t${start}\t${end}\n`)
    writeFileSync(path, rows.join(''))
    return path
  }

  function expected(name: string, asked: readonly Asked[], isHidden: boolean): Promise<string> {
    const bed = bedOf(asked)
    // Of BAM: of several regions of a CRAM, samtools 1.16 gives reads of other contigs.
    const bam = at(name.endsWith('.cram') ? `${name}.bam` : name)
    if (name.startsWith('reads')) return print('samtools', ['view', '-M', '-L', bed, bam])
    const columns = isHidden ? ['-s', 'Adam'] : []
    return print('bcftools', ['view', '--no-version', '-H', ...columns, '-T', bed, at(name)])
  }

  function decode(name: string, answer: Buffer): Promise<string> {
    const path = at(`answer-${++answers}`)
    writeFileSync(path, answer)
    return name.startsWith('reads') ? print('samtools', ['view', path]) : print('bcftools', ['view', '-H', path])
  }

  test.each<[string, HtsgetFormat]>([
    ['reads.bam', 'BAM'],
    ['reads.cram', 'BAM'],
    ['variants.vcf.gz', 'VCF'],
    ['variants.bcf', 'BCF'],
  ])('of %s: exactly what was asked, or nothing', async (name, format) => {
    const { world, url } = fixture
    const endpoint = `${url}/${name.startsWith('reads') ? 'reads' : 'variants'}/${name}`
    const seen = new Set<number>()
    for (let round = 0; round < ROUNDS; round++) {
      const granted = randomGranted()
      const asked = randomAsked(granted)
      const isHidden = !name.startsWith('reads') && round % 2 === 0
      world.denies.clear()
      if (isHidden) world.denies.add(1)
      world.grants.splice(0, Infinity, { ...GRANT, regions: granted })
      const body = { format, regions: asked }
      const json = { ...ADA, 'content-type': 'application/json' }
      const { status } = await send('POST', endpoint, json, JSON.stringify(body))
      const question = { granted, asked }
      expect({ question, status }).toEqual({ question, status: isAllowed(granted, asked) ? 200 : 403 })
      seen.add(status)
      if (status !== 200) continue
      const answer = await decode(name, await fetchTicketData(await fetchTicket(endpoint, body, ADA)))
      expect({ question, isSame: answer === (await expected(name, asked, isHidden)) }).toEqual({
        question,
        isSame: true,
      })
    }
    expect([...seen].sort()).toEqual([200, 403])
  })

  test.each<[string, HtsgetFormat]>([
    ['reads.bam', 'BAM'],
    ['reads.cram', 'BAM'],
    ['variants.vcf.gz', 'VCF'],
    ['variants.bcf', 'BCF'],
  ])('of %s: thousands of regions come by several URLs, each record once and in order', async (name, format) => {
    const { world, url } = fixture
    world.denies.clear()
    world.grants.splice(0, Infinity, GRANT)
    const endpoint = `${url}/${name.startsWith('reads') ? 'reads' : 'variants'}/${name}`
    // As close together as exons, and closer where reads lie: most reads are in several, spliced ones in those of several URLs.
    const asked = CONTIGS.flatMap(({ name: referenceName }) =>
      Array.from({ length: 1_000 }, (_, index): Asked => {
        const start = index < 400 ? 39_900 + 3 * index : 41_200 + 550 * (index - 400)
        return { referenceName, start, end: start + 1 + whole(index < 400 ? 2 : 300) }
      }),
    )
    const ticket = await fetchTicket(endpoint, { format, regions: asked }, ADA)
    expect(ticket.urls.filter((one) => !one.url.startsWith('data:'))).toHaveLength(Math.ceil(asked.length / 300))
    const answer = await decode(name, await fetchTicketData(ticket))
    expect(answer.split('\n').length).toBeGreaterThan(500)
    expect(answer === (await expected(name, asked, false))).toBe(true)
  })

  test('of CRAM as it is stored, regions are no more than one URL can hold', async () => {
    const regions = Array.from({ length: 2_000 }, (_, index) => ({ referenceName: 'chr1', start: 9 * index, end: 9 * index + 1 })) // prettier-ignore
    const json = { ...ADA, 'content-type': 'application/json' }
    const body = JSON.stringify({ format: 'CRAM', regions })
    const { status, body: answer } = await send('POST', `${fixture.url}/reads/reads.cram`, json, body)
    expect([status, answer.toString()]).toEqual([413, expect.stringMatching(/PayloadTooLarge.*format=BAM/)])
  })

  test('of CRAM nothing leaves as CRAM but the header, and the answer says what to ask for', async () => {
    fixture.world.denies.clear()
    fixture.world.grants.splice(0, Infinity, { ...GRANT, regions: [{ assembly: 'GRCh38', contig: 1, start: 0, end: 9_000 }] }) // prettier-ignore
    const url = `${fixture.url}/reads/reads.cram?format=CRAM`
    const refused = await send('GET', `${url}&referenceName=chr1&start=0&end=9000`, ADA)
    expect([refused.status, refused.body.toString()]).toEqual([403, expect.stringMatching(/format=BAM/)])
    expect((await send('GET', `${url}&class=header`, ADA)).status).toBe(200)
    expect((await send('GET', url, ADA)).status).toBe(403)
  })

  test('every record is looked at, as it is not under a grant of the whole genome', async () => {
    const { known, opened } = fixture.files.get('reads.bam')!
    const looks: unknown[] = []
    const slice: SliceableFile['slice'] = (selection, edit, signal) => {
      looks.push(edit.looksAtAll)
      return opened.file.slice(selection, edit, signal)
    }
    fixture.files.set('watched', {
      known: { ...known, id: 'watched' },
      opened: { ...opened, file: { ...opened.file, slice } },
    })
    const url = `${fixture.url}/reads/watched?referenceName=chr1`
    const regions = [{ assembly: 'GRCh38', contig: 1, start: 0, end: CONTIG_BASES }] as const
    fixture.world.grants.splice(0, Infinity, { ...GRANT, regions })
    await fetchTicketData(await fetchTicket(url, undefined, ADA))
    fixture.world.grants.splice(0, Infinity, GRANT)
    await fetchTicketData(await fetchTicket(url, undefined, ADA))
    expect(looks).toEqual([true, undefined])
  })
})
