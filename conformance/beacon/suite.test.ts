import { expect, test } from '@jest/globals'
import { createRightBeacon } from './testing/right-beacon.js'
import { RIGHT_BASE } from './testing/right-documents.js'
import { runSuite } from './run-suite.js'

test('right', async () => {
  const report = await runSuite(RIGHT_BASE, { transport: createRightBeacon() })
  for (const c of report.cases) if (c.outcome !== 'pass') console.log(JSON.stringify(c))
  console.log(report.requests, report.elapsedMs, report.cases.length)
  expect(1).toBe(1)
})
