import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStorage } from './open-storage.js'

const CONTENT = Buffer.from(Array.from({ length: 5_000_000 }, (_, index) => (index * 7) % 251))
const BEFORE = new Date(0)

describe('files of a disk', () => {
  let directory: string
  let path: string
  const storage = openStorage()

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'fyr-local-'))
    path = join(directory, 'a.bam')
    writeFileSync(path, CONTENT)
    utimesSync(path, BEFORE, BEFORE)
  })
  afterEach(() => rmSync(directory, { recursive: true }))

  test('are read by stretches and streamed in pieces', async () => {
    const file = await storage.open(path)
    expect(file.size).toBe(CONTENT.length)
    expect((await file.read(17, 4_711)).equals(CONTENT.subarray(17, 4_711))).toBe(true)
    expect(await file.read(5, 5)).toHaveLength(0)
    const pieces: Buffer[] = []
    for await (const piece of file.stream(3, CONTENT.length)) pieces.push(piece)
    expect(pieces.length).toBeGreaterThan(2)
    expect(Buffer.concat(pieces).equals(CONTENT.subarray(3))).toBe(true)
  })

  test.each([
    [-1, 5],
    [5, 4],
    [0, CONTENT.length + 1],
    [0.5, 2],
    [0, NaN],
  ])('have no stretch [%d, %d)', async (start, end) => {
    const file = await storage.open(path)
    await expect(file.read(start, end)).rejects.toThrow(TypeError)
  })

  test.each<readonly [string, () => void]>([
    ['appended to', () => appendFileSync(path, 'x')],
    ['cut short', () => truncateSync(path, 100)],
    ['overwritten', () => writeFileSync(path, CONTENT)],
  ])('that are %s while open are not read any further', async (_, change) => {
    const file = await storage.open(path)
    const pieces = file.stream(0, CONTENT.length)[Symbol.asyncIterator]()
    expect((await pieces.next()).done).toBe(false)
    change()
    const changed = expect.objectContaining({ name: 'StorageError', code: 'changed' })
    // What was read ahead is of the file as it was.
    const rest = (async () => {
      while (!(await pieces.next()).done);
    })()
    await expect(rest).rejects.toEqual(changed)
    await expect(file.read(0, 10)).rejects.toEqual(changed)
  })

  test('that another takes the place of are not read from then on, and what is under way is not mixed', async () => {
    const file = await storage.open(path)
    const pieces = file.stream(0, CONTENT.length)[Symbol.asyncIterator]()
    const first = await pieces.next()
    const other = join(directory, 'b.bam')
    writeFileSync(other, Buffer.alloc(CONTENT.length))
    utimesSync(other, BEFORE, BEFORE)
    renameSync(other, path)
    const rest = [first.value as Buffer]
    for (let next = await pieces.next(); !next.done; next = await pieces.next()) rest.push(next.value)
    expect(Buffer.concat(rest).equals(CONTENT)).toBe(true)
    await expect(file.read(0, 10)).rejects.toEqual(expect.objectContaining({ name: 'StorageError', code: 'changed' }))
    const next = await storage.open(path)
    expect(next.size).toBe(file.size)
    expect(next.version).not.toBe(file.version)
  })

  test('keep no descriptor open', async () => {
    const count = () => readdirSync('/proc/self/fd').length
    const before = count()
    const file = await storage.open(path)
    await file.read(0, 10)
    const left = file.stream(0, CONTENT.length)[Symbol.asyncIterator]()
    await left.next()
    await left.return?.()
    expect(count()).toBe(before)
  })

  test('have the same version as long as they stay as they are', async () => {
    const first = await storage.open(path)
    const second = await storage.open(path)
    expect(second.version).toBe(first.version)
    expect(first.version).toMatch(/^[0-9a-z]+-[0-9a-z]+-[0-9a-z]+$/)
    expect(parseInt(first.version.split('-')[0]!, 36)).toBe(statSync(path).ino)
  })

  test('are no folders and no pipes, and have to be there', async () => {
    const pipe = join(directory, 'pipe')
    execFileSync('mkfifo', [pipe])
    for (const none of [directory, pipe, join(directory, 'none'), join(path, 'below')]) {
      await expect(storage.open(none)).rejects.toEqual(
        expect.objectContaining({ name: 'StorageError', code: 'not-found' }),
      )
    }
  })

  test('are not read for somebody who left', async () => {
    const file = await storage.open(path)
    const gone = AbortSignal.abort(new Error('gone'))
    await expect(file.read(0, 10, gone)).rejects.toThrow('gone')
  })
})
