import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeText, type Random } from './annotated-vcf.js'
import { runTool } from './oracles.js'

/** Contigs of a made-up reference; the last has no reads. */
export const REFERENCES = [
  { name: 'chr1', length: 90_000 },
  { name: 'HLA:01', length: 30_000 },
  { name: 'chr3', length: 20_000 },
  { name: 'empty', length: 5_000 },
] as const

/** CIGAR operations of a read with more of them than a BAM record has room for: its last one would be the 65,536th. */
const LONG_OPERATIONS = 70_001

export interface CramWorld {
  /** An indexed FASTA file. */
  readonly fasta: string
  /** A SAM file in the order of places. */
  readonly sam: string
}

/** Reads over a reference: pairs in all relations, differences of all kinds, optional fields of all types, made up. */
export function makeCramWorld(directory: string, random: Random, templates: number): CramWorld {
  const sequences = REFERENCES.map(({ name, length }) => ({ name, bases: makeSequence(random, length) }))
  const fasta = join(directory, 'reference.fa')
  writeFileSync(fasta, sequences.map(({ name, bases }) => `>${name}\n${bases.replaceAll(/.{60}/g, '$&\n')}\n`).join(''))
  runTool('samtools', ['faidx', fasta])
  const reads = Array.from({ length: templates }, (_, index) => makeTemplate(random, sequences, `t${index}`)).flat()
  reads.push(makeLongRead(random, sequences[0]!.bases))
  reads.sort((a, b) => a.contig - b.contig || a.position - b.position)
  const header = [
    '@HD\tVN:1.6\tSO:coordinate',
    ...REFERENCES.map(({ name, length }) => `@SQ\tSN:${name}\tLN:${length}`),
    '@RG\tID:a\tSM:Eva',
    '@RG\tID:b\tSM:Adam',
    '@CO\tmade up',
  ]
  const unplaced = Array.from({ length: templates / 10 }, (_, index) => {
    const bases = makeText(random, 'ACGTN', 50)
    return [1, 2].map(
      (end) => `u${index}\t${end === 1 ? 77 : 141}\t*\t0\t0\t*\t*\t0\t0\t${bases}\t*${makeTags(random)}`,
    )
  }).flat()
  const sam = join(directory, 'reads.sam')
  writeFileSync(sam, [...header, ...reads.map(({ line }) => line), ...unplaced, ''].join('\n'))
  return { fasta, sam }
}

interface Sequence {
  readonly name: string
  readonly bases: string
}

interface MadeRead {
  readonly contig: number
  /** 1-based. */
  readonly position: number
  readonly line: string
}

function makeSequence(random: Random, length: number): string {
  const bases = makeText(random, 'ACGT', length)
  // Bases that are not known, also where reads lie, and some that are told as one of two.
  return `${bases.slice(0, 300)}${'N'.repeat(40)}${bases.slice(340, 900)}RY${bases.slice(902)}`
}

interface Placed {
  readonly contig: number
  readonly position: number
  readonly end: number
  readonly cigar: string
  readonly bases: string
  readonly isReverse: boolean
}

function whole(random: Random, below: number): number {
  return Math.floor(random() * below)
}

function makeTemplate(random: Random, sequences: readonly Sequence[], name: string): readonly MadeRead[] {
  const contig = whole(random, 3)
  const start = whole(random, sequences[contig]!.bases.length - 1_200)
  const first = place(random, sequences, contig, start)
  const shape = random()
  if (shape < 0.1) return [write(random, sequences, name, random() < 0.2 ? 256 : 0, first, undefined, 0)]
  if (shape < 0.2) {
    // The mate is not mapped and stands where this one does.
    const flag = (first.isReverse ? 16 : 0) | 0x1 | 0x8 | 0x40
    const mateLine = [
      name,
      0x1 | 0x4 | 0x80 | (first.isReverse ? 32 : 0),
      sequences[contig]!.name,
      first.position,
      0,
      '*',
      '=',
    ]
    const bases = makeText(random, 'ACGT', 40)
    const line = [...mateLine, first.position, 0, bases, makeText(random, '#5AFI', 40)].join('\t') + makeTags(random)
    return [write(random, sequences, name, flag, first, first, 0), { contig, position: first.position, line }]
  }
  const isFar = random() < 0.1
  const mateContig = isFar ? (contig + 1) % 3 : contig
  const mateStart = isFar ? whole(random, 9_000) : random() < 0.2 ? start : start + whole(random, 400)
  const second = place(random, sequences, mateContig, mateStart)
  const left = Math.min(first.position, second.position)
  const told = isFar ? 0 : Math.max(first.end, second.end) - left + 1
  // Some lengths are not what would be computed, and some have the other sign.
  const length = random() < 0.2 ? whole(random, 900) - 450 : told
  const flags = (read: Placed, mate: Placed, order: number) =>
    0x3 | (read.isReverse ? 16 : 0) | (mate.isReverse ? 32 : 0) | order
  return [
    write(random, sequences, name, flags(first, second, 0x40), first, second, length),
    write(random, sequences, name, flags(second, first, 0x80), second, first, -length),
  ]
}

/** A read that differs from the reference here and there. */
function place(random: Random, sequences: readonly Sequence[], contig: number, start: number): Placed {
  const reference = sequences[contig]!.bases
  let at = start
  let bases = ''
  let cigar = ''
  if (random() < 0.1) cigar += `${1 + whole(random, 9)}H`
  if (random() < 0.2) {
    bases += makeText(random, 'ACGT', 7)
    cigar += '7S'
  }
  for (let part = 0; part < 1 + whole(random, 4); part++) {
    if (part > 0) {
      const kind = random()
      const count = 1 + whole(random, 5)
      if (kind < 0.4) {
        bases += makeText(random, 'ACGT', count)
        cigar += `${count}I`
      } else if (kind < 0.5) cigar += `${count}P`
      else {
        at += kind < 0.8 ? count : 100
        cigar += kind < 0.8 ? `${count}D` : '100N'
      }
    }
    const length = 10 + whole(random, 40)
    const operation = random() < 0.9 ? 'M' : '='
    const piece = Array.from(reference.slice(at, at + length), (base) =>
      operation === 'M' && random() < 0.05 ? makeText(random, 'ACGTNM', 1) : base,
    )
    bases += piece.join('')
    cigar += `${length}${operation}`
    at += length
  }
  return { contig, position: start + 1, end: at, cigar, bases, isReverse: random() < 0.5 }
}

function write(
  random: Random,
  sequences: readonly Sequence[],
  name: string,
  flag: number,
  { contig, position, cigar, bases }: Placed,
  mate: Placed | undefined,
  length: number,
): MadeRead {
  const mateName = !mate ? '*' : mate.contig === contig ? '=' : sequences[mate.contig]!.name
  const hasBases = random() > 0.05
  const qualities = hasBases && random() > 0.1 ? makeText(random, '#5AFI', bases.length) : '*'
  const fields = [
    name,
    flag,
    sequences[contig]!.name,
    position,
    whole(random, 61),
    cigar,
    mateName,
    mate?.position ?? 0,
  ]
  const line = [...fields, length, hasBases ? bases : '*', qualities].join('\t') + makeTags(random)
  return { contig, position, line }
}

/** @returns with a tab before each */
function makeTags(random: Random): string {
  const number = () => [-70_000, -129, -1, 0, 200, 300, 40_000, 3_000_000_000][whole(random, 8)]!
  const tags = [
    () => `RG:Z:${'ab'[whole(random, 2)]}`,
    () => `XA:A:${makeText(random, 'xyz', 1)}`,
    () => `XI:i:${number()}`,
    () => `XF:f:${(random() * 100).toFixed(3)}`,
    () => `XZ:Z:${makeText(random, 'a b,c', whole(random, 6))}`,
    () => `XH:H:${makeText(random, '0123456789ABCDEF', 2 * whole(random, 4))}`,
    () => `XB:B:${'cCsSiI'[whole(random, 6)]},1,2,${whole(random, 100)}`,
    () => `Xf:B:f,${random().toFixed(4)}`,
    () => `NM:i:${whole(random, 9)}`,
  ]
  return tags.flatMap((make) => (random() < 0.5 ? [`\t${make()}`] : [])).join('')
}

/** One base, one inserted base, by turns. */
function makeLongRead(random: Random, reference: string): MadeRead {
  const start = 2_000
  let bases = ''
  let cigar = ''
  for (let index = 0; index < LONG_OPERATIONS; index++) {
    const isInserted = index % 2 === 1
    bases += isInserted ? makeText(random, 'ACGT', 1) : reference[start + index / 2]!
    cigar += isInserted ? '1I' : '1M'
  }
  return {
    contig: 0,
    position: start + 1,
    line: `long\t0\tchr1\t${start + 1}\t60\t${cigar}\t*\t0\t0\t${bases}\t*\tXX:i:7`,
  }
}
