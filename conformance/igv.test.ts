import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { chromium, type Browser, type Page } from 'playwright-core'
import { readTestConfig } from './support/config.js'
import { createFixtureNetwork } from './support/fixture-network.js'
import { SHARED_DATA } from './support/paths.js'
import { mustRun, run } from './support/processes.js'
import { describeWithToolsAndShared, findTool } from './support/tools.js'

const MINUTE = 60_000
const CHROMIUM = 'chromium'
const DATA = join(SHARED_DATA, 'htsget')
const READS = join(DATA, 'gmod-bam-js/volvox-sorted.bam')
const VARIANTS = join(DATA, 'gmod-tabix-js/volvox.test.vcf.gz')
const REFERENCE = join(DATA, 'gmod-bam-js/volvox.fa')
const LOCUS = { contig: 'ctgA', start: 4000, end: 6000 }
/** In and next to the locus; igv.js asks for more than it shows. */
const FEWEST = { reads: 300, variants: 20 }

/** What is looked at of a read and of a variant in the memory of igv.js 3; `pos` is 1-based, `start` 0-based. */
interface Read {
  readonly readName: string
  readonly flags: number
  readonly start: number
  readonly cigar: string
}
interface Variant {
  readonly pos: number
  readonly names: string
  readonly referenceBases: string
  readonly alternateBases: string
  readonly calls: readonly { readonly genotype: readonly (number | '.')[] }[]
}
interface Track {
  readonly type: string
  readonly featureSource: { readonly featureCache: { getAllFeatures(): Readonly<Record<string, readonly Variant[]>> } }
}
interface Viewport {
  readonly featureCache?: { readonly features: { allAlignments(): readonly Read[] } }
}
interface Igv {
  createBrowser(
    element: Element,
    options: object,
  ): Promise<{ readonly trackViews: readonly { readonly track: Track; readonly viewports: readonly Viewport[] }[] }>
}

/** A page of an origin of its own that does nothing but load igv.js, and the reference beside it. */
function createPageServer(): Server {
  const library = createRequire(import.meta.url).resolve('igv/dist/igv.esm.min.js')
  const page =
    '<!doctype html><link rel="icon" href="data:,"><script type="module">import igv from "/igv.js"; window.igv = igv</script>'
  const files: Readonly<Record<string, readonly [string, Buffer | string]>> = {
    '/': ['text/html', page],
    '/igv.js': ['text/javascript', readFileSync(library)],
    '/volvox.fa': ['text/plain', readFileSync(REFERENCE)],
  }
  return createServer(({ url = '/' }, response) => {
    const [type, body] = files[url] ?? ['text/plain', '']
    response.writeHead(files[url] ? 200 : 404, { 'content-type': type }).end(body)
  })
}

/** Opens both tracks at the locus and gives what igv.js then holds, as lines that the other programs print, too. */
async function readInPage(
  page: Page,
  address: string,
  base: string,
  locus: string,
): Promise<{ readonly reads: readonly string[]; readonly variants: readonly string[] }> {
  await page.goto(address)
  await page.waitForFunction(() => 'igv' in window)
  return page.evaluate(
    async ([base, locus]) => {
      const { igv } = window as unknown as { readonly igv: Igv }
      // Neither hidden nor thinned out: reads that failed or are copies, and deep places.
      const complete = { filter: { vendorFailed: false, duplicates: false }, samplingDepth: 1e6 }
      const { trackViews } = await igv.createBrowser(document.body, {
        loadDefaultGenomes: false,
        reference: { id: 'volvox', fastaURL: '/volvox.fa', indexed: false },
        locus,
        tracks: [
          { type: 'alignment', sourceType: 'htsget', format: 'bam', url: `${base}/reads/some/reads`, ...complete },
          { type: 'variant', sourceType: 'htsget', format: 'vcf', url: `${base}/variants/some:variants` },
        ],
      })
      const shown = (type: string) => trackViews.find(({ track }) => track.type === type)
      const [reads, variants] = [shown('alignment'), shown('variant')]
      while (!reads?.viewports[0]?.featureCache || !variants?.viewports[0]?.featureCache) {
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
      return {
        reads: reads.viewports[0].featureCache.features
          .allAlignments()
          .map(({ readName, flags, start, cigar }) => [readName, flags, start + 1, cigar].join('\t')),
        variants: Object.values(variants.track.featureSource.featureCache.getAllFeatures())
          .flat()
          .map(({ pos, names, referenceBases, alternateBases, calls }) =>
            [pos, names, referenceBases, alternateBases, ...calls.map((call) => call.genotype.join('/'))].join('\t'),
          ),
      }
    },
    [base, locus] as const,
  )
}

/** Rejects with the first thing that the browser complains about: an answer that it keeps from the page, an error there. */
function firstComplaint(page: Page): Promise<never> {
  return new Promise((_, reject) => {
    page.on('pageerror', reject)
    page.on('console', (message) => {
      if (message.type() === 'error') reject(new Error(message.text()))
    })
  })
}

async function print(program: string, ...args: string[]): Promise<string[]> {
  const { code, stdout, stderr } = await run(program, args)
  if (code !== 0) throw new Error(`${program} ended with ${code}: ${stderr}`)
  return stdout.split('\n').slice(0, -1)
}

describeWithToolsAndShared([CHROMIUM, 'samtools', 'bcftools'], ['data/htsget'], 'igv.js in a browser', () => {
  const network = createFixtureNetwork()
  const pages = createPageServer()
  const variants = join(network.directory, 'variants.vcf.gz')
  let browser: Browser | undefined
  let node: string

  beforeAll(async () => {
    const home = await network.makeNode('shown', [{ id: 'd', granularity: 'record' }])
    // The variants call the contig otherwise than the reads and the reference do.
    const names = join(network.directory, 'names')
    writeFileSync(names, `contigA ${LOCUS.contig}\n`)
    await print('bcftools', 'annotate', '--rename-chrs', names, '-Oz', '-o', variants, VARIANTS)
    await print('bcftools', 'index', '-t', variants)
    const add = (id: string, ...more: string[]) =>
      mustRun('node/main.js', 'files', 'add', home, '--dataset', 'd', '--id', id, ...more)
    await add('some/reads', '--individual', 'somebody', READS)
    await add('some:variants', variants)
    node = (await network.serve(home)).url
    await new Promise<void>((resolve) => pages.listen(0, '127.0.0.1', resolve))
    // igv.js knows addresses of its makers; nothing but loopback is to be reached.
    const args = ['--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1']
    browser = await chromium.launch({ executablePath: findTool(CHROMIUM, readTestConfig())!, args })
  }, MINUTE)

  afterAll(async () => {
    await browser?.close()
    pages.close()
    await network.stop()
  })

  test('shows exactly the reads and variants that samtools and bcftools print', async () => {
    const page = await browser!.newPage()
    const asked: URL[] = []
    page.on('request', (request) => asked.push(new URL(request.url())))
    const address = `http://127.0.0.1:${(pages.address() as AddressInfo).port}/`
    const { contig, start, end } = LOCUS
    const reading = readInPage(page, address, `${node}/htsget/v1`, `${contig}:${start + 1}-${end}`)
    const held = await Promise.race([reading, firstComplaint(page)])

    /** The region of the one ticket for records, as the other programs read it: 1-based, both ends included. */
    const regionOf = (path: string): string => {
      const tickets = asked.filter((url) => url.pathname.endsWith(path) && url.searchParams.has('referenceName'))
      expect(tickets).toHaveLength(1)
      const [from, to] = ['start', 'end'].map((name) => Number(tickets[0]!.searchParams.get(name)))
      expect(from).toBeLessThanOrEqual(start)
      expect(to).toBeGreaterThanOrEqual(end)
      return `${contig}:${from! + 1}-${to}`
    }
    // Unmapped reads have a place beside their mates, where igv.js does not draw them.
    const reads = await print('samtools', 'view', '-F', 'UNMAP', READS, regionOf('/reads/some/reads'))
    const format = '%POS\t%ID\t%REF\t%ALT[\t%GT]\n'
    const calls = await print('bcftools', 'query', '-f', format, '-r', regionOf('/variants/some:variants'), variants)

    expect(held.reads.length).toBeGreaterThan(FEWEST.reads)
    expect(held.variants.length).toBeGreaterThan(FEWEST.variants)
    const readColumns = (line: string) => [0, 1, 3, 5].map((column) => line.split('\t')[column]).join('\t')
    expect([...held.reads].sort()).toEqual(reads.map(readColumns).sort())
    expect([...held.variants].sort()).toEqual(calls.map((line) => line.replaceAll('|', '/')).sort())
    // The records came from the data endpoint, whose capability is a header that the browser asks leave for.
    expect(asked.filter(({ pathname }) => pathname.startsWith('/htsget/v1/data/'))).toHaveLength(2)
  })
})
