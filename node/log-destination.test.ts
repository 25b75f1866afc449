import { afterAll, expect, test } from '@jest/globals'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openLogDestination } from './log-destination.js'

const directory = mkdtempSync(join(tmpdir(), 'fyr-log-'))
afterAll(() => rmSync(directory, { recursive: true }))

test('lines come out whole and in order at the end of the turn, long ones and many too', async () => {
  const file = join(directory, 'log')
  const descriptor = openSync(file, 'a')
  const log = openLogDestination(descriptor)
  const lines = Array.from({ length: 500 }, (_, index) => `${index} ${'x'.repeat((index * 37) % 6_000)}\n`)
  for (const line of lines) log.write(line)
  await new Promise((resolve) => setImmediate(resolve))
  log.write('later\n')
  await new Promise((resolve) => setImmediate(resolve))
  expect(readFileSync(file, 'utf8')).toBe([...lines, 'later\n'].join(''))
  closeSync(descriptor)
})
