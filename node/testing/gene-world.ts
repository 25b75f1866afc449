import fc from 'fast-check'
import type { Span, Transcript } from '../variants/genes/transcript.js'
import type { Reference } from '../variants/reference.js'
import type { Variant } from '../variants/variant.js'

/** A made-up contig with one transcript on it, and what its numbering means, found by writing it out base by base. */
export interface GeneWorld {
  readonly genome: string
  readonly transcript: Transcript
}

const NUMBER_OF_BASES = 140

/** Few letters in runs, so that alleles can be shifted; all four, so that codons mean something. */
const genome = fc
  .array(fc.constantFrom('A', 'C', 'G', 'T', 'AA', 'CC', 'ACAC', 'GTGT'), { minLength: 140, maxLength: 140 })
  .map((parts) => parts.join('').slice(0, NUMBER_OF_BASES))

/** @param isCoding whether the coding sequence is whole codons; without, it begins and ends anywhere */
export function geneWorld(isCoding = false): fc.Arbitrary<GeneWorld> {
  return fc
    .record({
      genome,
      strand: fc.constantFrom<'+' | '-'>('+', '-'),
      borders: fc
        .uniqueArray(fc.integer({ min: 1, max: NUMBER_OF_BASES - 1 }), { minLength: 2, maxLength: 8 })
        .map((numbers) => numbers.sort((a, b) => a - b)),
      from: fc.nat(),
      bases: fc.nat(),
    })
    .map(({ genome, strand, borders, from, bases }) => {
      const exons: Span[] = []
      for (let index = 0; index + 1 < borders.length; index += 2) exons.push([borders[index]!, borders[index + 1]!])
      const exonic = exons.flatMap(([start, end]) => Array.from({ length: end - start }, (_, at) => start + at))
      const first = from % exonic.length
      const most = exonic.length - first
      const length = isCoding ? Math.max(3, 1 + (bases % most) - ((1 + (bases % most)) % 3)) : 1 + (bases % most)
      const last = Math.min(first + length, exonic.length) - 1
      const coding = { start: exonic[first]!, end: exonic[last]! + 1 }
      const transcript: Transcript = {
        accession: 'NM_000001',
        version: '2',
        assembly: 'GRCh38',
        contig: 1,
        strand,
        exons,
        coding,
      }
      return { genome, transcript }
    })
}

/** The only contig is the sequence; outside of it there are no bases. */
export function referenceOf(genome: string): Reference {
  return {
    assembly: 'GRCh38',
    bases: (_, start, end) => genome.slice(Math.max(0, start), Math.max(0, end)),
    has: () => true,
    close: () => undefined,
  }
}

const OTHER_STRAND = new Map([
  ['A', 'T'],
  ['T', 'A'],
  ['C', 'G'],
  ['G', 'C'],
])

export function turn(bases: string): string {
  return [...bases]
    .reverse()
    .map((base) => OTHER_STRAND.get(base)!)
    .join('')
}

/** The contig in the direction of the transcript. */
export function oriented({ genome, transcript }: GeneWorld): string {
  return transcript.strand === '+' ? genome : turn(genome)
}

/** The exons of the transcript on the oriented contig, in order. */
function orientedExons({ genome, transcript: { exons, strand } }: GeneWorld): readonly Span[] {
  if (strand === '+') return exons
  return exons.map(([start, end]): Span => [genome.length - end, genome.length - start]).reverse()
}

/** Oriented positions of the spliced sequence, one a base. */
export function splicedPositions(world: GeneWorld): readonly number[] {
  const positions: number[] = []
  for (const [start, end] of orientedExons(world)) for (let at = start; at < end; at++) positions.push(at)
  return positions
}

/** Indexes in the spliced sequence of the first coding base and of the one behind the last. */
export function codingIndexes(world: GeneWorld): Span {
  const { genome, transcript } = world
  const { start, end } = transcript.coding!
  const at = (position: number) =>
    splicedPositions(world).indexOf(transcript.strand === '+' ? position : genome.length - 1 - position)
  return transcript.strand === '+' ? [at(start), at(end - 1) + 1] : [at(end - 1), at(start) + 1]
}

/** What c. calls each base of the oriented contig; undefined outside the transcript. */
export function writeLabels(world: GeneWorld): readonly (string | undefined)[] {
  const labels = new Array<string | undefined>(world.genome.length).fill(undefined)
  const [from, to] = codingIndexes(world)
  for (const [index, position] of splicedPositions(world).entries()) {
    labels[position] = index < from ? `-${from - index}` : index < to ? String(index - from + 1) : `*${index - to + 1}`
  }
  const exons = orientedExons(world)
  for (let number = 0; number + 1 < exons.length; number++) {
    const [start, end] = [exons[number]![1], exons[number + 1]![0]]
    for (let at = start; at < end; at++) {
      const [behind, before] = [at - start + 1, end - at]
      labels[at] = behind <= before ? `${labels[start - 1]}+${behind}` : `${labels[end]}-${before}`
    }
  }
  return labels
}

/** The sequence with the allele in it. */
export function mutate(genome: string, { start, referenceBases, alternateBases }: Variant): string {
  return genome.slice(0, start) + alternateBases + genome.slice(start + referenceBases.length)
}

/** The oriented contig as a description says that it becomes. @param labels of each of its bases */
export function applyDescription(
  sequence: string,
  labels: readonly (string | undefined)[],
  description: string,
): string {
  const [, interval, edit] = /^([-+*\d_]+)(.*)$/.exec(description)!
  const names = interval!.split('_')
  const [first, last] = [labels.indexOf(names[0]), labels.indexOf(names.at(-1))]
  if (first < 0 || last < 0) throw new Error(`no ${interval}`)
  const [before, bases, after] = [sequence.slice(0, first), sequence.slice(first, last + 1), sequence.slice(last + 1)]
  if (edit!.includes('>')) return before + edit!.slice(2) + after
  if (edit === 'del') return before + after
  if (edit === 'dup') return before + bases + bases + after
  if (edit === 'inv') return before + turn(bases) + after
  if (edit!.startsWith('delins')) return before + edit!.slice(6) + after
  return sequence.slice(0, last) + edit!.slice(3) + sequence.slice(last)
}
