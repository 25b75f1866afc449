import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'

/** Of one genome: what differs from the reference, indels among it. */
export const GENOME_ALLELES = 5_000_000
const AUTOSOMES = 22
/** Bases between two alleles, so that they fit the shortest autosomes too. */
const STEP = 200

/** A genome as a VCF file, compressed as laboratories do it. */
export async function writeGenome(path: string): Promise<void> {
  const bgzip = spawn('bgzip', ['-c'], { stdio: ['pipe', 'pipe', 'inherit'] })
  const written = once(bgzip.stdout.pipe(createWriteStream(path)), 'finish')
  const text = bgzip.stdin
  text.write('##fileformat=VCFv4.3\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tgenome\n')
  const perContig = Math.floor(GENOME_ALLELES / AUTOSOMES)
  for (let contig = 1; contig <= AUTOSOMES; contig++) {
    let lines = ''
    for (let index = 0; index < perContig; index++) {
      const alt = index % 10 === 0 ? 'AT' : 'G'
      const gt = index % 3 === 0 ? '1/1' : '0/1'
      lines += `${contig}\t${20_001 + index * STEP}\t.\tA\t${alt}\t50\tPASS\t.\tGT:GQ\t${gt}:99\n`
      if (index % 20_000 === 0 || index === perContig - 1) {
        if (!text.write(lines)) await once(text, 'drain')
        lines = ''
      }
    }
  }
  text.end()
  await written
}
