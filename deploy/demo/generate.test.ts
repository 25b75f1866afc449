import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { CONTIGS } from '../../schemas/index.js'
import { EXAMPLES } from './examples.js'
import { filesOf, generateDemo, writeDemo, type DemoData, type RegionData } from './generate.js'
import { REGIONS } from './regions.js'

/** A VCF row read back from text, by nothing that wrote it. */
interface Row {
  readonly chrom: string
  readonly pos: number
  readonly ref: string
  readonly alts: readonly string[]
  readonly info: string
  readonly calls: readonly string[]
}

interface Read {
  readonly data: RegionData
  readonly header: readonly string[]
  readonly names: readonly string[]
  readonly rows: readonly Row[]
  readonly sexes: ReadonlyMap<string, string>
  readonly families: ReadonlyMap<string, string>
}

function read(data: RegionData): Read {
  const lines = data.vcf.toString('latin1').trimEnd().split('\n')
  const header = lines.filter((line) => line.startsWith('#'))
  const rows = lines.slice(header.length).map((line): Row => {
    const [chrom, pos, , ref, alt, , , info, , ...calls] = line.split('\t')
    return { chrom: chrom!, pos: Number(pos), ref: ref!, alts: alt!.split(','), info: info!, calls }
  })
  const ped = data.ped
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t'))
  return {
    data,
    header,
    names: header.at(-1)!.split('\t').slice(9),
    rows,
    sexes: new Map(ped.map((fields) => [fields[1]!, fields[4]!])),
    families: new Map(ped.map((fields) => [fields[1]!, fields[0]!])),
  }
}

let demo: DemoData
let regions: readonly Read[]
beforeAll(() => {
  demo = generateDemo()
  regions = demo.regions.map(read)
})

function allelesOf({ rows }: Read): readonly string[] {
  return rows.flatMap(({ chrom, pos, ref, alts }) => alts.map((alt) => `${chrom}-${pos}-${ref}-${alt}`))
}

function isNonParX({ chrom, pos }: Row): boolean {
  return chrom === 'chrX' && pos >= 2_781_480 && pos <= 155_701_382
}

/** Counts an allele from the text of its calls. */
function recount(region: Read, query: string) {
  const [chrom, pos, ref, alt] = query.split('-')
  const row = region.rows.find((r) => r.chrom === `chr${chrom}` && r.pos === Number(pos) && r.ref === ref)
  const allele = row ? String(row.alts.indexOf(alt!) + 1) : '-'
  const counts = { heterozygotes: 0, homozygotes: 0, hemizygotes: 0, alleleCount: 0, alleleNumber: 0 }
  const families = new Set<string>()
  const calls = row?.calls ?? region.names.map(() => '0/0')
  calls.forEach((call, i) => {
    const copies = call.split('/').filter((copy) => copy !== '.')
    const hits = copies.filter((copy) => copy === allele).length
    counts.alleleNumber += copies.length
    counts.alleleCount += hits
    if (hits === 0) return
    families.add(region.families.get(region.names[i]!)!)
    if (copies.length === 1) counts.hemizygotes += 1
    else counts[hits === 2 ? 'homozygotes' : 'heterozygotes'] += 1
  })
  const individuals = counts.heterozygotes + counts.homozygotes + counts.hemizygotes
  return { individuals, families: families.size, ...counts }
}

describe('the generated data', () => {
  test('are the same for the same seed and others for another', () => {
    const again = generateDemo()
    demo.regions.forEach((region, i) => {
      expect(again.regions[i]!.vcf.equals(region.vcf)).toBe(true)
      expect(again.regions[i]!.ped).toBe(region.ped)
    })
    expect(again.answers).toEqual(demo.answers)
    expect(generateDemo(1).regions[0]!.vcf.equals(demo.regions[0]!.vcf)).toBe(false)
  })

  test('have about 200 people and 20,000 alleles a region', () => {
    for (const region of regions) {
      expect(Math.abs(region.names.length - 200)).toBeLessThanOrEqual(20)
      expect(Math.abs(region.data.alleles - 20_000)).toBeLessThan(1_000)
      expect(allelesOf(region)).toHaveLength(region.data.alleles)
    }
  })

  test('name every person once in the network, with a sex and a family', () => {
    const names = regions.flatMap((region) => region.names)
    expect(new Set(names).size).toBe(names.length)
    for (const { names, sexes, families } of regions) {
      expect([...sexes.keys()]).toEqual(names)
      expect(new Set(sexes.values())).toEqual(new Set(['1', '2']))
      expect(new Set(families.values()).size).toBeLessThan(names.length)
      expect(names.every((name) => /^(NORR|MITT|SYD)-\d{4}$/.test(name))).toBe(true)
    }
  })

  test('declare every contig with its length', () => {
    const expected = CONTIGS.GRCh38.map(
      ({ name, length }) => `##contig=<ID=chr${name},length=${length},assembly=GRCh38>`,
    )
    for (const { header } of regions) expect(header.filter((line) => line.startsWith('##contig'))).toEqual(expected)
  })

  test('are sorted, within their contigs, and without overlaps', () => {
    const order = CONTIGS.GRCh38.map(({ name }) => `chr${name}`)
    for (const { rows } of regions) {
      const wrong = rows.filter((row, i) => {
        const before = rows[i - 1]
        if (row.pos + row.ref.length > CONTIGS.GRCh38[order.indexOf(row.chrom)]!.length) return true
        if (before === undefined || before.chrom !== row.chrom) {
          return before !== undefined && order.indexOf(before.chrom) >= order.indexOf(row.chrom)
        }
        return before.pos + before.ref.length > row.pos
      })
      expect(wrong).toEqual([])
      expect(new Set(rows.map(({ chrom }) => chrom)).size).toBe(23)
    }
  })

  test('have one copy of X in men outside the pseudoautosomal regions, and two elsewhere', () => {
    for (const { rows, names, sexes } of regions) {
      const isMan = names.map((name) => sexes.get(name) === '1')
      const wrong = rows.filter((row) => {
        const haploid = isNonParX(row)
        return row.calls.some((call, i) => call.includes('/') === (haploid && isMan[i]))
      })
      expect(wrong).toEqual([])
      expect(rows.filter(isNonParX).length).toBeGreaterThan(100)
      expect(rows.some((row) => row.chrom === 'chrX' && !isNonParX(row))).toBe(true)
    }
  })

  test('have indels that are anchored, trimmed and left-aligned, and rows with several alternates', () => {
    for (const { rows } of regions) {
      const indels = rows.filter(({ ref, alts }) => alts.length === 1 && ref.length !== alts[0]!.length)
      expect(indels.length).toBeGreaterThan(500)
      for (const { ref, alts } of indels) {
        expect(ref[0]).toBe(alts[0]![0])
        expect(Math.min(ref.length, alts[0]!.length)).toBe(1)
        expect(ref.at(-1)).not.toBe(alts[0]!.at(-1))
      }
      expect(rows.filter(({ alts }) => alts.length > 1).length).toBeGreaterThan(200)
      expect(rows.some(({ calls }) => calls.includes('./.'))).toBe(true)
    }
  })

  test('say in AC and AN what their calls hold, with a carrier of every allele', () => {
    for (const { rows } of regions) {
      const wrong = rows.filter(({ alts, calls, info }) => {
        const people = new Map<string, number>()
        for (const call of calls) people.set(call, (people.get(call) ?? 0) + 1)
        const copies = [...people].flatMap(([call, n]) => call.split('/').map((copy) => [copy, n] as const))
        const countOf = (isCounted: (copy: string) => boolean) =>
          copies.filter(([copy]) => isCounted(copy)).reduce((sum, [, n]) => sum + n, 0)
        const counts = alts.map((_, i) => countOf((copy) => copy === String(i + 1)))
        return info !== `AC=${counts.join(',')};AN=${countOf((copy) => copy !== '.')}` || counts.includes(0)
      })
      expect(wrong).toEqual([])
    }
  })

  test('are mostly rare, shared in part and in part of one region only', () => {
    const sets = regions.map((region) => new Set(allelesOf(region)))
    sets.forEach((own, i) => {
      const others = sets.filter((_, j) => j !== i)
      const only = [...own].filter((allele) => !others.some((other) => other.has(allele)))
      const everywhere = [...own].filter((allele) => others.every((other) => other.has(allele)))
      expect(only.length).toBeGreaterThan(3_000)
      expect(everywhere.length).toBeGreaterThan(8_000)
    })
    for (const { rows } of regions) {
      const frequencies = rows.map(({ info }) => Number(/AC=(\d+)/.exec(info)![1]) / Number(/AN=(\d+)/.exec(info)![1]))
      expect(frequencies.filter((f) => f < 0.05).length / rows.length).toBeGreaterThan(0.6)
    }
  })

  test('follow from the parents in trios', () => {
    for (const { data, rows, names } of regions) {
      for (const [child, { parents, sex }] of data.people.entries()) {
        if (!parents) continue
        const wrong = rows.filter((row) => {
          const copies = [child, parents.father, parents.mother].map((i) => row.calls[i]!.split('/'))
          const [own, father, mother] = copies as [string[], string[], string[]]
          if (copies.flat().includes('.')) return false
          if (own.length === 1) return sex !== 'male' || !mother.includes(own[0]!)
          const [a, b] = own as [string, string]
          return !(mother.includes(a) && father.includes(b)) && !(mother.includes(b) && father.includes(a))
        })
        expect(wrong.map(({ chrom, pos }) => `${names[child]} ${chrom}-${pos}`)).toEqual([])
      }
    }
  })
})

describe('the examples', () => {
  const alleles = EXAMPLES.flatMap((e) => (e.kind === 'allele' ? [e] : []))

  test.each(alleles.map((e) => [e.query, e] as const))(
    '%s is where it is said to be, in as many people',
    (query, example) => {
      for (const region of regions) {
        const { key } = region.data.region
        const truth = demo.answers[example.name][key]
        expect(recount(region, query)).toEqual(truth)
        expect(truth.individuals > 0).toBe(example.regions.includes(key))
      }
    },
  )

  test('hit everywhere, in one region, and nowhere', () => {
    const placed = (name: 'everywhere' | 'oneRegion' | 'nowhere') =>
      alleles.find((e) => e.name === name)!.regions.length
    expect([placed('everywhere'), placed('oneRegion'), placed('nowhere')]).toEqual([3, 1, 0])
    const all = new Set(regions.flatMap(allelesOf))
    const nowhere = alleles.find((e) => e.name === 'nowhere')!
    expect(all.has(`chr${nowhere.query}`)).toBe(false)
  })

  test('count the carriers of a range once', () => {
    const range = EXAMPLES.find((e) => e.kind === 'range')!
    for (const { data, rows, names, families } of regions) {
      const inside = rows.filter(
        ({ chrom, pos }) => chrom === `chr${range.contig}` && pos >= range.first && pos <= range.last,
      )
      const carriers = names.filter((_, i) => inside.some(({ calls }) => /[12]/.test(calls[i]!)))
      expect(demo.answers.range[data.region.key]).toEqual({
        variants: inside.reduce((sum, { alts }) => sum + alts.length, 0),
        individuals: carriers.length,
        families: new Set(carriers.map((name) => families.get(name))).size,
      })
    }
  })
})

describe('the files', () => {
  const directory = mkdtempSync(join(tmpdir(), 'fyr-demo-'))
  afterAll(() => rmSync(directory, { recursive: true, force: true }))

  test('are gzip and PED with the same bytes', () => {
    writeDemo(demo, directory)
    expect(demo.regions.map(({ region }) => region)).toEqual(REGIONS)
    for (const { region, vcf, ped } of demo.regions) {
      const files = filesOf(directory, region)
      expect(existsSync(files.ped)).toBe(true)
      expect(gunzipSync(readFileSync(files.vcf)).equals(vcf)).toBe(true)
      expect(readFileSync(files.ped, 'utf8')).toBe(ped)
    }
  })
})
