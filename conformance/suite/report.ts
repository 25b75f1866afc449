import { readVersion } from '../../schemas/index.js'
import type { CaseResult, Severity } from './case.js'

/** What a run of a suite found. */
export interface SuiteReport {
  /** `beacon`: the command's name of the suite. */
  readonly suite: string
  /** What the cases are of. */
  readonly standard: string
  readonly service: { readonly url: string; readonly id?: string; readonly name?: string; readonly version?: string }
  /** Requests that were sent. */
  readonly requests: number
  readonly elapsedMs: number
  readonly cases: readonly CaseResult[]
}

/** Whether the service conforms: no case that must hold failed, nor one that should, where that is wanted. */
export function hasFailed({ cases }: SuiteReport, strict = false): boolean {
  return cases.some(({ outcome, severity }) => outcome === 'fail' && (strict || severity === 'must'))
}

type Tally = Readonly<Record<CaseResult['outcome'], number>>

function tally(cases: readonly CaseResult[]): Tally {
  const count = (wanted: CaseResult['outcome']) => cases.filter(({ outcome }) => outcome === wanted).length
  return { pass: count('pass'), fail: count('fail'), skip: count('skip') }
}

/** `framework` of `framework.map-urls`. */
function groupOf({ id }: CaseResult): string {
  return id.slice(0, id.indexOf('.'))
}

/** The report as a document: what was asked of whom, a summary by severity, and every case. */
export function toJsonReport(report: SuiteReport): object {
  const bySeverity = (wanted: Severity) => tally(report.cases.filter(({ severity }) => severity === wanted))
  const { suite, standard, service, requests, elapsedMs, cases } = report
  return {
    suite: { name: `fyr-conformance ${suite}`, version: readVersion(), standard },
    service,
    requests,
    elapsedMs,
    summary: { must: bySeverity('must'), should: bySeverity('should') },
    cases,
  }
}

function renderCase(result: CaseResult): readonly string[] {
  const { id, title, severity, outcome, where, seen, required, reason, spec } = result
  const mark = outcome === 'fail' ? (severity === 'must' ? 'FAIL' : 'fail') : outcome
  const head = `  ${mark}  ${id}: ${title}`
  if (outcome === 'skip') return [head, `        ${reason ?? ''}`]
  if (outcome === 'pass') return [head]
  return [
    head,
    `        seen      ${seen ?? ''}${where === undefined ? '' : ` (${where})`}`,
    `        required  ${required ?? ''}`,
    `        ${spec}; ${severity}`,
  ]
}

/** The report for people: a table of groups, then each failure and each case that could not be judged. */
export function renderReport(report: SuiteReport): string {
  const { service, cases, requests, elapsedMs } = report
  const groups = [...new Set(cases.map(groupOf))].map((name) => {
    const { pass, fail, skip } = tally(cases.filter((result) => groupOf(result) === name))
    return `${name.padEnd(12)} ${String(pass).padStart(6)} ${String(fail).padStart(6)} ${String(skip).padStart(6)}`
  })
  const listed = (wanted: string) => cases.filter(({ outcome }) => outcome === wanted)
  const section = (heading: string, results: readonly CaseResult[]) =>
    results.length === 0 ? [] : ['', heading, ...results.flatMap(renderCase)]
  const must = tally(cases.filter(({ severity }) => severity === 'must'))
  const should = tally(cases.filter(({ severity }) => severity === 'should'))
  const verdict = must.fail === 0 ? 'conforms' : 'does not conform'
  return [
    `${service.name ?? service.url}${service.id === undefined ? '' : ` (${service.id})`}, ${service.version ?? 'version unknown'}`,
    service.url,
    '',
    `${'group'.padEnd(12)} ${'pass'.padStart(6)} ${'fail'.padStart(6)} ${'skip'.padStart(6)}`,
    ...groups,
    ...section('could not be judged', listed('skip')),
    ...section('failed', listed('fail')),
    '',
    `${verdict}: of what must hold ${must.pass} pass, ${must.fail} fail, ${must.skip} were skipped; ` +
      `of what should hold ${should.pass} pass, ${should.fail} fail (${requests} requests, ${(elapsedMs / 1000).toFixed(1)} s)`,
    '',
  ].join('\n')
}
