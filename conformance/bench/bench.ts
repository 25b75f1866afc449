/** One figure of a benchmark. Ratios compare two things measured in the same run, because machines differ and are noisy. */
export interface Figure {
  readonly name: string
  readonly value: number
  /** `ratio`, `ms`, `req/s`, `MB`, `s`… */
  readonly unit: string
  /** Of each round, when the value is their median. */
  readonly rounds?: readonly number[]
  /** What it should be, e.g. `>= 0.5`. */
  readonly target?: string
}

/** What the command line says of a benchmark's data. */
export interface BenchOptions {
  /** Alleles of the largest data set. */
  readonly alleles?: number
}

/** A benchmark: prepares its own data below `directory`, measures, and ends every process it started. */
export interface Bench {
  readonly name: string
  readonly about: string
  run(directory: string, log: (line: string) => void, options: BenchOptions): Promise<readonly Figure[]>
}

export function median(values: readonly number[]): number {
  if (values.length === 0) throw new TypeError('no values')
  return [...values].sort((a, b) => a - b)[values.length >> 1]!
}

/** Whether a figure keeps its target; undefined when it has none. */
export function meetsTarget({ value, target }: Figure): boolean | undefined {
  const match = target === undefined ? null : /^(<=|<|>=|>|=) (\d+(?:\.\d+)?)$/.exec(target)
  if (!match) return undefined
  const limit = Number(match[2])
  switch (match[1]) {
    case '<=':
      return value <= limit
    case '<':
      return value < limit
    case '>=':
      return value >= limit
    case '>':
      return value > limit
    default:
      return value === limit
  }
}
