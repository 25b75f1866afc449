import { gunzipSync } from 'node:zlib'
import { readFileSync } from 'node:fs'
import { run } from './processes.js'

/** What bcftools counts of one sequence allele; zygosities in people. `pos` 1-based, as in the file. */
export interface OracleAllele {
  readonly chrom: string
  readonly pos: number
  readonly ref: string
  readonly alt: string
  readonly alleleCount: number
  readonly alleleNumber: number
  readonly heterozygotes: number
  readonly homozygotes: number
}

/** Splits multi-allelic records and counts with bcftools; symbolic alleles are left out. */
export async function countWithBcftools(path: string): Promise<readonly OracleAllele[]> {
  const format = '%CHROM\\t%POS\\t%REF\\t%ALT\\t%AC\\t%AN\\t%AC_Het\\t%AC_Hom\\n'
  const script = `bcftools norm -m -any -Ou "$1" 2>/dev/null | bcftools +fill-tags -Ou -- -t AC,AN,AC_Het,AC_Hom | bcftools query -f '${format}'`
  const { code, stdout, stderr } = await run('bash', ['-o', 'pipefail', '-c', script, 'count', path])
  if (code !== 0) throw new Error(`bcftools: ${stderr}`)
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t'))
    .filter(([, , , alt]) => /^[ACGT]+$/.test(alt!))
    .map(([chrom, pos, ref, alt, ac, an, het, homAlleles]) => ({
      chrom: chrom!,
      pos: Number(pos),
      ref: ref!,
      alt: alt!,
      alleleCount: Number(ac),
      alleleNumber: Number(an),
      heterozygotes: Number(het),
      // bcftools' AC_Hom counts alleles.
      homozygotes: Number(homAlleles) / 2,
    }))
}

/** One sequence, symbolic or copy-number allele with the indexes of its carriers, read genotype by genotype. 0-based, half-open, untrimmed. */
export interface BruteAllele {
  readonly chrom: string
  readonly start: number
  readonly ref: string
  readonly alt: string
  /** INFO END of a symbolic allele that has one: exclusive. */
  readonly statedEnd?: number
  readonly carriers: readonly number[]
}

/** Reads a whole VCF.gz the slow and obvious way. */
export function readByBruteForce(path: string): readonly BruteAllele[] {
  // Of thousands of people most calls are written in the same few ways.
  const read = new Map<string, readonly string[]>()
  const readCall = (call: string): readonly string[] => {
    const known = read.get(call)
    if (known) return known
    const alleles = call.split(':')[0]!.split(/[/|]/)
    read.set(call, alleles)
    return alleles
  }
  const alleles: BruteAllele[] = []
  for (const line of gunzipSync(readFileSync(path)).toString('latin1').split('\n')) {
    if (line === '' || line.startsWith('#')) continue
    const [chrom, pos, , ref, alts, , , info, , ...calls] = line.split('\t')
    const called = calls.map(readCall)
    for (const [index, alt] of alts!.split(',').entries()) {
      if (!/^([ACGT]+|<.*>)$/.test(alt)) continue
      const number = String(index + 1)
      const carriers = [...called.keys()].filter((person) => called[person]!.includes(number))
      const end = /(?:^|;)END=(\d+)/.exec(info!)
      const stated = end && alt.startsWith('<') ? { statedEnd: Number(end[1]) } : {}
      alleles.push({ chrom: chrom!, start: Number(pos) - 1, ref: ref!, alt, ...stated, carriers })
    }
  }
  return alleles
}

/**
 * Where an allele changes the sequence, 0-based: shared first and last bases do not count. Empty for an insertion. A symbolic
 * one begins behind the base at POS; the file's insertions have no END.
 */
export function changedSpan({ start, ref, alt, statedEnd }: BruteAllele): {
  readonly from: number
  readonly to: number
} {
  if (alt.startsWith('<')) return { from: start + 1, to: statedEnd ?? start + 1 }
  let [r, a, at] = [ref, alt, start]
  while (r && a && r.at(-1) === a.at(-1)) [r, a] = [r.slice(0, -1), a.slice(0, -1)]
  while (r && a && r[0] === a[0]) [r, a, at] = [r.slice(1), a.slice(1), at + 1]
  return { from: at, to: at + r.length }
}
