import type { Command } from 'commander'
import { readNodeConfig } from '../config.js'
import { addOntologies, type AddedOntology } from '../metadata/ontologies/add-ontologies.js'
import { listOntologies, removeOntology, type StoredOntology } from '../metadata/ontologies/store-ontologies.js'
import { createProgressBar } from '../progress-bar.js'

/** Ids named in words; the JSON names all. */
const SHOWN_IDS = 5

/** `fyr-node ontology …` */
export function addOntologyCommands(program: Command): void {
  const ontology = program.command('ontology').description('manage the ontologies that filters follow')
  ontology
    .command('add')
    .description(
      'load ontologies from OBO 1.2/1.4 or OBO Graph JSON files (plain or gzip), each in place of the one with its prefix; descendants are found by is_a alone',
    )
    .argument('<dir>')
    .argument('<files...>')
    .option('--json', 'print the result as JSON')
    .action(async (dir: string, files: string[], { json }: { json?: boolean }) => {
      readNodeConfig(dir)
      const bar = process.stderr.isTTY && !json ? createProgressBar() : undefined
      try {
        const onProgress = (file: string, read: number, total: number) => bar?.draw(read, total, file)
        const added = await addOntologies(dir, files, { now: () => new Date(), onProgress })
        bar?.clear()
        process.stdout.write(json ? `${JSON.stringify(added, null, 2)}\n` : added.map(toAddedText).join(''))
      } catch (error) {
        bar?.clear()
        throw error
      }
    })
  ontology
    .command('list')
    .description('print the ontologies that are loaded')
    .argument('<dir>')
    .option('--json', 'print JSON')
    .action((dir: string, { json }: { json?: boolean }) => {
      readNodeConfig(dir)
      const stored = listOntologies(dir)
      process.stdout.write(json ? `${JSON.stringify(stored, null, 2)}\n` : toTable(stored))
    })
  ontology
    .command('remove')
    .description('forget an ontology; its terms then match as written, without their descendants')
    .argument('<dir>')
    .argument('<prefix>', 'e.g. HP')
    .action((dir: string, prefix: string) => {
      readNodeConfig(dir)
      const { prefix: removed, version } = removeOntology(dir, prefix)
      process.stdout.write(`removed ${removed} ${version}\n`)
    })
}

function toAddedText({ file, prefix, version, counts, cycles, ambiguousIds, duplicates }: AddedOntology): string {
  const { terms, importedTerms, obsoleteTerms, alternativeIds, termsInCycles } = counts
  const lines = [
    `added ${prefix} ${version} from ${file}: ${terms} terms, ${importedTerms} of other ontologies, ${obsoleteTerms} obsolete, ${alternativeIds} old ids`,
    '  descendants are found by is_a; part_of and other relations are not followed',
  ]
  if (termsInCycles > 0) {
    lines.push(
      `  warning: ${termsInCycles} terms in circles of is_a, e.g. ${shown(cycles[0]!)}: each descends from the others`,
    )
  }
  if (ambiguousIds.length > 0) {
    lines.push(
      `  warning: ${ambiguousIds.length} old ids that several terms claim lead to none: ${shown(ambiguousIds)}`,
    )
  }
  if (duplicates > 0) lines.push(`  note: ${duplicates} terms that stand in the file more than once were united`)
  return `${lines.join('\n')}\n`
}

function shown(ids: readonly string[]): string {
  return `${ids.slice(0, SHOWN_IDS).join(', ')}${ids.length > SHOWN_IDS ? ', …' : ''}`
}

function toTable(stored: readonly StoredOntology[]): string {
  if (stored.length === 0) return 'no ontologies\n'
  const width = Math.max(...stored.map(({ prefix }) => prefix.length))
  const lines = stored.map(({ prefix, version, counts, name, file }) => {
    return `${prefix.padEnd(width)}  ${version}  ${counts.terms} terms  ${name}  (${file})`
  })
  return `${lines.join('\n')}\n`
}
