import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { toVcf } from './support/fixture-network.js'
import { forEachConcurrently, postJson } from './support/http-client.js'
import { createRandom } from './support/mutate-vcf.js'
import { mustRunAll, run, startService, type Service } from './support/processes.js'
import { describeWithTools } from './support/tools.js'

/** The shortest contig: a reference of it alone is small. */
const MT_LENGTH = 16_569
const RECORDS = 600
const LINE_WIDTH = 61

interface Allele {
  readonly pos: number
  readonly ref: string
  readonly alt: string
}

interface Answer {
  readonly response: {
    readonly resultSets: readonly {
      readonly id: string
      readonly exists: boolean
      readonly results: readonly { readonly variantInternalId: string }[]
    }[]
  }
  readonly info: { readonly node: { readonly counts: { readonly individuals: number } } }
}

describeWithTools(['bcftools', 'samtools'], 'indels in repeats', () => {
  const random = createRandom(20_15)
  const below = (limit: number) => Math.floor(random() * limit)
  const directory = mkdtempSync(join(tmpdir(), 'fyr-left-'))
  const home = join(directory, 'node')
  const sequence = makeSequence()
  const written = makeAlleles()
  let service: Service

  /** Units of one to four bases, each repeated, with other bases between. */
  function makeSequence(): string {
    let bases = ''
    const some = (length: number) => Array.from({ length }, () => 'ACGT'[below(4)]).join('')
    while (bases.length < MT_LENGTH) bases += some(1 + below(4)).repeat(1 + below(30)) + some(below(4))
    return bases.slice(0, MT_LENGTH)
  }

  /** Deletions and insertions of what stands there, with more bases before and behind than are needed. */
  function makeAlleles(): readonly Allele[] {
    const alleles = new Map<string, Allele>()
    while (alleles.size < RECORDS) {
      const at = 1 + below(MT_LENGTH - 80)
      const length = 1 + below(8)
      const piece = sequence.slice(at, at + length)
      const before = sequence.slice(at - 1 - below(Math.min(3, at)), at)
      const after = sequence.slice(at + length, at + length + below(4))
      const pos = at - before.length + 1
      const kind = below(8)
      const [whole, other] =
        kind < 3
          ? [before + piece + after, before + after]
          : kind < 6
            ? [before + piece + after, before + piece.repeat(2 + below(3)) + after]
            : [before + piece + after, before + 'ACGT'[below(4)]! + piece.slice(0, below(3)) + after]
      if (whole !== other) alleles.set(`${pos} ${whole} ${other}`, { pos, ref: whole, alt: other })
    }
    return [...alleles.values()].sort((a, b) => a.pos - b.pos)
  }

  /** What is left when nothing at the ends is shared. */
  function toKey({ pos, ref, alt }: Allele): string {
    while (ref && alt && ref.at(-1) === alt.at(-1)) [ref, alt] = [ref.slice(0, -1), alt.slice(0, -1)]
    while (ref && alt && ref[0] === alt[0]) [ref, alt, pos] = [ref.slice(1), alt.slice(1), pos + 1]
    return `${pos} ${ref || '-'} ${alt || '-'}`
  }

  async function ask(g_variant: object, granularity: string): Promise<Answer> {
    const parameters = { g_variant: { assemblyId: 'GRCh38', referenceName: 'MT', ...g_variant } }
    const query = {
      requestParameters: parameters,
      requestedGranularity: granularity,
      includeResultsetResponses: 'ALL',
      pagination: { skip: 0, limit: 1_000 },
    }
    const { body } = await postJson(`${service.url}/beacon/v2/g_variants`, { meta: { apiVersion: 'v2.2.0' }, query })
    return body as Answer
  }

  beforeAll(async () => {
    const reference = join(directory, 'mt.fa')
    const lines = sequence.match(new RegExp(`.{1,${LINE_WIDTH}}`, 'g'))!
    const halfLower = lines.map((line, index) => (index % 2 === 0 ? line : line.toLowerCase()))
    writeFileSync(reference, `>MT made up\n${halfLower.join('\n')}\n`)
    expect(await run('samtools', ['faidx', reference])).toMatchObject({ code: 0 })
    const vcf = toVcf({
      samples: ['anna'],
      lines: written.map(({ pos, ref, alt }) => `MT ${pos} . ${ref} ${alt} . PASS . GT 1`),
    })
    writeFileSync(
      join(directory, 'in.vcf'),
      vcf.replace(
        '\n',
        `\n##contig=<ID=MT,length=${MT_LENGTH}>\n##FORMAT=<ID=GT,Number=1,Type=String,Description="GT">\n`,
      ),
    )
    const options = ['--assembly', 'GRCh38', '--granularity', 'record', '--access', 'public', '--basis', 'made up']
    const add = (id: string) => ['dataset', 'add', home, id, '--name', id, ...options]
    const init = ['init', home, '--id', 'se.fyr.norr', '--name', 'Region Norr']
    await mustRunAll('node/main.js', [init, add('trimmed')])
    appendFileSync(join(home, 'node.yaml'), `references:\n  GRCh38: ${reference}\n`)
    const ingest = (id: string) => ['ingest', home, '--dataset', id, join(directory, 'in.vcf')]
    await mustRunAll('node/main.js', [add('aligned'), ingest('trimmed'), ingest('aligned')])
    service = await startService('node/main.js', 'serve', home, '--port', '0')
  }, 60_000)

  afterAll(async () => {
    await service.stop()
    rmSync(directory, { recursive: true, force: true })
  })

  test('are kept where bcftools norm puts them', async () => {
    const script = `bcftools norm -f "$1" "$2" 2>/dev/null | bcftools query -f '%POS\\t%REF\\t%ALT\\n'`
    const files = [join(directory, 'mt.fa'), join(directory, 'in.vcf')]
    const { code, stdout } = await run('bash', ['-o', 'pipefail', '-c', script, 'norm', ...files])
    expect(code).toBe(0)
    const expected = stdout
      .trimEnd()
      .split('\n')
      .map((line) => {
        const [pos, ref, alt] = line.split('\t')
        // It takes over the case of the reference.
        return toKey({ pos: Number(pos), ref: ref!.toUpperCase(), alt: alt!.toUpperCase() })
      })
    const { response } = await ask({ start: [0], end: [MT_LENGTH] }, 'record')
    const { results } = response.resultSets.find(({ id }) => id === 'aligned')!
    const found = results.map(({ variantInternalId }) => {
      const [, , pos, ref, alt] = variantInternalId.split('-')
      return toKey({ pos: Number(pos), ref: ref!, alt: alt! })
    })
    const moved = written.filter((allele) => !expected.includes(toKey(allele)))
    expect(moved.length).toBeGreaterThan(RECORDS / 4)
    expect([...new Set(found)].sort()).toEqual([...new Set(expected)].sort())
    // Several spellings of one allele are one.
    expect(found).toHaveLength(new Set(expected).size)
  })

  test('are found by whatever spelling is asked, and beside a trimmed dataset their person counts once', async () => {
    const wrong: object[] = []
    await forEachConcurrently(written, 8, async ({ pos, ref, alt }) => {
      const answer = await ask({ start: [pos - 1], referenceBases: ref, alternateBases: alt }, 'count')
      const missing = answer.response.resultSets.filter(({ exists }) => !exists).map(({ id }) => id)
      const { individuals } = answer.info.node.counts
      if (missing.length > 0 || individuals !== 1) wrong.push({ pos, ref, alt, missing, individuals })
    })
    expect(wrong).toEqual([])
  })

  test('are found by a spelling further to the right that no file has', async () => {
    let asked = 0
    for (const { pos, ref, alt } of written) {
      // A deletion of whole units can be written at any later unit of its repeat.
      const [unit, start] = [ref.slice(alt.length), pos - 1 + alt.length]
      if (!ref.startsWith(alt) || unit === '' || !sequence.startsWith(unit + unit, start)) continue
      const later = start + unit.length
      const anchor = sequence[later - 1]!
      const question = { start: [later - 1], referenceBases: anchor + unit, alternateBases: anchor }
      const { response } = await ask(question, 'count')
      expect({ question, ...response.resultSets.find(({ id }) => id === 'aligned') }).toMatchObject({ exists: true })
      asked += 1
    }
    expect(asked).toBeGreaterThan(10)
  })
})
