import { expect } from '@jest/globals'
import type { CaseResult } from '../../suite/case.js'
import type { SuiteReport } from '../../suite/report.js'
import { runSuite } from '../run-suite.js'
import type { Fault } from './fault.js'
import { createRightBeacon } from './right-beacon.js'
import { RIGHT_BASE } from './right-documents.js'

export function runWith({ options, suite = {}, wire = (right) => right }: Omit<Fault, 'finds'>): Promise<SuiteReport> {
  return runSuite(RIGHT_BASE, { transport: wire(createRightBeacon(options)), ...suite })
}

function describeUnexpected(failures: readonly CaseResult[], { finds, implies = [] }: Fault): readonly string[] {
  const unexpected = failures.filter(({ id }) => id !== finds && !implies.some((pattern) => pattern.test(id)))
  return unexpected.map(({ id, where, seen }) => `${id}: ${seen} (${where})`)
}

/** Fewer entry types make a run shorter; faults in the others get the whole beacon. */
const FEW_PATHS = ['biosamples', 'datasets', 'g_variants', 'individuals', 'runs']

/** Runs the suite against a beacon with one fault: the case for it fails, and nothing that the fault does not imply. */
export async function expectFound(fault: Fault): Promise<SuiteReport> {
  const paths = /analysis|cohort/.test(fault.name + fault.finds) ? {} : { paths: FEW_PATHS }
  const report = await runWith({ ...fault, options: { ...paths, ...fault.options } })
  const failures = report.cases.filter(({ outcome }) => outcome === 'fail')
  expect(failures.map(({ id }) => id)).toContain(fault.finds)
  expect(describeUnexpected(failures, fault)).toEqual([])
  return report
}
