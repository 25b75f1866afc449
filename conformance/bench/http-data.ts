import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { toVcf } from '../support/fixture-network.js'
import type { SiteAllele } from '../support/mixed-questions.js'
import { SHARED_DATA } from '../support/paths.js'
import { createRandom } from '../support/random.js'

const THOUSAND_GENOMES = join(SHARED_DATA, 'htsget/derived/1000G_htsnexus.vcf.gz')
const MADE_UP_SITES = 5_000
const MADE_UP_PEOPLE = 500
const SEED = 2_013

export interface HttpData {
  readonly about: string
  readonly file: string
  readonly assembly: 'GRCh37' | 'GRCh38'
  readonly alleles: readonly SiteAllele[]
}

function readAlleles(vcf: string): readonly SiteAllele[] {
  return vcf
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .flatMap((line) => {
      const [chrom, pos, , ref, alts] = line.split('\t', 5)
      const alleles = alts!.split(',').filter((alt) => /^[ACGT]+$/.test(alt))
      return alleles.map((alt) => ({ chrom: chrom!, pos: Number(pos), ref: ref!, alt }))
    })
}

/** Substitutions, ten to twenty bases apart; most alleles are rare, as in people. */
function makeUp(): string {
  const random = createRandom(SEED)
  const samples = Array.from({ length: MADE_UP_PEOPLE }, (_, person) => `p${person}`)
  let pos = 100_000
  const lines = Array.from({ length: MADE_UP_SITES }, () => {
    pos += 10 + Math.floor(random() * 11)
    const frequency = random() ** 4
    const draw = () => (random() < frequency ? 1 : 0)
    return `1 ${pos} . A ${random() < 0.5 ? 'C' : 'G'} . PASS . GT ${samples.map(() => `${draw()}|${draw()}`).join(' ')}`
  })
  return toVcf({ samples, lines })
}

/** The 1000 Genomes file where it lies beside the project, else made-up data. */
export function prepareHttpData(directory: string): HttpData {
  if (existsSync(THOUSAND_GENOMES)) {
    const alleles = readAlleles(gunzipSync(readFileSync(THOUSAND_GENOMES)).toString('latin1'))
    return { about: '1000 Genomes, 2,504 people', file: THOUSAND_GENOMES, assembly: 'GRCh37', alleles }
  }
  const file = join(directory, 'made-up.vcf')
  const vcf = makeUp()
  writeFileSync(file, vcf)
  return { about: `made up, ${MADE_UP_PEOPLE} people`, file, assembly: 'GRCh38', alleles: readAlleles(vcf) }
}
