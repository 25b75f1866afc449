import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { grantFor } from '../access/testing/grant-for.js'
import { compactDataset } from '../compact-dataset.js'
import { openIndividuals } from '../metadata/individuals.js'
import { removeIndividual } from '../remove-individual.js'
import { createNodeFixture, toVcf, type NodeFixture } from '../testing/node-fixture.js'
import { fractionOf } from '../variants/allele-fractions.js'
import { Bitmap } from '../variants/bitmap.js'
import { openCatalogue } from '../variants/sqlite/catalogue.js'
import { createSqliteVariantStore } from '../variants/sqlite/sqlite-variant-store.js'

const PEOPLE = ['p0', 'p1', 'p2', 'p3', 'p4']
const POSITIONS = [100, 200]
const RUNS = 40

const cell = fc.record({
  gt: fc.constantFrom('0/1', '1|1', '0/0', './.', '1', '0/2', '1/2', './2'),
  fractions: fc.array(fc.constantFrom('0.3', '0.1225', '0.0025', '0', '1', '1e-2', '.', '1.5', '-0.1', 'nan', 'x'), {
    minLength: 2,
    maxLength: 2,
  }),
  depths: fc.array(fc.constantFrom('0', '10', '7', '91', '13', '.'), { minLength: 3, maxLength: 3 }),
  isShort: fc.nat(9).map((roll) => roll === 0),
})

const row = fc.record({
  pos: fc.constantFrom(...POSITIONS),
  hasTwo: fc.boolean(),
  /** The same alleles with a base behind them, as a caller may write them. */
  isPadded: fc.boolean(),
  filter: fc.constantFrom('PASS', 'PASS', 'PASS', 'weak'),
  keys: fc.constantFrom([], ['AF'], ['AD'], ['AD', 'AF'], ['VAF', 'AD'], ['AD', 'DP', 'HF']),
  cells: fc.array(cell, { minLength: PEOPLE.length, maxLength: PEOPLE.length }),
})

const file = fc.record({
  people: fc.subarray(PEOPLE, { minLength: 1 }),
  rows: fc.array(row, { minLength: 1, maxLength: 5 }).map((rows) => rows.toSorted((a, b) => a.pos - b.pos)),
})

type FileArbitrary = typeof file extends fc.Arbitrary<infer Made> ? Made : never

interface MadeFile {
  readonly samples: readonly string[]
  readonly lines: readonly string[]
}

function toFile({ people, rows }: FileArbitrary, name: string): MadeFile {
  const lines = rows.map(({ pos, hasTwo, isPadded, filter, keys, cells }) => {
    const behind = isPadded ? 'T' : ''
    const alts = hasTwo ? ['C', 'G'] : ['C']
    const values = (key: string, each: (typeof cells)[number]) => {
      if (key === 'DP') return '30'
      const all = key === 'AD' ? each.depths.slice(0, alts.length + 1) : each.fractions.slice(0, alts.length)
      return (each.isShort && key !== 'AD' ? all.slice(0, 1) : all).join(',')
    }
    const columns = people.map((_, index) => {
      const each = cells[index]!
      const gt = hasTwo ? each.gt : each.gt.replace('2', '1')
      return [gt, ...keys.map((key) => values(key, each))].join(':')
    })
    const alleles = `A${behind} ${alts.map((alt) => alt + behind).join(',')}`
    return `1 ${pos} . ${alleles} . ${filter} . ${['GT', ...keys].join(':')} ${columns.join(' ')}`
  })
  return { samples: people.map((person) => `${person}-${name}`), lines }
}

/** A reader of its own: of `pos alt person` who has the allele, the fraction; NaN where no record tells it. */
function readByHand(files: readonly MadeFile[]): Map<string, number> {
  const found = new Map<string, number>()
  for (const { samples, lines } of files) {
    for (const line of lines) {
      const [, pos, , , alt, , filter, , format, ...columns] = line.split(' ')
      if (filter !== 'PASS') continue
      const alts = alt!.split(',')
      const keys = format!.split(':')
      for (const [index, sample] of samples.entries()) {
        const fields = new Map(columns[index]!.split(':').map((text, field) => [keys[field]!, text.split(',')]))
        for (const allele of new Set(fields.get('GT')![0]!.match(/[12]/g)?.map(Number))) {
          const key = `${pos} ${alts[allele - 1]![0]} ${sample.split('-')[0]}`
          const fraction = fractionByHand(fields, allele, alts.length)
          const before = found.get(key) ?? NaN
          found.set(key, Number.isNaN(before) || fraction > before ? fraction : before)
        }
      }
    }
  }
  return found
}

function fractionByHand(fields: ReadonlyMap<string, readonly string[]>, allele: number, alts: number): number {
  const stated = fields.get('AF') ?? fields.get('VAF') ?? fields.get('HF') ?? []
  const text = stated.length === alts ? stated[allele - 1]! : '.'
  if (/^[\d.e-]+$/.test(text) && Number(text) >= 0 && Number(text) <= 1) return toSteps(Number(text))
  const depths = fields.get('AD') ?? ['.']
  const sum = depths.reduce((total, depth) => total + (depth === '.' ? NaN : Number(depth)), 0)
  return sum > 0 ? toSteps(Number(depths[allele]) / sum) : NaN
}

function toSteps(fraction: number): number {
  return Math.round(fraction * 200) / 200
}

async function ingest(fixture: NodeFixture, files: readonly MadeFile[], workers: number): Promise<void> {
  const texts = files.map(({ samples, lines }) => toVcf(samples, lines))
  const sampleMap = files.flatMap(({ samples }) => samples.map((sample) => `${sample}\t${sample.split('-')[0]}\n`))
  const scan = { workers, pieceBytes: 64 }
  await fixture.ingest('d', texts, undefined, { origin: 'somatic', sampleMap: sampleMap.join(''), scan })
}

/** What the store tells of the visible people, in the form of `readByHand`. */
async function readStore(directory: string, visible: readonly string[]): Promise<Map<string, number>> {
  const register = openIndividuals(directory)
  const people = register.list().filter(({ name }) => visible.includes(name))
  register.close()
  const store = createSqliteVariantStore(openCatalogue(directory, { onProblem: () => undefined }))
  const numbers = new Bitmap(people.map(({ number }) => number))
  const grant = grantFor(new Map([['d', { kind: 'some', people: numbers, version: visible.join(' ') }]]))
  const found = new Map<string, number>()
  for (const pos of POSITIONS) {
    for (const alt of ['C', 'G']) {
      const allele = { contig: 1, start: pos - 1, referenceBases: 'A', alternateBases: alt }
      const { datasets } = await store.query(grant, { kind: 'allele', assembly: 'GRCh38', ...allele })
      const { matches } = datasets[0]!
      if (matches.kind !== 'one-allele') throw new Error('asked for one allele')
      const { somatic, fractions } = matches.calls
      for (const number of somatic.toArray()) {
        const { name } = people.find((person) => person.number === number)!
        found.set(`${pos} ${alt} ${name}`, fractionOf(fractions, number) ?? NaN)
      }
      // Nobody's fraction stands there who does not have the allele, or may not be seen.
      expect(fractions.size).toBe(
        somatic.toArray().filter((number) => fractionOf(fractions, number) !== undefined).length,
      )
    }
  }
  await store.close()
  return found
}

function among(found: ReadonlyMap<string, number>, people: readonly string[]): Map<string, number> {
  return new Map([...found].filter(([key]) => people.includes(key.split(' ')[2]!)))
}

test('fractions are those of the files: over ingests, duplicates, hidden and removed people, and through compaction', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(file, { minLength: 1, maxLength: 2 }), { minLength: 1, maxLength: 3 }),
      fc.subarray(PEOPLE),
      fc.nat(4).map((roll) => (roll === 0 ? 1 : 0)),
      async (ingests, visible, workers) => {
        const fixture = createNodeFixture()
        try {
          fixture.addDataset('d')
          const made = ingests.map((files, at) => files.map((each, index) => toFile(each, `${at}.${index}`)))
          for (const files of made) await ingest(fixture, files, workers)
          const expected = readByHand(made.flat())
          const { directory } = fixture
          const expectAll = async (left: readonly string[]) => {
            expect(await readStore(directory, left)).toEqual(among(expected, left))
            const both = left.filter((person) => visible.includes(person))
            expect(await readStore(directory, both)).toEqual(among(expected, both))
          }
          await expectAll(PEOPLE)
          await compactDataset(directory, 'd', { now: () => new Date(), graceMs: 0 })
          await expectAll(PEOPLE)
          const [removed] = made[0]![0]!.samples.map((sample) => sample.split('-')[0]!)
          removeIndividual(directory, removed!)
          await compactDataset(directory, 'd', { now: () => new Date(), graceMs: 0 })
          await expectAll(PEOPLE.filter((person) => person !== removed))
        } finally {
          await fixture.remove()
        }
      },
    ),
    { numRuns: RUNS, seed: 23 },
  )
}, 120_000)
