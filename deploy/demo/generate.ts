import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { EXAMPLES, type RegionKey, type TrueAnswers } from './examples.js'
import { drawGenotypes, type Genotypes } from './genotypes.js'
import { createPeople, toIndividualsText, toPedText, type Person } from './people.js'
import { createRandom, type Random } from './random.js'
import { REGIONS, type DemoRegion } from './regions.js'
import { compareSites, createSites, take, type Site, type Taken } from './sites.js'
import { countAllele, createRangeCount } from './true-counts.js'
import { toVcfHeader, toVcfRow } from './vcf-text.js'

const SEED = 20_250_101

/** Sites that any region may have: those without a carrier in a region are not in its file. */
const SHARED_SITES = 18_500
/** Sites that only one region has. */
const OWN_SITES = 4_000

/** A region's files as bytes, and what they hold. */
export interface RegionData {
  readonly region: DemoRegion
  readonly people: readonly Person[]
  /** Uncompressed VCF. */
  readonly vcf: Buffer
  readonly ped: string
  /** Phenotypes. */
  readonly individuals: string
  /** Alternate alleles in the file. */
  readonly alleles: number
}

export interface DemoData {
  readonly regions: readonly RegionData[]
  readonly answers: TrueAnswers
}

interface PlannedSite {
  readonly site: Site
  /** Every alternate allele must have a carrier. */
  readonly certain: boolean
}

function planShared(random: Random, taken: Taken): readonly Site[] {
  for (const example of EXAMPLES) {
    if (example.kind === 'allele' && !take(taken, example.site.contig, example.site.position)) {
      throw new TypeError(`the example ${example.query} stands too near to another one`)
    }
  }
  return createSites(random, SHARED_SITES, taken)
}

function planRegion(key: RegionKey, random: Random, shared: readonly Site[], taken: Taken): readonly PlannedSite[] {
  const examples = EXAMPLES.flatMap((e) => (e.kind === 'allele' && e.regions.includes(key) ? [e.site] : []))
  const certain = [...examples, ...createSites(random, OWN_SITES, taken)].map((site) => ({ site, certain: true }))
  return [...certain, ...shared.map((site) => ({ site, certain: false }))].sort((a, b) => compareSites(a.site, b.site))
}

type RegionAnswers = { readonly [K in keyof TrueAnswers]: TrueAnswers[K][RegionKey] }

function createAnswers(people: readonly Person[]) {
  const range = EXAMPLES.find((e) => e.kind === 'range')!
  const inRange = createRangeCount(people)
  const nobody = countAllele(new Int8Array(2 * people.length), people, 1)
  const answers = { everywhere: nobody, affected: nobody, oneRegion: nobody, nowhere: nobody, onX: nobody }
  return {
    // No site stands so near to the ends of the range that only a part of it lies inside (sites.ts keeps an edge free).
    add(site: Site, genotypes: Genotypes): void {
      const { contig, position, alts } = site
      if (contig === range.contig && range.first <= position && position <= range.last)
        inRange.add(genotypes, alts.length)
      const example = EXAMPLES.find((e) => e.kind === 'allele' && e.site === site)
      if (example?.kind === 'allele') answers[example.name] = countAllele(genotypes, people, 1)
      if (example?.name === 'everywhere') {
        answers.affected = countAllele(genotypes, people, 1, ({ affected }) => affected)
      }
    },
    finish: (): RegionAnswers => ({ ...answers, range: inRange.counts() }),
  }
}

function generateRegion(region: DemoRegion, random: Random, shared: readonly Site[], taken: Taken) {
  const people = createPeople(region.key.toUpperCase(), region.people, random)
  const rows: Buffer[] = [Buffer.from(toVcfHeader(people))]
  const answers = createAnswers(people)
  let alleles = 0
  for (const { site, certain } of planRegion(region.key, random, shared, taken)) {
    const genotypes = drawGenotypes(random, people, site, certain)
    if (!genotypes) continue
    alleles += site.alts.length
    rows.push(toVcfRow(site, genotypes))
    answers.add(site, genotypes)
  }
  const data: RegionData = {
    region,
    people,
    vcf: Buffer.concat(rows),
    ped: toPedText(people),
    individuals: toIndividualsText(people),
    alleles,
  }
  return { data, answers: answers.finish() }
}

/** Made-up data of three regions; the same for the same seed. */
export function generateDemo(seed: number = SEED): DemoData {
  const random = createRandom(seed)
  const taken: Taken = new Set()
  const shared = planShared(random, taken)
  const made = REGIONS.map((region) => generateRegion(region, random, shared, taken))
  const ofEach = <T>(pick: (answers: RegionAnswers) => T): Readonly<Record<RegionKey, T>> => {
    const entries = made.map(({ data, answers }) => [data.region.key, pick(answers)] as const)
    return Object.fromEntries(entries) as Record<RegionKey, T>
  }
  return {
    regions: made.map(({ data }) => data),
    answers: {
      everywhere: ofEach((a) => a.everywhere),
      affected: ofEach((a) => a.affected),
      oneRegion: ofEach((a) => a.oneRegion),
      nowhere: ofEach((a) => a.nowhere),
      onX: ofEach((a) => a.onX),
      range: ofEach((a) => a.range),
    },
  }
}

export interface RegionFiles {
  readonly vcf: string
  readonly ped: string
  readonly individuals: string
}

export function filesOf(directory: string, region: DemoRegion): RegionFiles {
  return {
    vcf: join(directory, `${region.key}.vcf.gz`),
    ped: join(directory, `${region.key}.ped`),
    individuals: join(directory, `${region.key}-individuals.json`),
  }
}

/** Writes each region's `.vcf.gz`, `.ped` and phenotypes. */
export function writeDemo(data: DemoData, directory: string): void {
  mkdirSync(directory, { recursive: true })
  for (const { region, vcf, ped, individuals } of data.regions) {
    const files = filesOf(directory, region)
    writeFileSync(files.vcf, gzipSync(vcf, { level: 1 }))
    writeFileSync(files.ped, ped)
    writeFileSync(files.individuals, individuals)
  }
}
