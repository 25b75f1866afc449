import { join } from 'node:path'
import { CONTIGS } from '../../schemas/index.js'
import { readNodeConfig } from '../config.js'
import { addDataset } from '../dataset.js'
import { openIndividuals } from '../metadata/individuals.js'
import { Bitmap, EMPTY } from '../variants/bitmap.js'
import { readManifest, segmentsDirectory, writeManifest } from '../variants/dataset-manifest.js'
import { createSegmentWriter, encodeCalls } from '../variants/sqlite/segment-writer.js'
import type { Variant } from '../variants/variant.js'

// A large made-up dataset, written as a segment without a VCF: node large-dataset.js DIR DATASET ALLELES PEOPLE

const ASSEMBLY = 'GRCh38'
const AUTOSOMES = 22
/** Where 50,000 alleles stand in one megabase, as in the whole sequence of a thousand people. */
export const DENSE = { contig: 1, start: 100_000_000, end: 101_000_000, alleles: 50_000 }
/** Ends of chromosomes have no sequence. */
const MARGIN = 20_000

const BASES = ['A', 'C', 'G', 'T'] as const

/** The allele at a place: mostly one base, some short ones, now and then a long deletion. */
function variantAt(contig: number, start: number): Variant {
  const hash = Math.imul(start ^ (contig << 27), 0x9e3779b1) >>> 0
  const base = hash % 4
  const [reference, alternate] = [BASES[base]!, BASES[(base + 1 + (hash % 3)) % 4]!]
  if (hash % 5_000 === 0) return { contig, start, referenceBases: reference.repeat(2_000), alternateBases: '' }
  if (hash % 20 === 0) return { contig, start, referenceBases: '', alternateBases: alternate.repeat(1 + (hash % 6)) }
  if (hash % 20 === 1) return { contig, start, referenceBases: reference.repeat(1 + (hash % 9)), alternateBases: '' }
  return { contig, start, referenceBases: reference, alternateBases: alternate }
}

/** Alleles in order: half of the megabase that is dense, and the rest evenly over the autosomes. */
export function* largeVariants(alleles: number): Generator<Variant> {
  const contigs = CONTIGS[ASSEMBLY].filter(({ number }) => number <= AUTOSOMES)
  const bases = contigs.reduce((sum, { length }) => sum + length, 0)
  for (const { number, length } of contigs) {
    const count = Math.floor(((alleles - DENSE.alleles) * length) / bases)
    const step = (length - 2 * MARGIN) / count
    let isDenseDone = number !== DENSE.contig
    for (let index = 0; index < count; index++) {
      const start = MARGIN + Math.floor(index * step)
      if (number === DENSE.contig && start >= DENSE.start) {
        const denseStep = (DENSE.end - DENSE.start) / DENSE.alleles
        for (let dense = 0; !isDenseDone && dense < DENSE.alleles; dense++) {
          yield variantAt(number, DENSE.start + dense * denseStep)
        }
        isDenseDone = true
        if (start < DENSE.end) continue
      }
      yield variantAt(number, start)
    }
  }
}

/** Different sets of carriers, from which alleles take theirs: real ones share them too, by linkage. */
const SPECTRUM = 4_096

/** How many carry an allele: half of all alleles one person, and the others one in n as often as n. */
function createSpectrum(people: number): readonly { readonly heterozygous: Bitmap; readonly homozygous: Bitmap }[] {
  let state = 1
  const random = () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32
  return Array.from({ length: SPECTRUM }, (_, index) => {
    const carriers = index % 2 === 0 ? 1 : Math.max(1, Math.floor(people ** random()))
    const numbers = Array.from({ length: carriers }, () => 1 + Math.floor(random() * people))
    const homozygous = new Bitmap(numbers.filter((_number, at) => carriers > 1 && at / carriers < carriers / people))
    return { heterozygous: Bitmap.andNot(new Bitmap(numbers), homozygous), homozygous }
  })
}

/** Adds a dataset of made-up people 1 to `people`, published. */
export function addLargeDataset(directory: string, id: string, alleles: number, people: number): void {
  const basis = 'made up for a measurement'
  const options = { name: id, assembly: ASSEMBLY, granularity: 'record', access: 'public', basis } as const
  addDataset(directory, readNodeConfig(directory), id, options, new Date())
  const individuals = openIndividuals(directory)
  individuals.store(individuals.identify(Array.from({ length: people }, (_, person) => `p${person}`)))
  individuals.close()
  const everybody = Bitmap.fromRange(1, people + 1)
  const spectrum = createSpectrum(people)
  const file = 'large.sqlite'
  const writer = createSegmentWriter(join(segmentsDirectory(directory, id), file), ASSEMBLY, everybody)
  let written = 0
  for (const variant of largeVariants(alleles)) {
    const { heterozygous, homozygous } = spectrum[Math.imul(written, 0x9e3779b1) >>> 20]!
    const noCall = written % 3 === 0 ? spectrum[(written * 2) % SPECTRUM]!.heterozygous : EMPTY
    const carriers = { heterozygous, homozygous, hemizygous: EMPTY, oneAllele: EMPTY, somatic: EMPTY }
    const isCarrier = Bitmap.or(heterozygous, homozygous)
    const calls = { ...carriers, noCall: noCall.isEmpty ? EMPTY : Bitmap.andNot(noCall, isCarrier) }
    writer.add({ variant, anchor: 'A', sets: encodeCalls(calls) })
    written++
  }
  const cohort = { origin: 'germline', absent: 'hom-ref', hasSequence: true, hasStructural: false } as const
  writer.finish([{ ...cohort, people: { all: everybody, males: EMPTY, females: everybody } }])
  const createDateTime = new Date().toISOString()
  const entry = { file, alleles: written, individuals: people, createDateTime }
  writeManifest(directory, { ...readManifest(directory, id)!, segments: [entry] })
}

const [, script, directory, id, alleles, people] = process.argv
if (script?.endsWith('large-dataset.js') && directory && id) {
  addLargeDataset(directory, id, Number(alleles), Number(people))
}
