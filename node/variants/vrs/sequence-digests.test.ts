import { afterAll, expect, test } from '@jest/globals'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSequenceDigests } from './sequence-digests.js'

const MT_LENGTH = 16_569
const directory = mkdtempSync(join(tmpdir(), 'fyr-digests-'))
const path = join(directory, 'mt.fa')
const kept = join(directory, 'reference-digests-GRCh38.json')
afterAll(() => rmSync(directory, { recursive: true }))

/** A reference of MT alone, in lines of which every other is lower case. */
function writeReference(letter: string): string {
  const sequence = `${letter}ACGTN`.padEnd(MT_LENGTH, 'AC')
  const lines = sequence.match(/.{1,70}/g)!.map((line, index) => (index % 2 ? line.toLowerCase() : line))
  writeFileSync(path, `>MT\n${lines.join('\n')}\n`)
  writeFileSync(`${path}.fai`, `MT\t${MT_LENGTH}\t4\t70\t71\n`)
  const digest = createHash('sha512').update(sequence).digest().subarray(0, 24).toString('base64url')
  return `ga4gh:SQ.${digest}`
}

function open(computes: boolean, problems: unknown[] = []) {
  return openSequenceDigests(directory, { GRCh38: path }, { computes, onProblem: (error) => problems.push(error) })
}

test('the digests of a reference are those of its sequences, kept until the file changes', async () => {
  const first = writeReference('T')
  const waiting = open(false)
  expect(waiting.sequenceId('GRCh38', 25)).toBeUndefined()
  const digests = open(true)
  await digests.ready
  expect(digests.sequenceId('GRCh38', 25)).toBe(first)
  expect(digests.sequenceId('GRCh38', 1)).toBeUndefined()
  expect(digests.sequenceId('GRCh37', 25)).toBeUndefined()
  await digests.close()
  // Another process of the node finds what the first one kept.
  await waiting.ready
  expect(waiting.sequenceId('GRCh38', 25)).toBe(first)
  await waiting.close()

  const again = open(false)
  expect(again.sequenceId('GRCh38', 25)).toBe(first)
  await again.close()

  const second = writeReference('G')
  utimesSync(path, new Date(), new Date(Date.now() + 5_000))
  const stale = open(false)
  expect(stale.sequenceId('GRCh38', 25)).toBeUndefined()
  await stale.close()
  const changed = open(true)
  await changed.ready
  expect(changed.sequenceId('GRCh38', 25)).toBe(second)
  await changed.close()
})

test('a file of digests that is not whole is made anew', async () => {
  const expected = writeReference('C')
  writeFileSync(kept, '{"path": ')
  const digests = open(true)
  await digests.ready
  expect(digests.sequenceId('GRCh38', 25)).toBe(expected)
  await digests.close()
  expect(JSON.parse(readFileSync(kept, 'utf8'))).toMatchObject({
    path,
    digests: { 25: expected.replace('ga4gh:SQ.', '') },
  })
})

test('a reference that cannot be read is told of, and nobody waits for it', async () => {
  writeReference('A')
  rmSync(`${path}.fai`)
  rmSync(kept)
  const problems: unknown[] = []
  const digests = open(true, problems)
  await digests.ready
  expect(digests.sequenceId('GRCh38', 25)).toBeUndefined()
  expect(problems).toHaveLength(1)
  await digests.close()
})
