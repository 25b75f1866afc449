import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { HtsgetFormat, Ticket } from '../../schemas/index.js'
import { addFiles } from '../files/add-files.js'
import { openIndividuals } from '../metadata/individuals.js'
import { openStorage } from '../storage/open-storage.js'
import { readOracleConfig } from '../testing/config.js'
import { createNodeFixture } from '../testing/node-fixture.js'
import { describeWithOraclesAndFiles } from '../testing/oracles.js'
import { readTruth, type TruthQuery } from '../testing/truth.js'
import { fetchTicket, fetchTicketData, send, toDocument } from './testing/ticket-client.js'

const FORMATS: readonly (readonly [string, HtsgetFormat])[] = [
  ['.bam', 'BAM'],
  ['.cram', 'CRAM'],
  ['.vcf.gz', 'VCF'],
  ['.bcf', 'BCF'],
]
const AT_ONCE = 4
/** Of each file so many queries are asked, unless all of them are wanted. */
const SAMPLE = 2
const run = promisify(execFile)

function formatOf(file: string): HtsgetFormat {
  return FORMATS.find(([ending]) => file.endsWith(ending))![1]
}

/** The id of a file of the folder. */
function toId(file: string): string {
  return file.replace(/\.(bam|cram|vcf\.gz|bcf)$/, (_, ending: string) => `-${ending.slice(0, 3)}`)
}

describeWithOraclesAndFiles(
  'data/htsget',
  'real files over HTTP, against what samtools and bcftools find in them',
  (folder) => {
    const queries = readTruth(folder)
    const directory = mkdtempSync(join(tmpdir(), 'fyr-truth-'))
    const fixture = createNodeFixture()
    let url = ''
    let answers = 0

    beforeAll(async () => {
      fixture.addDataset('real', { identifiers: 'keep' })
      const individuals = openIndividuals(fixture.directory)
      const storage = openStorage()
      const options = {
        nodeDirectory: fixture.directory,
        dataset: { id: 'real', identifiers: 'keep' as const },
        individuals,
        storage,
        now: () => new Date(),
      }
      try {
        for (const file of new Set(queries.map((query) => query.file))) {
          const one = { ...options, files: [join(folder, file)], id: toId(file) }
          // Some name nobody.
          await addFiles(one).catch(() => addFiles({ ...one, individual: 'somebody' }))
        }
      } finally {
        individuals.close()
        await storage.close()
      }
      url = `${(await fixture.serve()).url}/htsget/v1`
    })
    afterAll(async () => {
      await fixture.remove()
      rmSync(directory, { recursive: true })
    })

    function endpointOf(format: HtsgetFormat): string {
      return `${url}/${format === 'BAM' || format === 'CRAM' ? 'reads' : 'variants'}`
    }

    function toRegion({ referenceName, start, end }: TruthQuery): Record<string, string | number> {
      return { referenceName, ...(start === null ? {} : { start }), ...(end === null ? {} : { end }) }
    }

    /** @returns undefined: the file has no sequence of the name, so that there is nothing to find */
    async function ask(query: TruthQuery, format: HtsgetFormat): Promise<Ticket['htsget'] | undefined> {
      const parameters = new URLSearchParams({ format })
      for (const [name, value] of Object.entries(toRegion(query))) parameters.set(name, String(value))
      try {
        return await fetchTicket(`${endpointOf(format)}/${toId(query.file)}?${parameters}`)
      } catch (error) {
        if (query.records > 0 || !/no sequence of this referenceName/.test(String(error))) throw error
        return undefined
      }
    }

    /** Spread over the queries of each file. */
    function sample(wanted: readonly TruthQuery[]): readonly TruthQuery[] {
      if (readOracleConfig().exhaustive) return wanted
      const files = [...new Set(wanted.map(({ file }) => file))]
      return files.flatMap((name) => {
        const own = wanted.filter(({ file }) => file === name)
        return own.filter((_, index) => index % Math.ceil(own.length / SAMPLE) === 0)
      })
    }

    async function digest(query: TruthQuery, format: HtsgetFormat, data: Buffer): Promise<string> {
      const path = join(directory, `answer-${++answers}`)
      writeFileSync(path, data)
      const isReads = format === 'BAM' || format === 'CRAM'
      const reference = query.reference ? ['-T', join(folder, query.reference)] : []
      let region: readonly string[] = []
      if (format === 'CRAM') {
        // Whole containers come, with others than those that were asked for.
        const { referenceName, start, end } = query
        await run('samtools', ['index', path])
        const stretch = start === null && end === null ? '' : `:${(start ?? 0) + 1}-${end ?? ''}`
        region = [referenceName === '*' ? '*' : `{${referenceName}}${stretch}`]
      }
      const args = isReads ? ['view', ...reference, path, ...region] : ['view', '--no-version', '--no-header', path]
      const options = { encoding: 'buffer', maxBuffer: 1 << 30 } as const
      const { stdout } = await run(isReads ? 'samtools' : 'bcftools', args, options)
      return createHash('sha256').update(stdout).digest('hex')
    }

    async function forEachQuery(
      wanted: readonly TruthQuery[],
      work: (query: TruthQuery) => Promise<void>,
    ): Promise<void> {
      let next = 0
      const worker = async () => {
        while (next < wanted.length) await work(wanted[next++]!)
      }
      await Promise.all(Array.from({ length: AT_ONCE }, worker))
    }

    test.each(['BAM', 'VCF', 'BCF', 'CRAM'] as const)('%s: exactly the records, by GET and by POST', async (format) => {
      const wanted = queries.filter(({ file }) => formatOf(file) === format)
      expect(wanted.length).toBeGreaterThan(20)
      expect(wanted.some(({ records }) => records > 0)).toBe(true)
      const wrong: unknown[] = []
      await forEachQuery(sample(wanted), async (query) => {
        const ticket = await ask(query, format)
        if (!ticket) return
        const data = await fetchTicketData(ticket)
        const posted = await fetchTicket(`${endpointOf(format)}/${toId(query.file)}`, {
          format,
          regions: [toRegion(query)],
        })
        const isSame = data.equals(await fetchTicketData(posted))
        if (!isSame || (await digest(query, format, data)) !== query.sha256) wrong.push({ ...query, isSame })
      })
      expect(wrong).toEqual([])
    })

    test('CRAM asked as BAM: exactly the records', async () => {
      const wanted = queries.filter(({ file }) => file === 'derived/NA12878.multislice.v30.cram')
      const wrong: unknown[] = []
      await forEachQuery(sample(wanted), async (query) => {
        const ticket = await ask(query, 'BAM')
        if (!ticket || (await digest(query, 'BAM', await fetchTicketData(ticket))) !== query.sha256) wrong.push(query)
      })
      expect(wrong).toEqual([])
    })

    test('a CRAM that is written over a reference that the node lacks: CRAM, and no BAM', async () => {
      const query = queries.find(({ file, records }) => file.endsWith('1400_index_simple.cram') && records > 0)!
      const place = new URLSearchParams({ referenceName: query.referenceName, format: 'BAM' })
      const answer = await send('GET', `${url}/reads/${toId(query.file)}?${place}`)
      expect([answer.status, toDocument('', answer).htsget]).toEqual([
        400,
        {
          error: 'UnsupportedFormat',
          message: 'the node has no reference to decode this CRAM file with; ask for format=CRAM',
        },
      ])
    })

    test('samtools and bcftools read our URLs', async () => {
      for (const [tool, path, region] of [
        ['samtools', 'reads/htsget-rs/bam/htsnexus_test_NA12878-bam', 'referenceName=11&start=4999976&end=5003981'],
        ['bcftools', 'variants/htsget-rs/vcf/spec-v4.3-vcf', 'referenceName=20&start=1222195&end=1242195'],
      ] as const) {
        const known = queries.find(({ file, referenceName, start, end }) => {
          const asked = `referenceName=${referenceName}&start=${start}&end=${end}`
          return path.endsWith(toId(file)) && region === asked
        })!
        const args = tool === 'samtools' ? ['view'] : ['view', '--no-version', '--no-header']
        const { stdout } = await run(tool, [...args, `${url}/${path}?${region}`], {
          encoding: 'buffer',
          maxBuffer: 1 << 30,
        })
        expect(createHash('sha256').update(stdout).digest('hex')).toBe(known.sha256)
      }
    })
  },
)
