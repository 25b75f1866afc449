import type { DemoRegion } from './regions.js'
import { contigOf, type Site } from './sites.js'
import type { TrueAlleleCounts, TrueRegionCounts } from './true-counts.js'

export type RegionKey = DemoRegion['key']

/** A question with a known answer. */
export type Example =
  | {
      readonly kind: 'allele'
      readonly name: 'everywhere' | 'oneRegion' | 'nowhere' | 'onX'
      readonly query: string
      readonly site: Site
      readonly regions: readonly RegionKey[]
    }
  | {
      readonly kind: 'range'
      readonly name: 'range'
      readonly query: string
      readonly contig: number
      /** 1-based and closed, as people type it. */
      readonly first: number
      readonly last: number
    }

export type ExampleName = Example['name']

/** The true answer to each example: what each region holds. */
export type TrueAnswers = Readonly<
  Record<Exclude<ExampleName, 'range'>, Readonly<Record<RegionKey, TrueAlleleCounts>>>
> & {
  /** To `everywhere`, among the people who have the phenotype. */
  readonly affected: Readonly<Record<RegionKey, TrueAlleleCounts>>
  readonly range: Readonly<Record<RegionKey, TrueRegionCounts>>
}

const EVERYWHERE: readonly RegionKey[] = ['norr', 'mitt', 'syd']

function allele(
  name: Extract<Example, { kind: 'allele' }>['name'],
  query: string,
  frequency: number,
  regions: readonly RegionKey[],
): Example {
  const [contig, position, ref, alt] = query.split('-') as [string, string, string, string]
  const site = {
    contig: contigOf(contig).number,
    position: Number(position),
    ref,
    alts: [alt],
    frequencies: [frequency],
  }
  return { kind: 'allele', name, query, site, regions }
}

export const EXAMPLES: readonly Example[] = [
  allele('everywhere', '17-43045712-T-C', 0.05, EVERYWHERE),
  allele('oneRegion', '13-32340300-G-A', 0.02, ['norr']),
  allele('nowhere', '7-117559590-A-G', 0, []),
  allele('onX', 'X-31478233-C-T', 0.03, EVERYWHERE),
  {
    kind: 'range',
    name: 'range',
    query: 'chr17:43,044,295-43,170,245',
    contig: contigOf('17').number,
    first: 43_044_295,
    last: 43_170_245,
  },
]
