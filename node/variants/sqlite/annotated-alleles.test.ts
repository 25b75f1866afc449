import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { segmentsDirectory } from '../dataset-manifest.js'
import {
  CHANGES,
  createRandom,
  GENES,
  makeAnnotatedVcf,
  type MadeAllele,
  type MadeFact,
} from '../../testing/annotated-vcf.js'
import { createNodeFixture, type NodeFixture } from '../../testing/node-fixture.js'
import { openWorld } from '../../testing/segment-world.js'
import { grantOf } from '../../testing/world-queries.js'
import { groupTerms, type TermsByKind } from '../annotation.js'
import { Bitmap } from '../bitmap.js'
import type { AnnotationQuery, RangeQuery } from '../variant-query.js'
import type { VariantStore } from '../variant-store.js'
import { EVERYBODY, type VisibleSet } from '../visible-set.js'
import { compactSegments } from './compact-segments.js'
import { createQueryThreads } from './query-threads.js'
import { createSegmentHandles } from './segment-handles.js'
import { createSqliteVariantStore } from './sqlite-variant-store.js'

/** Two datasets of several ingests, annotated in different ways, that share alleles and people. */
const RECORDS = 120
const PLAN = [
  [makeAnnotatedVcf(1, 'vep', [1, 2, 3, 4], RECORDS), makeAnnotatedVcf(2, 'snpeff', [3, 4, 5], RECORDS)],
  [makeAnnotatedVcf(3, 'vep-numbered', [1, 6], RECORDS), makeAnnotatedVcf(4, 'none', [2, 7], RECORDS)],
] as const
const CONTIGS = { '1': 1, '7': 7, X: 23 } as const

let fixture: NodeFixture
let paths: readonly (readonly string[])[]
let compacted: readonly (readonly string[])[]
let stores: readonly { readonly name: string; readonly store: VariantStore }[]

beforeAll(async () => {
  fixture = createNodeFixture()
  // Numbers are given in the order in which people come.
  const everybody = [
    '##fileformat=VCFv4.2',
    `#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\t${[1, 2, 3, 4, 5, 6, 7].map((n) => `p${n}`).join('\t')}`,
    '',
  ]
  fixture.addDataset('numbers')
  await fixture.ingest('numbers', [everybody.join('\n')])
  for (const [index, files] of PLAN.entries()) {
    fixture.addDataset(`d${index}`)
    for (const { text } of files) {
      const { unassignedAnnotations } = await fixture.ingest(`d${index}`, [text])
      expect(unassignedAnnotations).toBe(0)
    }
  }
  paths = PLAN.map((_, index) => {
    const directory = segmentsDirectory(fixture.directory, `d${index}`)
    return readdirSync(directory)
      .sort()
      .map((file) => join(directory, file))
  })
  compacted = paths.map((segments, index) => {
    const target = join(fixture.directory, `compacted-${index}`)
    compactSegments(segments, target, 'GRCh38')
    return [target]
  })
  const threads = createQueryThreads({ threads: 1, budget: { handles: 4, bytes: 1_000_000 } })
  stores = [
    { name: 'as ingested', store: createSqliteVariantStore(openWorld(paths, createSegmentHandles())) },
    { name: 'compacted', store: createSqliteVariantStore(openWorld(compacted, createSegmentHandles())) },
    {
      name: 'on a thread',
      store: createSqliteVariantStore(openWorld(paths, createSegmentHandles()), { threads, rowLimit: 0 }),
    },
  ]
})
afterAll(async () => {
  for (const { store } of stores) await store.close()
  await fixture.remove()
})

interface Known {
  readonly allele: MadeAllele
  readonly facts: readonly MadeFact[]
}

function toName({ contig, start, ref, alt }: MadeAllele): string {
  return [CONTIGS[contig], start, ref, alt].join(':')
}

function compareAlleles(a: MadeAllele, b: MadeAllele): number {
  const order = CONTIGS[a.contig] - CONTIGS[b.contig] || a.start - b.start
  if (order !== 0) return order
  const [left, right] = [`${a.ref}\0${a.alt}`, `${b.ref}\0${b.alt}`]
  return left < right ? -1 : left > right ? 1 : 0
}

/** Every allele of a dataset in order, with what each file says of it. */
function allelesOf(dataset: number): readonly Known[] {
  const byName = new Map<string, MadeFact[]>()
  for (const fact of PLAN[dataset]!.flatMap(({ facts }) => facts)) {
    byName.set(toName(fact.allele), [...(byName.get(toName(fact.allele)) ?? []), fact])
  }
  return [...byName.values()]
    .map((facts) => ({ allele: facts[0]!.allele, facts }))
    .sort((a, b) => compareAlleles(a.allele, b.allele))
}

function lengthOf({ ref, alt }: MadeAllele): number {
  return Math.max(ref.length, alt.length)
}

/** One by one, from what was decided before the files were written. */
function isAskedFor({ allele, facts }: Known, query: AnnotationQuery): boolean {
  const said = (key: 'genes' | 'changes' | 'hgvs') => facts.flatMap((fact) => fact[key])
  const { gene, aminoacidChange, hgvs, within } = query
  if (gene !== undefined && !said('genes').some((name) => name.toLowerCase() === gene.toLowerCase())) return false
  if (aminoacidChange !== undefined && !said('changes').includes(aminoacidChange)) return false
  if (hgvs !== undefined && !said('hgvs').includes(hgvs)) return false
  const { types, minimumLength = 0, maximumLength = Infinity, alternateBases } = within ?? query
  const { ref, alt, start } = allele
  const type =
    ref === '' ? 'INS' : alt === '' ? 'DEL' : ref.length !== alt.length ? 'INDEL' : ref.length === 1 ? 'SNP' : 'MNP'
  if (types && !types.includes(type)) return false
  if (lengthOf(allele) < minimumLength || lengthOf(allele) > maximumLength) return false
  if (alternateBases !== undefined && alt !== alternateBases) return false
  if (!within || within.kind !== 'range') return true
  if (CONTIGS[allele.contig] !== within.contig) return false
  const end = start + ref.length
  return start === end ? within.start <= start && start < within.end : start < within.end && end > within.start
}

function answerNaively(dataset: number, query: AnnotationQuery, visible: VisibleSet) {
  const found = allelesOf(dataset).flatMap((known) => {
    const carriers = known.facts
      .flatMap((fact) => fact.carriers)
      .filter((person) => visible.kind === 'everybody' || visible.people.has(person))
    return carriers.length > 0 && isAskedFor(known, query) ? [{ ...known, carriers }] : []
  })
  return {
    alleles: found.map(({ allele }) => toName(allele)),
    carriers: [...new Set(found.flatMap(({ carriers }) => carriers))].sort((a, b) => a - b),
    annotations: found.map(({ facts }) => ({
      genes: distinct(facts, 'genes'),
      changes: distinct(facts, 'changes'),
      hgvs: distinct(facts, 'hgvs'),
      effects: distinct(facts, 'effects'),
      dbSnp: distinct(facts, 'dbSnp'),
      significance: distinct(facts, 'significance'),
    })),
  }
}

function distinct(facts: readonly MadeFact[], key: Exclude<keyof MadeFact, 'allele' | 'carriers'>): readonly string[] {
  return [...new Set(facts.flatMap((fact) => fact[key]))].sort()
}

function toPlainTerms(terms: TermsByKind) {
  const sorted = (...lists: readonly (readonly string[] | undefined)[]) => lists.flatMap((list) => list ?? []).sort()
  const significances = (terms.interpretation ?? []).map(
    (text) => (JSON.parse(text) as { significance: string }).significance,
  )
  return {
    genes: sorted(terms.gene, terms.geneId),
    changes: sorted(terms.aminoacidChange),
    hgvs: sorted(terms.genomicHgvs, terms.transcriptHgvs, terms.proteinHgvs),
    effects: sorted(terms.effect),
    dbSnp: sorted(terms.dbSnp),
    significance: [...new Set(significances)].sort(),
  }
}

/** Questions of every kind, some of which nothing answers. */
function makeQueries(count: number): readonly AnnotationQuery[] {
  const random = createRandom(99)
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!
  const allHgvs = PLAN.flat().flatMap(({ facts }) => facts.flatMap(({ hgvs }) => hgvs))
  const genes = [
    ...GENES.flatMap(({ symbol, id, hgnc }) => [symbol, symbol.toLowerCase(), id, `hgnc:${hgnc}`]),
    'EGFR',
    'BRAF-EGFR',
  ]
  const place = { kind: 'annotation', assembly: 'GRCh38' } as const
  return Array.from({ length: count }, (): AnnotationQuery => {
    const narrowing = pick([
      {},
      {},
      { types: ['SNP'] },
      { types: ['INS', 'DEL'] },
      { minimumLength: 2 },
      { maximumLength: 1 },
      { alternateBases: 'A' },
    ])
    const start = 50_000_000 + pick([-10, 0, 2, 38, 900, 1_048_570])
    const range: RangeQuery = {
      kind: 'range',
      assembly: 'GRCh38',
      contig: pick([1, 7, 23]),
      start,
      end: start + pick([1, 5, 1_000, 2_000_000]),
      ...narrowing,
    }
    switch (pick(['gene', 'gene', 'change', 'both', 'hgvs', 'gene in range', 'change in range'])) {
      case 'gene':
        return { ...place, gene: pick(genes), ...narrowing }
      case 'change':
        return { ...place, aminoacidChange: pick(CHANGES), ...narrowing }
      case 'both':
        return { ...place, gene: pick(genes), aminoacidChange: pick(CHANGES), ...narrowing }
      case 'gene in range':
        return { ...place, gene: pick(genes), within: range }
      case 'change in range':
        return { ...place, aminoacidChange: pick(CHANGES), within: range }
      default:
        return { ...place, hgvs: random() < 0.1 ? 'NM_000000.1:c.1A>G' : pick(allHgvs) }
    }
  })
}

const VISIBLE: readonly (readonly [VisibleSet, VisibleSet])[] = [
  [EVERYBODY, EVERYBODY],
  [{ kind: 'some', people: new Bitmap([1, 5]), version: 'a' }, EVERYBODY],
  [EVERYBODY, { kind: 'some', people: new Bitmap([7]), version: 'b' }],
  [
    { kind: 'some', people: new Bitmap([]), version: 'c' },
    { kind: 'some', people: new Bitmap([1, 2]), version: 'd' },
  ],
]

describe('questions about annotations', () => {
  test('find exactly the alleles, people and annotations that were written, however the store is laid out', async () => {
    let found = 0
    for (const [index, query] of makeQueries(150).entries()) {
      const visible = VISIBLE[index % VISIBLE.length]!
      const expected = PLAN.map((_, dataset) => answerNaively(dataset, query, visible[dataset]!))
      const page = { offset: index % 3, limit: 25 }
      // The thread is slow to ask.
      for (const { name, store } of index % 8 === 0 ? stores : stores.slice(0, 2)) {
        const answer = await store.query(grantOf(visible), query, page)
        for (const [dataset, { alleles, carriers, annotations }] of expected.entries()) {
          const { matches, page: records } = answer.datasets[dataset]!
          if (matches.kind !== 'several-alleles') throw new TypeError('a question about annotations is about several')
          expect({ name, query, variants: matches.variants, carriers: matches.carriers.toArray() }).toEqual({
            name,
            query,
            variants: alleles.length,
            carriers,
          })
          const names = records.map(({ variant }) =>
            [variant.contig, variant.start, variant.referenceBases, variant.alternateBases].join(':'),
          )
          expect(names).toEqual(alleles.slice(page.offset, page.offset + page.limit))
          const plain = records.map(({ annotation }) => toPlainTerms(groupTerms(annotation)))
          expect(plain).toEqual(annotations.slice(page.offset, page.offset + page.limit))
        }
        const union = new Set(expected.flatMap(({ alleles }) => alleles))
        expect(answer.node).toMatchObject({ kind: 'several-alleles', variants: union.size })
        found += union.size
      }
    }
    expect(found).toBeGreaterThan(500)
  })

  test('about a gene and nothing else are answered the same of one compacted segment, from its totals', async () => {
    const alone = compacted.map((segments) => createSqliteVariantStore(openWorld([segments], createSegmentHandles())))
    for (const [dataset, store] of alone.entries()) {
      for (const gene of ['braf', 'Y_RNA', 'HGNC:4931', 'ENSG00000147894', 'EGFR']) {
        for (const visible of VISIBLE.map((sets) => sets[dataset]!)) {
          for (const page of [undefined, { offset: 2, limit: 5 }, { offset: 0, limit: 1_000 }]) {
            const query: AnnotationQuery = { kind: 'annotation', assembly: 'GRCh38', gene }
            const expected = answerNaively(dataset, query, visible)
            const { datasets, node } = await store.query(grantOf([visible]), query, page)
            if (node?.kind !== 'several-alleles') throw new TypeError('a question about a gene is about several')
            expect({ gene, variants: node.variants, carriers: node.carriers.toArray() }).toEqual({
              gene,
              variants: expected.alleles.length,
              carriers: expected.carriers,
            })
            const size = page ? expected.alleles.slice(page.offset, page.offset + page.limit).length : 0
            expect(datasets[0]!.page).toHaveLength(size)
          }
        }
      }
      await store.close()
    }
  })

  test('say that there may be more where a file is not annotated', async () => {
    const gene: AnnotationQuery = { kind: 'annotation', assembly: 'GRCh38', gene: 'BRAF' }
    for (const { store } of stores) {
      const { datasets, node } = await store.query(grantOf([EVERYBODY, EVERYBODY]), gene)
      expect(datasets.map(({ matches }) => matches)).toMatchObject([
        { annotation: 'complete' },
        { annotation: 'partial' },
      ])
      expect(node).toMatchObject({ annotation: 'partial' })
    }
  })
})
