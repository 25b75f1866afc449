import { readVersion } from '../../schemas/index.js'
import type { CaseResult, Severity } from './case.js'
import type { SuiteReport } from './run-suite.js'

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
  const { beacon, requests, elapsedMs, cases } = report
  return {
    suite: {
      name: 'fyr-conformance beacon',
      version: readVersion(),
      standard: 'GA4GH Beacon v2.1.1, with the forms of 2.2',
    },
    beacon,
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
  const { beacon, cases, requests, elapsedMs } = report
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
    `${beacon.name ?? beacon.url}${beacon.id === undefined ? '' : ` (${beacon.id})`}, ${beacon.apiVersion ?? 'version unknown'}`,
    beacon.url,
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
