/** `must`: the standard's schemas or texts say so, or an answer would be wrong. `should`: it recommends, or is silent. */
export type Severity = 'must' | 'should'

export type Verdict =
  | { readonly outcome: 'pass'; readonly seen?: string }
  | { readonly outcome: 'fail'; readonly seen: string; readonly required: string; readonly where?: string }
  | { readonly outcome: 'skip'; readonly reason: string }

/** @typeParam World what a suite learnt of the service before it began to judge */
export interface Case<World> {
  /** `group.name`; stable, for scripts. */
  readonly id: string
  readonly title: string
  /** Where the standard says so. */
  readonly spec: string
  readonly severity: Severity
  run(world: World): Verdict | Promise<Verdict>
}

export interface CaseResult {
  readonly id: string
  readonly title: string
  readonly spec: string
  readonly severity: Severity
  readonly outcome: Verdict['outcome']
  readonly where?: string
  readonly seen?: string
  readonly required?: string
  readonly reason?: string
}

export function pass(seen?: string): Verdict {
  return { outcome: 'pass', ...(seen === undefined ? {} : { seen }) }
}

export function fail(seen: string, required: string, where?: string): Verdict {
  return { outcome: 'fail', seen, required, ...(where === undefined ? {} : { where }) }
}

export function skip(reason: string): Verdict {
  return { outcome: 'skip', reason }
}

/** The first failure of several checks, or a pass. Skips count only when there was nothing else. */
export function firstFailure(verdicts: readonly Verdict[], nothing: string): Verdict {
  const failures = verdicts.filter((verdict) => verdict.outcome === 'fail')
  const [first] = failures
  if (first) {
    const more = failures.length > 1 ? ` (and ${failures.length - 1} more of this kind)` : ''
    return { ...first, seen: first.seen + more }
  }
  const passed = verdicts.filter(({ outcome }) => outcome === 'pass').length
  if (passed > 0) return pass(`${passed} checked`)
  const skipped = verdicts.find((verdict) => verdict.outcome === 'skip')
  return skipped ?? skip(nothing)
}

/** Runs one case. What the service sends may be anything, so an error in judging it is a failure with its reason, never a crash. */
export async function runCase<World>(judged: Case<World>, world: World): Promise<CaseResult> {
  const { id, title, spec, severity } = judged
  const verdict = await Promise.resolve()
    .then(() => judged.run(world))
    .catch((error: unknown) =>
      fail(
        `judging it ended with: ${error instanceof Error ? error.message : String(error)}`,
        'an answer that can be judged',
      ),
    )
  return { id, title, spec, severity, ...verdict }
}
