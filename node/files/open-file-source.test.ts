import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import type { FileRecord } from './file-record.js'
import type { SlicePart } from '../formats/slice.js'
import { buildCsi } from '../formats/index/build-csi.js'
import { openStorage, type Storage } from '../storage/open-storage.js'
import { bamFile } from '../testing/sample-bam.js'
import { memoryFile } from '../testing/memory-file.js'
import type { ObjectServer } from '../testing/stored-object.js'
import { startWebServer } from '../testing/web-server.js'
import { openFileSource, type FileSource } from './open-file-source.js'

const BAM = bamFile(['Eva'], [100, 200, 300_000])
const CHECK_MS = 1_000

describe('the files that a node serves', () => {
  let server: ObjectServer
  let storage: Storage
  let records: Map<string, FileRecord>
  let source: FileSource
  let clock = 0

  beforeEach(async () => {
    server = await startWebServer()
    storage = openStorage()
    records = new Map()
    clock = 0
    source = createSource()
  })
  afterEach(async () => {
    await storage.close()
    await server.close()
  })

  const createSource = (cacheBytes = 1 << 20) =>
    openFileSource({ registry: { find: (id) => records.get(id) }, storage, cacheBytes, now: () => clock })

  async function put(id: string, content = BAM): Promise<void> {
    server.put(`/${id}`, { content })
    server.put(`/${id}.csi`, { content: await buildCsi(memoryFile(content), 'BAM') })
    const [file, index] = await Promise.all(['', '.csi'].map((ending) => storage.open(`${server.url}/${id}${ending}`)))
    records.set(id, {
      id,
      datasetId: 'd',
      kind: 'reads',
      format: 'BAM',
      isEncrypted: false,
      location: `${server.url}/${id}`,
      size: content.length,
      version: file!.version,
      indexLocation: `${server.url}/${id}.csi`,
      indexVersion: index!.version,
      people: [{ sample: 'Eva', individual: 1 }],
      addDateTime: '2026-01-01T00:00:00Z',
    })
  }
  const requests = async (work: () => Promise<unknown>): Promise<number> => {
    const before = server.requests.length
    await work()
    return server.requests.length - before
  }

  test('are opened once for all who ask, and stay open', async () => {
    await put('a')
    const once = await requests(() => source.open({ id: 'a' }))
    const other = createSource()
    const both = await requests(() => Promise.all([other.open({ id: 'a' }), other.open({ id: 'a' })]))
    expect(both).toBe(once)
    expect(await requests(() => source.open({ id: 'a' }))).toBe(0)
    const { file, data, version } = await source.open({ id: 'a' })
    expect(file).toMatchObject({ format: 'BAM', samples: ['Eva'] })
    expect(version).toBe(records.get('a')!.version)
    expect((await data.read(0, data.size)).equals(BAM)).toBe(true)
    const parts: SlicePart[] = []
    const selection = { kind: 'some', regions: [{ contig: 'chr1', start: 0, end: 150 }], unplaced: false } as const
    for await (const part of file.slice(selection, {})) parts.push(part)
    expect(parts).toHaveLength(1)
  })

  test('are not opened in another version than was added', async () => {
    await put('a')
    await source.open({ id: 'a' })
    server.put('/a', { content: bamFile(['Adam'], [7]) })
    const changed = expect.objectContaining({ name: 'StorageError', code: 'changed' })
    const { data } = await source.open({ id: 'a' })
    await expect(data.read(0, 10)).rejects.toEqual(changed)
    clock += CHECK_MS
    await expect(source.open({ id: 'a' })).rejects.toEqual(changed)
    await expect(source.open({ id: 'a' })).rejects.toEqual(changed)
    await put('a', bamFile(['Adam'], [7]))
    expect((await source.open({ id: 'a' })).file.samples).toEqual(['Adam'])
    server.put('/a.csi', { content: Buffer.from('other') })
    await expect(createSource().open({ id: 'a' })).rejects.toEqual(changed)
  })

  test('are asked for again when it failed', async () => {
    await put('a')
    server.misbehave((_request, response) => void response.writeHead(403).end())
    await expect(source.open({ id: 'a' })).rejects.toMatchObject({ code: 'denied' })
    expect((await source.open({ id: 'a' })).file.format).toBe('BAM')
  })

  test('are kept as long as there is room, the last used longest', async () => {
    for (const id of ['a', 'b', 'c']) await put(id)
    const small = createSource(2 * (20 << 10))
    await small.open({ id: 'a' })
    await small.open({ id: 'b' })
    await small.open({ id: 'a' })
    await small.open({ id: 'c' })
    expect(await requests(() => small.open({ id: 'a' }))).toBe(0)
    expect(await requests(() => small.open({ id: 'b' }))).toBeGreaterThan(0)
  })

  test('are none of another id', async () => {
    await put('a')
    await expect(source.open({ id: 'b' })).rejects.toMatchObject({ code: 'not-found' })
  })
})
