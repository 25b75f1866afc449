import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseBamHeader } from '../formats/bam/bam-header.js'
import { inflateBlocks } from '../formats/bgzf.js'
import { openFasta, type Fasta } from '../formats/fasta.js'
import type { Region, Selection } from '../formats/slice.js'
import { createRandom, type Random } from './annotated-vcf.js'
import { makeCramWorld, REFERENCES } from './cram-world.js'
import { openMemoryFile, type MemoryFile } from './memory-file.js'
import { runTool } from './oracles.js'

const SEED = 52_026
const TEMPLATES = 600

/** How samtools writes a file: versions, codecs, and what is kept in a slice and in a container. */
const WAYS: readonly (readonly string[])[] = [
  ['version=3.0', 'seqs_per_slice=150', 'slices_per_container=3'],
  ['version=2.1', 'seqs_per_slice=200'],
  ['version=3.1', 'seqs_per_slice=400', 'archive'],
  ['version=3.1', 'seqs_per_slice=500', 'multi_seq_per_slice=1', 'slices_per_container=2'],
  ['version=3.0', 'embed_ref=1', 'seqs_per_slice=300'],
  ['version=3.0', 'no_ref=1', 'multi_seq_per_slice=1', 'seqs_per_slice=700'],
  ['version=3.0', 'use_bzip2=1', 'use_lzma=1', 'level=9'],
  ['version=3.1', 'store_md=1', 'store_nm=1', 'small'],
]

export interface CramFile {
  readonly way: string
  /** Its index stands beside it. */
  readonly path: string
  readonly file: MemoryFile
}

export interface CramFiles {
  /** For the files and what a test writes. */
  readonly directory: string
  readonly random: Random
  /** In the order of WAYS. */
  readonly files: readonly CramFile[]
  readonly fasta: Fasta
  /** What the files were written of. */
  readonly sam: string
  /** Writes another one. @param sam undefined: of all reads */
  write(name: string, options: readonly string[], sam?: string): CramFile
  /** `samtools view`. */
  view(...args: readonly string[]): Buffer
}

/** The same made-up reads as CRAM in all ways. */
export function makeCramFiles(): CramFiles {
  const directory = mkdtempSync(join(tmpdir(), 'fyr-cram-'))
  const random = createRandom(SEED)
  const world = makeCramWorld(directory, random, TEMPLATES)
  const write = (name: string, options: readonly string[], sam?: string): CramFile => {
    const path = join(directory, name)
    const written = options.flatMap((option) => ['--output-fmt-option', option])
    const args = [
      'view',
      '-C',
      '--no-PG',
      '-T',
      world.fasta,
      ...written,
      '-o',
      path,
      sam === undefined ? world.sam : '-',
    ]
    runTool('samtools', args, sam)
    runTool('samtools', ['index', path])
    return { way: options.join(', '), path, file: openMemoryFile(path) }
  }
  return {
    directory,
    random,
    files: WAYS.map((way, index) => write(`${index}.cram`, way)),
    fasta: openFasta(world.fasta),
    sam: readFileSync(world.sam, 'utf8'),
    write,
    view: (...args) => runTool('samtools', ['view', '--no-PG', '-T', world.fasta, ...args]),
  }
}

export function someRegions(regions: readonly Region[], unplaced = false): Selection {
  return { kind: 'some', regions, unplaced }
}

export function randomRegion(random: Random): Region {
  const { name, length } = REFERENCES[Math.floor(random() * REFERENCES.length)]!
  const start = Math.floor(random() * length)
  return { contig: name, start, end: random() < 0.1 ? Infinity : start + 1 + Math.floor(random() ** 3 * 20_000) }
}

/** As samtools takes it. */
export function toRegionText({ contig, start, end }: Region): string {
  return `{${contig}}:${start + 1}-${end === Infinity ? '' : end}`
}

/** The records of a BAM file. */
export function recordsOf(bam: Buffer): Buffer {
  const { content } = inflateBlocks(bam)
  return content.subarray(parseBamHeader(content)!.recordsStart)
}
