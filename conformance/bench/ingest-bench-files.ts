import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, readFileSync } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { gunzipSync } from 'node:zlib'

const NEWLINE = 10
const TAB = 9
const HASH = 0x23
const COPIES = 8
/** Wider than what the file holds of a chromosome, so that no two copies overlap. */
const SHIFT = 4_000_000

/** Writes lines through `bgzip`. */
async function writeBgzip(path: string, chunks: Iterable<Buffer | string>): Promise<void> {
  const bgzip = spawn('bgzip', ['-c'], { stdio: ['pipe', 'pipe', 'inherit'] })
  const written = pipeline(bgzip.stdout, createWriteStream(path))
  for (const chunk of chunks) if (!bgzip.stdin.write(chunk)) await once(bgzip.stdin, 'drain')
  bgzip.stdin.end()
  await written
}

/**
 * Writes a bgzipped VCF file eight times over, each copy shifted along its chromosome; the result is sorted.
 *
 * @returns how many records it has
 */
export async function writeShiftedCopies(source: string, target: string): Promise<number> {
  const text = gunzipSync(readFileSync(source))
  let records = 0
  await writeBgzip(
    target,
    copyLines(text, () => records++),
  )
  return records
}

function* copyLines(text: Buffer, count: () => void): Generator<Buffer | string> {
  let at = 0
  while (text[at] === HASH) at = text.indexOf(NEWLINE, at) + 1
  yield text.subarray(0, at)
  while (at < text.length) {
    // One chromosome at a time, and of it one copy at a time.
    const chromosome = text.subarray(at, text.indexOf(TAB, at) + 1)
    const from = at
    while (at < text.length && text.subarray(at, at + chromosome.length).equals(chromosome)) {
      at = text.indexOf(NEWLINE, at) + 1
    }
    for (let copy = 0; copy < COPIES; copy++) {
      for (let line = from; line < at;) {
        const pos = line + chromosome.length
        const posEnd = text.indexOf(TAB, pos)
        const next = text.indexOf(NEWLINE, line) + 1
        yield chromosome
        yield String(Number(text.toString('latin1', pos, posEnd)) + copy * SHIFT)
        yield text.subarray(posEnd, next)
        count()
        line = next
      }
    }
  }
}

const PEOPLE = 2_000
const RECORDS = 6_000
const SPACING = 100
const BASES = ['A', 'C', 'G', 'T'] as const

/** Writes a VCF whose calls have the fields of common callers: GT:AD:DP:GQ:PL. The same file every time. */
export async function writeCallFields(target: string): Promise<void> {
  await writeBgzip(target, callFieldLines(createRandom(1)))
}

function* callFieldLines(random: () => number): Generator<string> {
  const samples = Array.from({ length: PEOPLE }, (_, person) => `person${person}`)
  yield '##fileformat=VCFv4.2\n##contig=<ID=1,length=249250621>\n##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">\n'
  yield '##FORMAT=<ID=AD,Number=R,Type=Integer,Description="Reads">\n##FORMAT=<ID=DP,Number=1,Type=Integer,Description="Reads">\n'
  yield '##FORMAT=<ID=GQ,Number=1,Type=Integer,Description="Quality">\n##FORMAT=<ID=PL,Number=G,Type=Integer,Description="Likelihoods">\n'
  yield `#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\t${samples.join('\t')}\n`
  for (let record = 0; record < RECORDS; record++) {
    // Most alleles are rare: the frequency is spread evenly over its logarithm.
    const frequency = 10 ** (-3.3 * random())
    const calls = samples.map(() => toCall(random, frequency)).join('\t')
    const base = record % BASES.length
    const alleles = `${BASES[base]}\t${BASES[(base + 1) % BASES.length]}`
    yield `1\t${(record + 1) * SPACING}\t.\t${alleles}\t500\tPASS\t.\tGT:AD:DP:GQ:PL\t${calls}\n`
  }
}

function toCall(random: () => number, frequency: number): string {
  const copies = Number(random() < frequency) + Number(random() < frequency)
  const depth = 15 + Math.floor(30 * random())
  if (random() < 0.005) return './.:0,0:0:.:.'
  const alternate = copies === 0 ? 0 : copies === 2 ? depth : Math.round(depth * (0.35 + 0.3 * random()))
  // 3 per read of the reference: Phred of one half for each read, as callers have it, capped at 99.
  const gq = copies === 1 ? 99 : Math.min(99, 3 * depth - Math.floor(40 * random()))
  const far = 30 * depth + Math.floor(20 * random())
  const likelihoods = copies === 0 ? `0,${gq},${far}` : copies === 1 ? `${far},0,${far + 5}` : `${far},${gq},0`
  return `${['0/0', '0/1', '1/1'][copies]}:${depth - alternate},${alternate}:${depth}:${gq}:${likelihoods}`
}

/** A small generator whose numbers are the same in every run (Park and Miller 1988). */
function createRandom(seed: number): () => number {
  let state = seed
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647
}
