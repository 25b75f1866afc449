import { createWriteStream } from 'node:fs'
import { once } from 'node:events'
import { join } from 'node:path'
import { run } from '../support/processes.js'
import { createRandom } from '../support/random.js'

/** 24 contigs of 200 Mb: with a read in every 16 kb of them the index has some 9 MB, as that of a whole genome. */
const CONTIGS = 24
const CONTIG_BASES = 200_000_000
const READS = 600_000
const READ_BASES = 150
const BASES = 'ACGT'
const SEED = 909

export const SPREAD_CONTIGS: readonly string[] = Array.from({ length: CONTIGS }, (_, index) => `chr${index + 1}`)
export const SPREAD_CONTIG_BASES = CONTIG_BASES

async function mustSucceed(program: string, args: readonly string[]): Promise<void> {
  const { code, stderr } = await run(program, args)
  if (code !== 0) throw new Error(`${program} ${args[0]} ended with ${code}: ${stderr}`)
}

/** A sorted BAM of random reads all over a genome, with its BAI. Returns its path. */
export async function writeSpreadBam(directory: string): Promise<string> {
  const text = join(directory, 'spread.sam')
  const path = join(directory, 'spread.bam')
  const random = createRandom(SEED)
  const out = createWriteStream(text)
  const put = async (lines: string) => {
    if (!out.write(lines)) await once(out, 'drain')
  }
  await put('@HD\tVN:1.6\tSO:coordinate\n')
  for (const name of SPREAD_CONTIGS) await put(`@SQ\tSN:${name}\tLN:${CONTIG_BASES}\n`)
  await put('@RG\tID:a\tSM:person\n')
  const step = Math.floor((CONTIGS * CONTIG_BASES) / READS)
  for (let read = 0; read < READS; read++) {
    const place = read * step
    const contig = SPREAD_CONTIGS[Math.floor(place / CONTIG_BASES)]!
    let bases = ''
    let qualities = ''
    for (let index = 0; index < READ_BASES; index++) {
      const bits = Math.floor(random() * 256)
      bases += BASES[bits & 3]!
      qualities += String.fromCharCode(43 + (bits >> 3))
    }
    const fields = [
      `r${read}`,
      0,
      contig,
      (place % CONTIG_BASES) + 1,
      60,
      `${READ_BASES}M`,
      '*',
      0,
      0,
      bases,
      qualities,
    ]
    await put(`${fields.join('\t')}\tRG:Z:a\n`)
  }
  out.end()
  await once(out, 'finish')
  await mustSucceed('samtools', ['view', '-b', '-@1', '-o', path, text])
  await mustSucceed('samtools', ['index', path])
  await mustSucceed('rm', [text])
  return path
}
