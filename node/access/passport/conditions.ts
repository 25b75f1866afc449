import { matchesGlob } from './glob.js'

/** All a condition may look at. */
const TESTED = ['value', 'source', 'by'] as const
type Tested = (typeof TESTED)[number]

/** More clauses than any data access committee writes, and few enough to check at once. */
const MAXIMUM_CLAUSES = 64
const MAXIMUM_PATTERN = 255

/** How many steps of matching are left; shared by all conditions of a Passport. Without any, nothing is met. */
export interface MatchingBudget {
  steps: number
}

/** More than any honest Passport needs, and done in some 50 ms. */
export function createMatchingBudget(): MatchingBudget {
  return { steps: 10_000_000 }
}

type Test = (value: string, budget: MatchingBudget) => boolean

interface Clause {
  readonly type: string
  readonly tests: readonly (readonly [Tested, Test])[]
}

/** What other visas must say for a visa to count: one of several lists, of which every clause must be met. */
export type Conditions = readonly (readonly Clause[])[]

/** What a clause looks at. */
export type ConditionSubject = { readonly type: string } & { readonly [name in Tested]?: string }

/**
 * Reads `conditions` of a visa (GA4GH Passport v1.2, `ga4gh_visa_v1.conditions`). A list with a clause that cannot be understood
 * can never be met, and is left out.
 *
 * @returns undefined: the visa cannot be used, because this is no list of lists or too long; 'none': it has no condition
 */
export function parseConditions(value: unknown): Conditions | 'none' | undefined {
  if (value === undefined) return 'none'
  if (!Array.isArray(value)) return undefined
  if (value.length === 0) return 'none'
  const lists = value as readonly unknown[]
  if (!lists.every((list) => Array.isArray(list))) return undefined
  const clauses = lists.reduce((sum: number, list) => sum + 1 + list.length, 0)
  if (clauses > MAXIMUM_CLAUSES) return undefined
  return lists.flatMap((list) => {
    const parsed = list.map(parseClause)
    return parsed.length > 0 && parsed.every((clause) => clause !== undefined) ? [parsed] : []
  })
}

function parseClause(value: unknown): Clause | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const { type, ...rest } = value as Record<string, unknown>
  if (typeof type !== 'string') return undefined
  const names = Object.keys(rest)
  if (names.length === 0) return undefined
  const tests: [Tested, Test][] = []
  for (const name of names) {
    const tested = TESTED.find((known) => known === name)
    const test = parseTest(rest[name])
    if (!tested || !test) return undefined
    tests.push([tested, test])
  }
  return { type, tests }
}

function parseTest(value: unknown): Test | undefined {
  if (typeof value !== 'string') return undefined
  const colon = value.indexOf(':')
  const wanted = value.slice(colon + 1)
  switch (value.slice(0, Math.max(colon, 0))) {
    case 'const':
      return (text) => text === wanted
    case 'pattern':
      return toPatternTest(wanted, (text) => [text])
    case 'split_pattern':
      return toPatternTest(wanted, (text) => text.split(';'))
    default:
      return undefined
  }
}

function toPatternTest(pattern: string, split: (text: string) => readonly string[]): Test | undefined {
  if (pattern.length > MAXIMUM_PATTERN) return undefined
  return (text, budget) => {
    budget.steps -= pattern.length * text.length
    return budget.steps >= 0 && split(text).some((part) => matchesGlob(pattern, part))
  }
}

/**
 * The visas by which conditions are met, one for each clause of the first list that is met; undefined: they are not.
 *
 * @param pool visas of the same person that have no conditions themselves
 */
export function meetConditions<T extends ConditionSubject>(
  conditions: Conditions,
  pool: readonly T[],
  budget: MatchingBudget = createMatchingBudget(),
): readonly T[] | undefined {
  for (const clauses of conditions) {
    const met: T[] = []
    for (const clause of clauses) {
      const visa = pool.find((each) => isMet(clause, each, budget))
      if (!visa) break
      met.push(visa)
    }
    if (met.length === clauses.length) return met
  }
  return undefined
}

/** One visa must pass all tests of a clause. */
function isMet({ type, tests }: Clause, visa: ConditionSubject, budget: MatchingBudget): boolean {
  return (
    visa.type === type &&
    tests.every(([name, test]) => {
      const value = visa[name]
      return value !== undefined && test(value, budget)
    })
  )
}
