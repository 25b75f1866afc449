import { Option, type Command } from 'commander'
import { PURPOSES } from '../access/caller.js'
import type { ShownTagged } from '../access/register/change-access.js'
import type { Tag } from '../access/register/register-types.js'
import { GRANT_LEVELS } from '../access/rules.js'
import { toActor } from './by-option.js'
import { collect, given, print, toDay, toTable, withAccess, type ChangeOptions } from './with-access.js'

interface DefineOptions extends ChangeOptions {
  readonly dac: string
  readonly purpose: readonly string[]
  readonly level: string
  readonly to: string
}

interface ObjectOptions extends ChangeOptions {
  readonly decision?: string
  readonly dataset?: readonly string[]
  readonly individual?: readonly string[]
  readonly file?: readonly string[]
  readonly from?: string
  readonly to?: string
}

const BY = 'who does it (default: the user of the operating system)'

function toInput(tag: string, { dataset, individual, file, decision, from, to }: ObjectOptions) {
  return given({ tag, datasets: dataset, individuals: individual, files: file, decision, from, to })
}

function toRow({ name, highestLevel, purposes, to, dac }: Tag): readonly string[] {
  return [name, `at most ${highestLevel}`, purposes.join(','), `to ${toDay(to)}`, dac]
}

function toObjectRow({ kind, object, decision, controller, from, to, removed }: ShownTagged): readonly string[] {
  const end = removed ? `removed ${toDay(removed.at)} by ${removed.by}` : to === undefined ? '' : `to ${toDay(to)}`
  return [`  ${kind}`, object, decision, controller, `from ${toDay(from)}`, end]
}

function addObjectOptions(command: Command): Command {
  return command
    .option('--dataset <dataset>', 'everybody in it; can be repeated', collect)
    .option('--individual <name>', 'a person’s data in every dataset: the laboratory’s name, or the pseudonym', collect)
    .option('--file <id>', 'a file that is served by htsget; can be repeated', collect)
    .option('--by <name>', BY)
    .option('--json', 'print JSON')
}

/** `fyr-node tag …` */
export function addTagCommands(program: Command): void {
  const tag = program
    .command('tag')
    .description('manage the tags by which data are released; untagged data are invisible')
  tag
    .command('define')
    .description('make a tag, or change what it allows')
    .argument('<dir>')
    .argument('<tag>', 'e.g. Gemensamt.Hematologi')
    .requiredOption('--dac <committee>', 'who decides on it: a URL, or a name')
    .requiredOption('--purpose <purpose>', `${PURPOSES.join(', ')}; can be repeated`, collect)
    .addOption(
      new Option('--level <level>', 'the most that a grant on it may let out')
        .choices(GRANT_LEVELS)
        .makeOptionMandatory(),
    )
    .requiredOption('--to <date>', 'its last day')
    .option('--by <name>', BY)
    .option('--json', 'print JSON')
    .action(async (dir: string, name: string, { dac, purpose, level, to, by, json }: DefineOptions) => {
      const input = { name, dac, purposes: purpose, highestLevel: level, to }
      const defined = await withAccess(dir, (access) => access.defineTag(input, toActor(by)))
      print(json, defined, `tag ${name}: at most ${level}, for ${purpose.join(', ')}\n`)
    })
  addObjectOptions(
    tag
      .command('add')
      .description('release data under a tag: whoever has a grant on it may use them')
      .argument('<dir>')
      .argument('<tag>')
      .requiredOption('--decision <id>', 'by which they are released, e.g. D-1')
      .option('--from <date>', 'first day (default: now)')
      .option('--to <date>', 'last day (default: no end)'),
  ).action(async (dir: string, name: string, options: ObjectOptions) => {
    const added = await withAccess(dir, (access) => access.addTagged(toInput(name, options), toActor(options.by)))
    print(options.json, { tag: name, added }, `${added} more carry ${name}\n`)
  })
  addObjectOptions(
    tag
      .command('remove')
      .description('take a tag from data: from the next request on nobody has them by it')
      .argument('<dir>')
      .argument('<tag>'),
  ).action(async (dir: string, name: string, options: ObjectOptions) => {
    const removed = await withAccess(dir, (access) => access.removeTagged(toInput(name, options), toActor(options.by)))
    print(options.json, { tag: name, removed }, `${removed} carry ${name} no more\n`)
  })
  tag
    .command('list')
    .description('print the tags, or one with what carries it or carried it')
    .argument('<dir>')
    .argument('[tag]')
    .option('--json', 'print JSON')
    .action(async (dir: string, name: string | undefined, { json }: ChangeOptions) => {
      if (name === undefined) {
        const tags = await withAccess(dir, (access) => access.tags())
        return print(json, tags, toTable(tags.map(toRow), 'no tags'))
      }
      const shown = await withAccess(dir, (access) => access.tag(name))
      const objects = toTable(shown.objects.map(toObjectRow), '  nothing carries it')
      print(json, shown, toTable([toRow(shown)], '') + objects)
    })
}
