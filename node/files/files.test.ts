import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { existsSync, readdirSync, renameSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { removeDataset, setDataset, setPublished } from '../dataset.js'
import { toKeyPair } from '../formats/crypt4gh/key-exchange.js'
import { buildCsi } from '../formats/index/build-csi.js'
import { openIndividuals, type Individuals } from '../metadata/individuals.js'
import { removeIndividual } from '../remove-individual.js'
import { openStorage, type Storage } from '../storage/open-storage.js'
import { bamFile } from '../testing/sample-bam.js'
import { bgzfFile } from '../testing/bgzf-file.js'
import { toCrypt4gh } from '../testing/crypt4gh-file.js'
import { memoryFile } from '../testing/memory-file.js'
import { createNodeFixture, toVcf, type NodeFixture } from '../testing/node-fixture.js'
import { startS3Server } from '../testing/s3-server.js'
import { startWebServer } from '../testing/web-server.js'
import { addFiles, type AddFilesOptions } from './add-files.js'
import { removeFiles } from './change-files.js'
import { checkFile } from './check-files.js'
import { toListedFiles } from './list-files.js'
import { openFiles, type FileRegistry } from './open-files.js'

const BAM = bamFile(['Eva'], [100, 200, 300_000])
const CONTIG = '##contig=<ID=1,length=1000>'
const VCF = bgzfFile(
  Buffer.from(toVcf(['Eva', 'Adam'], ['1 10 . A C . . . GT 0/1 0/0']).replace('\n', `\n${CONTIG}\n`)),
  99,
)
/** Of nobody real: the check digit is right. */
const PERSONAL_NUMBER = '19121212-1212'
const EARLIER = new Date(1_000_000)
const LATER = new Date(2_000_000)

function filesError(reason: string): unknown {
  return expect.objectContaining({ name: 'FilesError', message: expect.stringContaining(reason) })
}

describe('files of a node', () => {
  let node: NodeFixture
  let individuals: Individuals
  let storage: Storage
  let registry: FileRegistry

  beforeEach(() => {
    node = createNodeFixture()
    node.addDataset('d')
    individuals = openIndividuals(node.directory)
    storage = openStorage()
    registry = openFiles(node.directory)
  })
  afterEach(async () => {
    registry.close()
    await storage.close()
    individuals.close()
    await node.remove()
  })

  const write = (name: string, content: string | Buffer, time = EARLIER): string => {
    const path = join(node.directory, name)
    writeFileSync(path, content)
    utimesSync(path, time, time)
    return path
  }
  const add = (files: readonly string[], options: Partial<AddFilesOptions> = {}) =>
    addFiles({
      nodeDirectory: node.directory,
      dataset: { id: 'd' },
      files,
      storage,
      individuals,
      now: () => new Date(0),
      ...options,
    })
  const check = async (id: string): Promise<readonly string[]> =>
    (await checkFile(registry.find(id)!, { storage, individuals })).problems
  const turn = () => new Promise((resolve) => setImmediate(resolve))

  test('are added with an index that is built, listed and removed, and stay where they are', async () => {
    const path = write('a.bam', BAM)
    const [added] = await add([path])
    expect(added).toMatchObject({ isIndexBuilt: true, hasEndOfFile: true })
    const record = registry.find('d/a')!
    const [eva] = individuals.list()
    expect(record).toEqual({
      id: 'd/a',
      datasetId: 'd',
      kind: 'reads',
      format: 'BAM',
      isEncrypted: false,
      location: path,
      size: BAM.length,
      version: (await storage.open(path)).version,
      indexLocation: expect.stringMatching(/indexes\/[0-9a-f]{32}\.csi$/),
      people: [{ sample: 'Eva', individual: eva!.number }],
      addDateTime: '1970-01-01T00:00:00.000Z',
    })
    expect(eva).toMatchObject({ name: 'Eva' })
    expect(await check('d/a')).toEqual([])
    expect(toListedFiles(registry.list(), individuals)[0]!.people).toEqual([
      { sample: 'Eva', individual: eva!.pseudonym },
    ])
    removeFiles(node.directory, ['d/a'])
    await turn()
    expect(registry.find('d/a')).toBeUndefined()
    expect(existsSync(path)).toBe(true)
    expect(existsSync(record.indexLocation)).toBe(false)
  })

  test('are added with the index beside them, and never with one that is older', async () => {
    const path = write('a.vcf.gz', VCF)
    const index = write('a.vcf.gz.csi', await buildCsi(memoryFile(VCF), 'VCF'), LATER)
    await add([path])
    expect(registry.find('d/a')).toMatchObject({ indexLocation: index, kind: 'variants' })
    utimesSync(index, EARLIER, EARLIER)
    utimesSync(path, LATER, LATER)
    await expect(add([path])).rejects.toEqual(filesError('is older than the file'))
    expect(await check('d/a')).toEqual([
      'its content is not that which was added: add it again',
      'its index is not that which was added: add the file again',
      expect.stringContaining('is older than the file'),
    ])
  })

  test('are looked at anew when they are added again, and give up the index that was built', async () => {
    const path = write('a.bam', BAM)
    await add([path])
    write('a.bam', bamFile(['Adam'], [5]), LATER)
    expect(await check('d/a')).toContain('its content is not that which was added: add it again')
    await add([path])
    await turn()
    expect(await check('d/a')).toEqual([])
    expect(registry.find('d/a')!.people).toHaveLength(1)
    expect(readdirSync(join(node.directory, 'indexes'))).toHaveLength(1)
  })

  test('of one id are one file, and of several files all are added or none', async () => {
    const path = write('a.bam', BAM)
    const other = write('b.bam', bamFile(['Adam'], [5]))
    await add([path], { id: 'x/y' })
    await expect(add([other], { id: 'x/y' })).rejects.toEqual(filesError('another file x/y'))
    await expect(add([other, write('b.vcf.gz', VCF)])).rejects.toEqual(filesError('two of the files would be d/b'))
    await expect(add([other, write('c.bam', 'nothing')])).rejects.toEqual(filesError('c.bam: this is no BAM'))
    await expect(add([other], { id: 'a b' })).rejects.toEqual(filesError('no id of a file'))
    expect(registry.list().map(({ id }) => id)).toEqual(['x/y'])
    expect(individuals.list().map(({ name }) => name)).toEqual(['Eva'])
  })

  test.each([
    ['a.vcf', () => Buffer.from(toVcf(['Eva'], [])), 'compress it with bgzip'],
    ['a.bam', () => BAM.subarray(0, 150), 'truncated'],
    ['a.txt', () => Buffer.from('text'), 'this is no BAM, CRAM, VCF or BCF file'],
    ['a.bam', () => bamFile([], [1]), 'say it by --individual'],
    ['a.bam', () => bamFile(['Eva'], [9, 5]), 'sort the file'],
    [
      'a.bam',
      () => bamFile([PERSONAL_NUMBER], [9]),
      'sample 1 is named by a personal identity number; replace it by --sample-map',
    ],
  ])('cannot be served where they are as %s: %#', async (name, content, reason) => {
    const failed = add([write(name, content())])
    await expect(failed).rejects.toEqual(filesError(reason))
    await expect(failed).rejects.not.toEqual(filesError(PERSONAL_NUMBER))
    expect(individuals.list()).toEqual([])
    expect(registry.list()).toEqual([])
    expect(existsSync(join(node.directory, 'indexes'))).toBe(false)
  })

  test('belong to whom the sample map or the option says', async () => {
    const map = write('map.tsv', `${PERSONAL_NUMBER}\tP1\nAdam\tP1\n`)
    await add([write('a.bam', bamFile([PERSONAL_NUMBER, 'Adam', 'Eva'], [9]))], { sampleMap: map })
    const names = new Map(individuals.list().map(({ name, number }) => [number, name]))
    expect(registry.find('d/a')!.people.map(({ individual }) => names.get(individual))).toEqual(['P1', 'P1', 'Eva'])
    await add([write('b.bam', bamFile([], [9]))], { individual: 'P1' })
    expect(registry.find('d/b')!.people).toEqual([
      { sample: '', individual: registry.find('d/a')!.people[0]!.individual },
    ])
    await expect(add([write('c.bam', BAM)], { individual: 'P1' })).rejects.toEqual(filesError('by --sample-map'))
    await expect(add([write('c.bam', bamFile([], [9]))], { individual: PERSONAL_NUMBER })).rejects.toEqual(
      filesError('--individual is named by a personal identity number'),
    )
  })

  test('have no personal number in them where identifiers are kept', async () => {
    const map = write('map.tsv', `${PERSONAL_NUMBER}\tP1\n`)
    const path = write('a.bam', bamFile(['Eva', PERSONAL_NUMBER], [9]))
    const failed = add([path], { sampleMap: map, dataset: { id: 'd', identifiers: 'keep' } })
    await expect(failed).rejects.toEqual(filesError('sample 2 is named by a personal identity number'))
    await expect(failed).rejects.not.toEqual(filesError(PERSONAL_NUMBER))
    expect(individuals.list()).toEqual([])
    await add([path], { sampleMap: map })
    const keep = () => setDataset(node.directory, 'd', { identifiers: 'keep' }, new Date())
    expect(keep).toThrow(
      expect.objectContaining({ name: 'DatasetError', message: expect.stringContaining('personal') }),
    )
    removeFiles(node.directory, ['d/a'])
    expect(keep).not.toThrow()
  })

  test('are no files of a person who is removed, and stay those of the others', async () => {
    await add([write('eva.bam', BAM), write('both.vcf.gz', VCF)])
    removeIndividual(node.directory, 'Eva')
    await turn()
    expect(registry.find('d/eva')).toBeUndefined()
    expect(registry.find('d/both')!.people.map(({ sample }) => sample)).toEqual(['Adam'])
    expect(await check('d/both')).toEqual([expect.stringContaining('1 of its samples belong to nobody')])
    await expect(add([join(node.directory, 'eva.bam')])).rejects.toEqual(filesError('everybody in it was removed'))
    await add([join(node.directory, 'both.vcf.gz')])
    await turn()
    expect(registry.find('d/both')!.people.map(({ sample }) => sample)).toEqual(['Adam'])
  })

  test('go with their dataset', async () => {
    node.addDataset('e')
    await add([write('a.bam', BAM)])
    await add([write('b.bam', BAM)], { dataset: { id: 'e' } })
    expect(registry.ofDataset('d').map(({ id }) => id)).toEqual(['d/a'])
    setPublished(node.directory, 'd', false, new Date())
    removeDataset(node.directory, 'd')
    await turn()
    expect(registry.find('d/a')).toBeUndefined()
    expect(registry.list().map(({ id }) => id)).toEqual(['e/b'])
  })

  test('are known again after the node was moved', async () => {
    const path = write('a.bam', BAM)
    await add([path])
    const moved = `${node.directory}-moved`
    registry.close()
    individuals.close()
    renameSync(node.directory, moved)
    try {
      registry = openFiles(moved)
      expect(existsSync(registry.find('d/a')!.indexLocation)).toBe(true)
    } finally {
      registry.close()
      renameSync(moved, node.directory)
      registry = openFiles(node.directory)
      individuals = openIndividuals(node.directory)
    }
  })

  test.each<readonly [string, (path: string) => void, readonly unknown[]]>([
    ['are gone', (path) => rmSync(path), [expect.stringContaining('ENOENT')]],
    [
      'are cut off',
      (path) => truncateSync(path, BAM.length - 28),
      [
        'its content is not that which was added: add it again',
        'it has no end-of-file block: it may have been cut off',
      ],
    ],
    [
      'are others',
      (path) => writeFileSync(path, bamFile(['Adam'], [1, 2, 3])),
      ['its content is not that which was added: add it again', expect.stringMatching(/index/)],
    ],
  ])('that %s are told', async (_, change, problems) => {
    const path = write('a.bam', BAM)
    await add([path])
    change(path)
    expect(await check('d/a')).toEqual(problems)
  })

  test('may lie on a web server and in an object store', async () => {
    const web = await startWebServer()
    const s3 = await startS3Server('eu-north-1', undefined)
    const remote = openStorage({ s3: { endpoint: s3.url, region: 'eu-north-1', pathStyle: true } })
    try {
      web.put('/a.bam', { content: BAM })
      s3.put('/reads/b.vcf.gz', { content: VCF })
      s3.put('/reads/b.vcf.gz.csi', { content: await buildCsi(memoryFile(VCF), 'VCF') })
      const added = await add([`${web.url}/a.bam`, 's3://reads/b.vcf.gz'], { storage: remote })
      expect(added.map(({ isIndexBuilt }) => isIndexBuilt)).toEqual([true, false])
      expect(registry.find('d/b')).toMatchObject({ indexLocation: 's3://reads/b.vcf.gz.csi' })
      const [first, second] = registry.list()
      expect((await checkFile(first!, { storage: remote, individuals })).problems).toEqual([])
      expect((await checkFile(second!, { storage: remote, individuals })).problems).toEqual([])
      web.put('/a.bam', { content: bamFile(['Eva'], [7]) })
      expect((await checkFile(first!, { storage: remote, individuals })).problems).toContain(
        'its content is not that which was added: add it again',
      )
    } finally {
      await remote.close()
      await web.close()
      await s3.close()
    }
  })

  test('may be kept as Crypt4GH for the node', async () => {
    const key = toKeyPair(Buffer.alloc(32, 7))
    const path = write('a.bam.c4gh', toCrypt4gh(BAM, key.publicKey, [Buffer.alloc(32, 9)]))
    await expect(add([path])).rejects.toEqual(filesError('crypt4gh.secretKeyFile'))
    await add([path], { key })
    expect(registry.find('d/a')).toMatchObject({ isEncrypted: true, format: 'BAM' })
    expect((await checkFile(registry.find('d/a')!, { storage, individuals, key })).problems).toEqual([])
  })
})
