import type { NodeConfig } from '../../schemas/index.js'
import type { Command } from 'commander'
import { makeRecordedChange } from '../audit/change-log.js'
import { keySettings, readNodeConfig, storageSettings } from '../config.js'
import { requireManifest } from '../dataset.js'
import { addFiles, type AddedFile } from '../files/add-files.js'
import { removeFiles } from '../files/change-files.js'
import { checkFile, type CheckedFile } from '../files/check-files.js'
import type { FileRecord } from '../files/file-record.js'
import { FilesError } from '../files/files-error.js'
import { toFileTable, toListedFiles } from '../files/list-files.js'
import { openFiles } from '../files/open-files.js'
import { readKey } from '../files/read-key.js'
import { openIndividuals, type Individuals } from '../metadata/individuals.js'
import { createProgressBar } from '../progress-bar.js'
import { openStorage, type Storage } from '../storage/open-storage.js'
import { byOption, toChangeOptions, type ByOption } from './by-option.js'
import type { KeyPair } from '../formats/crypt4gh/key-exchange.js'

interface AddOptions extends ByOption {
  readonly dataset: string
  readonly id?: string
  readonly index?: string
  readonly sampleMap?: string
  readonly individual?: string
  readonly json?: boolean
}

interface Opened {
  readonly individuals: Individuals
  readonly storage: Storage
  readonly key?: KeyPair
}

/** Opens what a command about files needs, and closes it after. */
async function withNode<T>(dir: string, config: NodeConfig, work: (opened: Opened) => Promise<T>): Promise<T> {
  const settings = keySettings(dir, config)
  const key = settings && readKey(settings)
  const individuals = openIndividuals(dir)
  const storage = openStorage(storageSettings(dir, config))
  try {
    return await work({ individuals, storage, ...(key ? { key } : {}) })
  } finally {
    individuals.close()
    await storage.close()
  }
}

function readRecords(dir: string): readonly FileRecord[] {
  const files = openFiles(dir)
  try {
    return files.list()
  } finally {
    files.close()
  }
}

function toAddedText({ record, isIndexBuilt, hasEndOfFile }: AddedFile): string {
  const index = isIndexBuilt ? 'index built' : `index ${record.indexLocation.replace(/^.*\//, '').replace(/\?.*$/, '')}`
  const lines = [`added ${record.id}: ${record.format}, ${record.people.length} people, ${index}`]
  if (!hasEndOfFile) lines.push('  warning: it has no end-of-file block, so it may have been cut off')
  return `${lines.join('\n')}\n`
}

function toCheckedText({ id, problems }: CheckedFile): string {
  return problems.length === 0 ? `${id}  ok\n` : problems.map((problem) => `${id}  ${problem}\n`).join('')
}

/** `fyr-node files …` */
export function addFilesCommands(program: Command): void {
  const files = program
    .command('files')
    .description('manage the files of reads and variants that are served by htsget; they stay where they are')
  files
    .command('add')
    .description(
      'add BAM, CRAM, VCF (compressed by bgzip) and BCF files: paths, s3://bucket/key, or http(s) addresses; an index that is missing is built',
    )
    .argument('<dir>')
    .argument('<files...>')
    .requiredOption('--dataset <dataset>')
    .option('--id <id>', 'as clients ask for the file (default: DATASET/ and its name without endings); for one file')
    .option('--index <location>', 'its index (default: beside it, as x.bam.bai); for one file')
    .option('--sample-map <file>', 'lines of sample, tab, individual (default: a sample’s name is its individual’s)')
    .option('--individual <name>', 'whose the files are that name nobody')
    .option('--json', 'print what is known of them as JSON')
    .addOption(byOption())
    .action(async (dir: string, paths: string[], options: AddOptions, command: Command) => {
      if (paths.length > 1 && (options.id !== undefined || options.index !== undefined)) {
        command.error('error: --id and --index are of one file: add the files one by one')
      }
      const config = readNodeConfig(dir)
      const dataset = requireManifest(dir, options.dataset)
      const { json, by: _by, ...rest } = options
      const bar = process.stderr.isTTY && !json ? createProgressBar() : undefined
      await withNode(dir, config, async (opened) => {
        try {
          // Paths may be named after people.
          const details = { what: 'file.add', dataset: dataset.id, files: paths.length }
          const added = await makeRecordedChange(dir, 'file.change', details, toChangeOptions(options), () =>
            addFiles({
              nodeDirectory: dir,
              files: paths,
              ...rest,
              dataset,
              ...opened,
              now: () => new Date(),
              ...(bar ? { onProgress: (file, read, total) => bar.draw(read, total, `index of ${file}`) } : {}),
            }),
          )
          bar?.clear()
          const records = added.map(({ record }) => record)
          const listed = () => JSON.stringify(toListedFiles(records, opened.individuals), null, 2)
          process.stdout.write(json ? `${listed()}\n` : added.map(toAddedText).join(''))
        } catch (error) {
          bar?.clear()
          throw error
        }
      })
    })
  files
    .command('list')
    .description('print the files; this must not leave the node')
    .argument('<dir>')
    .option('--json', 'print JSON')
    .action((dir: string, { json }: { json?: boolean }) => {
      readNodeConfig(dir)
      const records = readRecords(dir)
      if (!json) {
        process.stdout.write(toFileTable(records))
        return
      }
      const individuals = openIndividuals(dir)
      try {
        process.stdout.write(`${JSON.stringify(toListedFiles(records, individuals), null, 2)}\n`)
      } finally {
        individuals.close()
      }
    })
  files
    .command('remove')
    .description('serve files no more; they stay where they are')
    .argument('<dir>')
    .argument('<ids...>')
    .addOption(byOption())
    .action(async (dir: string, ids: string[], options: ByOption) => {
      readNodeConfig(dir)
      const known = new Set(readRecords(dir).map(({ id }) => id))
      // What is no file here may be anything, a name too.
      const details = { what: 'file.remove', files: ids.filter((id) => known.has(id)) }
      await makeRecordedChange(dir, 'file.change', details, toChangeOptions(options), () => removeFiles(dir, ids))
      process.stdout.write(ids.map((id) => `removed ${id}\n`).join(''))
    })
  files
    .command('check')
    .description(
      'look whether files are there and unchanged, whole, and known, and whether their indexes fit; exit code 1: not all',
    )
    .argument('<dir>')
    .argument('[ids...]', 'default: all')
    .option('--json', 'print JSON')
    .action(async (dir: string, ids: string[], { json }: { json?: boolean }) => {
      const config = readNodeConfig(dir)
      const records = readRecords(dir)
      const missing = ids.find((id) => !records.some((record) => record.id === id))
      if (missing !== undefined) throw new FilesError(`there is no file ${missing}`)
      const chosen = ids.length === 0 ? records : records.filter(({ id }) => ids.includes(id))
      const checked = await withNode(dir, config, async (opened) => {
        const results: CheckedFile[] = []
        for (const record of chosen) results.push(await checkFile(record, opened))
        return results
      })
      process.stdout.write(json ? `${JSON.stringify(checked, null, 2)}\n` : checked.map(toCheckedText).join(''))
      const wrong = checked.filter(({ problems }) => problems.length > 0).length
      if (wrong > 0) throw new FilesError(`${wrong} of ${checked.length} files are not as they should be`)
    })
}
