import type { CaseResult } from './case.js'
import type { SuiteReport } from './report.js'

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
}

function escapeXml(text: string): string {
  // Most control characters and lone surrogates cannot stand in XML 1.0, not even escaped.
  // eslint-disable-next-line no-control-regex -- these are what must go
  const illegal = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g
  const legal = Buffer.from(text).toString().replace(illegal, '\ufffd')
  return legal.replace(/[&<>"']/g, (character: string) => ENTITIES[character]!)
}

function isFailure({ outcome, severity }: CaseResult, strict: boolean): boolean {
  return outcome === 'fail' && (strict || severity === 'must')
}

function toTestCase(suite: string, result: CaseResult, strict: boolean): string {
  const { id, title, spec, severity, outcome, where, seen, required, reason } = result
  const open = `    <testcase classname="${suite}.${escapeXml(id.slice(0, id.indexOf('.')))}" name="${escapeXml(`${id}: ${title}`)}"`
  const detail = `seen: ${seen ?? ''}${where === undefined ? '' : ` (${where})`}\nrequired: ${required ?? ''}\nspec: ${spec} (${severity})`
  if (isFailure(result, strict)) {
    return `${open}>\n      <failure message="${escapeXml(seen ?? '')}" type="${severity}">${escapeXml(detail)}</failure>\n    </testcase>`
  }
  if (outcome === 'skip') return `${open}>\n      <skipped message="${escapeXml(reason ?? '')}"/>\n    </testcase>`
  // A recommendation that is not followed fails nothing, and is still told.
  if (outcome === 'fail') return `${open}>\n      <system-out>${escapeXml(detail)}</system-out>\n    </testcase>`
  return `${open}/>`
}

/** The report as JUnit XML, for what shows test results. @param strict what should hold fails too */
export function toJunit({ suite, service, cases, elapsedMs }: SuiteReport, strict: boolean): string {
  const failures = cases.filter((result) => isFailure(result, strict)).length
  const skipped = cases.filter(({ outcome }) => outcome === 'skip').length
  const seconds = (elapsedMs / 1000).toFixed(3)
  const counts = `tests="${cases.length}" failures="${failures}" errors="0" skipped="${skipped}" time="${seconds}"`
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="fyr-conformance" ${counts}>`,
    `  <testsuite name="${suite} ${escapeXml(service.url)}" ${counts}>`,
    ...cases.map((result) => toTestCase(suite, result, strict)),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n')
}
