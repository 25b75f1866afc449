import { afterAll, expect, test } from '@jest/globals'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { toVcf } from './support/fixture-network.js'
import { mustRun, runCommand } from './support/processes.js'

const MINUTE = 60_000
const MOST_SEGMENTS = 8
const directory = mkdtempSync(join(tmpdir(), 'fyr-compact-'))
const home = join(directory, 'node')
const segments = join(home, 'datasets', 'd', 'segments')
afterAll(() => rmSync(directory, { recursive: true, force: true }))

async function countSegments(): Promise<number> {
  const [dataset] = JSON.parse(await mustRun('node/main.js', 'dataset', 'list', home, '--json')) as {
    segments: object[]
  }[]
  return dataset!.segments.length
}

test(
  'an ingest that leaves more than eight segments has them compacted; by hand they become one',
  async () => {
    await mustRun('node/main.js', 'init', home, '--id', 'se.fyr.compact', '--name', 'Region')
    await mustRun('node/main.js', 'dataset', 'add', home, 'd', '--name', 'D', '--assembly', 'GRCh38')
    expect(await mustRun('node/main.js', 'dataset', 'compact', home, 'd')).toBe('nothing to compact in d\n')
    for (let person = 0; person <= MOST_SEGMENTS; person++) {
      const vcf = join(directory, `${person}.vcf`)
      writeFileSync(vcf, toVcf({ samples: [`p${person}`], lines: [`1 ${100 + person} . A C . PASS . GT 0/1`] }))
      await mustRun('node/main.js', 'ingest', home, '--dataset', 'd', vcf)
    }
    // Replaced files are kept for two seconds; a slow machine gets more.
    for (let attempt = 0; attempt < 150 && readdirSync(segments).length > MOST_SEGMENTS; attempt++) {
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
    expect(await countSegments()).toBeLessThanOrEqual(MOST_SEGMENTS)
    expect(readdirSync(segments)).toHaveLength(await countSegments())
    const last = join(directory, 'last.vcf')
    writeFileSync(last, toVcf({ samples: ['last'], lines: ['1 300 . A C . PASS . GT 0/1'] }))
    await mustRun('node/main.js', 'ingest', home, '--dataset', 'd', last)
    const report = JSON.parse(await mustRun('node/main.js', 'dataset', 'compact', home, 'd', '--json')) as object
    expect(report).toMatchObject({ dataset: 'd', segments: 1, alleles: MOST_SEGMENTS + 2 })
    expect(readdirSync(segments)).toHaveLength(1)
    expect(await runCommand('node/main.js', 'dataset', 'compact', home, 'nope')).toMatchObject({
      code: 1,
      stderr: 'fyr-node: there is no dataset nope\n',
    })
  },
  MINUTE,
)
