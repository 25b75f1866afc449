import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { openWorld, writeWorldSegment, type WorldSegment } from '../../testing/segment-world.js'
import { grantOf } from '../../testing/world-queries.js'
import type { SeveralQuery } from '../variant-query.js'
import { EVERYBODY } from '../visible-set.js'
import type { QueryTask } from './query-task.js'
import { createQueryThreads, type QueryThreads } from './query-threads.js'
import { createSegmentHandles, MissingSegmentError } from './segment-handles.js'
import { createSqliteVariantStore } from './sqlite-variant-store.js'

const directory = mkdtempSync(join(tmpdir(), 'fyr-threads-'))
const path = join(directory, 'a.sqlite')
const budget = { handles: 4, bytes: 1_000_000 }
const query: SeveralQuery = { kind: 'range', assembly: 'GRCh38', contig: 1, start: 0, end: 1_000 }
const task: QueryTask = {
  datasets: [{ assembly: 'GRCh38', paths: [path], visible: undefined }],
  query,
  page: undefined,
}
const segment: WorldSegment = {
  people: [1, 2, 3],
  males: [],
  females: [],
  origin: 'germline',
  absent: 'hom-ref',
  hasStructural: false,
  alleles: Array.from({ length: 100 }, (_, index) => ({
    variant: { contig: 1, start: index, referenceBases: 'A', alternateBases: 'C' },
    anchor: '',
    heterozygous: [1 + (index % 3)],
    homozygous: [],
    hemizygous: [],
    noCall: [],
  })),
  blocks: [],
}
const opened: QueryThreads[] = []

beforeAll(() => writeWorldSegment(path, segment))
afterAll(async () => {
  for (const threads of opened) await threads.close()
  rmSync(directory, { recursive: true })
})

/** Threads that run another script: `parentPort` and `workerData` are at hand. */
function openThreads(script?: string, longestQueue?: number): QueryThreads {
  let url: URL | undefined
  if (script !== undefined) {
    const file = join(directory, `script-${opened.length}.mjs`)
    writeFileSync(file, `import { parentPort, workerData } from 'node:worker_threads'\n${script}`)
    url = pathToFileURL(file)
  }
  const threads = createQueryThreads({
    threads: 1,
    budget,
    ...(url ? { script: url } : {}),
    ...(longestQueue === undefined ? {} : { longestQueue }),
  })
  opened.push(threads)
  return threads
}

const ANSWER = `{ kind: 'answered', answer: { variants: 7, datasets: [] } }`

describe('query threads', () => {
  test('answer, and say of a missing segment that it is missing', async () => {
    const threads = openThreads()
    expect(await threads.run(task)).toMatchObject({ variants: 100 })
    const missing = { ...task, datasets: [{ ...task.datasets[0]!, paths: [join(directory, 'none.sqlite')] }] }
    await expect(threads.run(missing)).rejects.toThrow(MissingSegmentError)
    expect(await threads.run(task)).toMatchObject({ variants: 100 })
  })

  test('that crash fail what they did, and are replaced', async () => {
    const threads = openThreads(`parentPort.on('message', () => { throw new Error('broken') })`)
    await expect(threads.run(task)).rejects.toThrow('broken')
    await expect(threads.run(task)).rejects.toThrow('broken')
    const exiting = openThreads(`parentPort.on('message', () => process.exit(3))`)
    await expect(exiting.run(task)).rejects.toThrow('a query thread ended with 3')
  })

  test('refuse more questions than may wait', async () => {
    const threads = openThreads(
      `parentPort.on('message', () => setTimeout(() => parentPort.postMessage(${ANSWER}), 50))`,
      2,
    )
    const accepted = [threads.run(task), threads.run(task), threads.run(task)]
    await expect(threads.run(task)).rejects.toMatchObject({ code: 'unavailable' })
    expect(await Promise.all(accepted)).toHaveLength(3)
    expect(await threads.run(task)).toMatchObject({ variants: 7 })
  })

  test('are told when nobody waits any more, running or not', async () => {
    const threads = openThreads(`parentPort.on('message', ({ cancelled }) => {
      Atomics.wait(cancelled, 0, 0)
      parentPort.postMessage(${ANSWER})
    })`)
    const [first, second] = [new AbortController(), new AbortController()]
    const running = threads.run(task, first.signal)
    const waiting = threads.run(task, second.signal)
    second.abort(new Error('gone'))
    await expect(waiting).rejects.toThrow('gone')
    first.abort(new Error('gone'))
    await expect(running).rejects.toThrow('gone')
    await expect(threads.run(task, AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone')
  })

  test('that are closed fail what still waits', async () => {
    const threads = openThreads(`parentPort.on('message', () => undefined)`)
    const never = [threads.run(task), threads.run(task)].map((run) =>
      expect(run).rejects.toThrow('the node is closing'),
    )
    await threads.close()
    await Promise.all(never)
  })
})

test('a question whose segment was replaced meanwhile is asked anew of what stands in its place', async () => {
  const replaced = join(directory, 'replaced.sqlite')
  const next = join(directory, 'next.sqlite')
  for (const file of [replaced, next]) writeWorldSegment(file, segment)
  for (const threads of [undefined, openThreads()]) {
    const handles = createSegmentHandles(budget)
    const [old, current] = [openWorld([[replaced]], handles), openWorld([[next]], handles)]
    let catalogue = old
    let refreshed = 0
    const store = createSqliteVariantStore(
      {
        acquire: () => catalogue.acquire(),
        refresh() {
          refreshed++
          catalogue = current
        },
        close: () => handles.close(),
      },
      threads ? { threads, rowLimit: 0 } : {},
    )
    // As when the least recently used handles are closed, and a compaction then removes the file.
    handles.forget(replaced)
    const away = `${replaced}.away`
    renameSync(replaced, away)
    const { node } = await store.query(grantOf([EVERYBODY]), query)
    expect(node).toMatchObject({ variants: 100 })
    expect(refreshed).toBe(1)
    renameSync(away, replaced)
    handles.close()
  }
})
