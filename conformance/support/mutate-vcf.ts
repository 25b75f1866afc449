// Taken once: in jest's context the look-up of a global is slow, and there are millions of calls (docs/decisions/0001).
const { floor } = Math

/** A small generator whose numbers are the same in every run (Park and Miller 1988). */
export function createRandom(seed: number): () => number {
  let state = seed
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647
}

export interface Mutator {
  /** The lines that stand in place of one data line, without line ends. */
  mutate(columns: readonly string[]): readonly string[]
}

const MISSING = 0.05
const HALF_MISSING = 0.02
const UNPHASED = 0.4
const HAPLOID = 0.02
const LOW_GQ = 0.04
const FILTERED = 0.04
const DUPLICATE = 0.04
const OVERLAPPING = 0.04
const MANY_ALTERNATES = 0.03
const CUT_SHORT = 0.1

const FORMATS = ['GT', 'GT', 'GT:DP', 'DP:GT', 'GT:GQ', 'DP:GT:GQ', 'GQ:DP:GT', 'GT:DP:GQ:XS']
const FILTERS = ['LowQual', 'q10;s50', 'pass']

/** What VCF files of the wild have and the 1000 Genomes file has not. */
export function createMutator(random: () => number): Mutator {
  const pick = <T>(list: readonly T[]): T => list[floor(random() * list.length)]!
  const bases = (length: number) => Array.from({ length }, () => pick(['A', 'C', 'G', 'T'])).join('')

  function mutateGt(gt: string, alternates: number, spread: number): string {
    let [a, b] = gt.split('|') as [string, string]
    if (random() < spread) a = String(floor(random() * (alternates + 1)))
    if (random() < spread) b = String(floor(random() * (alternates + 1)))
    if (random() < MISSING) return pick(['./.', '.|.', '.'])
    if (random() < HAPLOID) return a
    if (random() < HALF_MISSING) [a, b] = random() < 0.5 ? ['.', b] : [a, '.']
    return `${a}${random() < UNPHASED ? '/' : '|'}${b}`
  }

  function toField(key: string, gt: string): string {
    switch (key) {
      case 'GT':
        return gt
      case 'GQ':
        return random() < LOW_GQ ? String(floor(random() * 20)) : pick(['20', '21', '60', '99', '100', '.'])
      case 'DP':
        return pick(['.', '0', '7', '30'])
      default:
        return pick(['.', 'a/b', '0|1'])
    }
  }

  /** Fields behind the last one that is known may be left out (VCF 4.3 section 1.6.2). */
  function toColumn(keys: readonly string[], gt: string): string {
    const fields = keys.map((key) => toField(key, gt))
    const isCut = fields.length > 1 && keys[0] === 'GT' && random() < CUT_SHORT
    return isCut ? fields[0]! : fields.join(':')
  }

  function write(columns: readonly string[], ref: string, alts: readonly string[], spread: number): string {
    const [chrom, pos, id] = columns
    const filter = random() < FILTERED ? pick(FILTERS) : pick(['PASS', 'PASS', '.'])
    const keys = pick(FORMATS).split(':')
    const calls = columns.slice(9).map((column) => toColumn(keys, mutateGt(column, alts.length, spread)))
    return [chrom, pos, id, ref, alts.join(','), '.', filter, '.', keys.join(':'), ...calls].join('\t')
  }

  /** Others than those that stand there, of one base and of several. */
  function moreAlternates(ref: string, alts: readonly string[], wanted: number): readonly string[] {
    const found = new Set(alts)
    while (found.size < alts.length + wanted) {
      const alt = random() < 0.5 ? bases(1) : ref.slice(0, 1) + bases(1 + floor(random() * 4))
      if (alt !== ref) found.add(alt)
    }
    return [...found]
  }

  return {
    mutate(columns) {
      const ref = columns[3]!
      const alts = columns[4]!.split(',')
      const isSequence = alts.every((alt) => /^[ACGT]+$/.test(alt))
      if (!isSequence) return [[...columns.slice(0, 7), '.', ...columns.slice(8)].join('\t')]
      const lines =
        random() < MANY_ALTERNATES
          ? [write(columns, ref, moreAlternates(ref, alts, 10 + floor(random() * 4)), 0.2)]
          : [write(columns, ref, alts, 0.01)]
      if (random() < DUPLICATE) lines.push(write(columns, ref, alts, 0.01))
      if (random() < DUPLICATE) lines.push(write(columns, ref, alts, 0.01))
      if (random() < OVERLAPPING) lines.push(write(columns, ref, moreAlternates(ref, alts, 2).toReversed(), 0.05))
      if (random() < OVERLAPPING) {
        // The same alleles with a base more at the end, and one that is another.
        const padded = [...alts.map((alt) => `${alt}T`), `${ref}TT`]
        lines.push(write(columns, `${ref}T`, padded, 0.05))
      }
      return lines
    },
  }
}
