import { join } from 'node:path'
import { readNodeConfig } from '../config.js'
import { addDataset } from '../dataset.js'
import { openIndividuals } from '../metadata/individuals.js'
import { toAnnotation, toTerm } from '../variants/annotation.js'
import { Bitmap, EMPTY } from '../variants/bitmap.js'
import { readManifest, segmentsDirectory, writeManifest } from '../variants/dataset-manifest.js'
import { encodeNumbers, type EncodedSet } from '../variants/encode-numbers.js'
import type { EncodedSets } from '../variants/sqlite/encoded-calls.js'
import { createSegmentWriter } from '../variants/sqlite/segment-writer.js'
import type { Variant } from '../variants/variant.js'
import { createLargeCalls, DENSE, LARGE_ASSEMBLY, largeVariants, NOTED_GENE, type LargeCalls } from './large-alleles.js'

// A large made-up dataset, written without a VCF: node large-dataset.js DIR DATASET ALLELES PEOPLE [SEGMENTS]
// With several segments each has some of the people, and the alleles that these carry.

/** Sets of common alleles that are remembered as bytes: those of neighbours in linkage are equal. */
const REMEMBERED_SETS = 64

function createEncoder(): (calls: LargeCalls) => EncodedSets {
  const remembered = new Map<string, readonly [EncodedSet, EncodedSet]>()
  const encode = ({ heterozygous, homozygous }: LargeCalls) =>
    [encodeNumbers(heterozygous), encodeNumbers(homozygous)] as const
  return (calls) => {
    let carriers = calls.key === '' ? encode(calls) : remembered.get(calls.key)
    if (!carriers) {
      carriers = encode(calls)
      if (remembered.size >= REMEMBERED_SETS) remembered.clear()
      remembered.set(calls.key, carriers)
    }
    return [...carriers, null, encodeNumbers(calls.noCall), null, null, null]
  }
}

/** Where alleles are dense they are annotated, as a panel of genes is. */
function annotationOf({ contig, start, alternateBases }: Variant): string {
  if (contig !== DENSE.contig || start < DENSE.start || start >= DENSE.end) return ''
  const gene = start < NOTED_GENE.end ? NOTED_GENE.symbol : 'OTHER'
  const terms = [
    toTerm('gene', gene),
    toTerm('effect', start % 3 === 0 ? 'missense_variant' : 'intron_variant'),
    toTerm('transcriptHgvs', `NM_000001.1:c.${start - DENSE.start + 1}>${alternateBases}`),
  ]
  return toAnnotation(terms)
}

/** The part of a set that lies in [from, to). */
function within(numbers: Uint32Array, from: number, to: number): Uint32Array {
  return numbers.filter((number) => from <= number && number < to)
}

/** Writes the segment of people `from` to below `to`. @returns the number of its alleles */
function writeSegment(path: string, alleles: number, people: number, from: number, to: number): number {
  const everybody = Bitmap.fromRange(from, to)
  const writer = createSegmentWriter(path, LARGE_ASSEMBLY, everybody)
  const callsAt = createLargeCalls(alleles, people)
  const encode = createEncoder()
  const isWhole = to - from === people
  let written = 0
  for (const variant of largeVariants(alleles)) {
    const all = callsAt(variant)
    const calls = isWhole ? all : cut(all, from, to)
    if (calls.heterozygous.length + calls.homozygous.length === 0) continue
    const annotation = annotationOf(variant)
    writer.add({ variant, anchor: 'A', sets: encode(calls), ...(annotation === '' ? {} : { annotation }) })
    written++
  }
  const cohort = { origin: 'germline', absent: 'hom-ref', hasSequence: true, hasStructural: true } as const
  writer.finish([{ ...cohort, people: { all: everybody, males: EMPTY, females: everybody } }], ['genes'])
  return written
}

function cut({ heterozygous, homozygous, noCall }: LargeCalls, from: number, to: number): LargeCalls {
  return {
    heterozygous: within(heterozygous, from, to),
    homozygous: within(homozygous, from, to),
    noCall: within(noCall, from, to),
    key: '',
  }
}

/** Adds a dataset of made-up people 1 to `people`, published. */
export function addLargeDataset(
  directory: string,
  id: string,
  alleles: number,
  people: number,
  segments: number,
): void {
  const basis = 'made up for a measurement'
  const options = { name: id, assembly: LARGE_ASSEMBLY, granularity: 'record', access: 'public', basis } as const
  addDataset(directory, readNodeConfig(directory), id, options, new Date())
  const individuals = openIndividuals(directory)
  individuals.store(individuals.identify(Array.from({ length: people }, (_, person) => `p${person}`)))
  individuals.close()
  const createDateTime = new Date().toISOString()
  const entries = Array.from({ length: segments }, (_, index) => {
    const [from, to] = [index, index + 1].map((part) => 1 + Math.floor((part * people) / segments)) as [number, number]
    const file = `large-${index}.sqlite`
    const written = writeSegment(join(segmentsDirectory(directory, id), file), alleles, people, from, to)
    return { file, alleles: written, individuals: to - from, createDateTime }
  })
  writeManifest(directory, { ...readManifest(directory, id)!, segments: entries })
}

const [, script, directory, id, alleles, people, segments = '1'] = process.argv
if (script?.endsWith('large-dataset.js') && directory && id) {
  addLargeDataset(directory, id, Number(alleles), Number(people), Number(segments))
}
