import { Option, type Command } from 'commander'
import { ASSEMBLY_IDS, type AssemblyId } from '../../schemas/index.js'
import { parseBed } from '../access/register/granted-regions.js'
import type { Application, ApplicationState, Want } from '../access/register/register-types.js'
import { GRANT_LEVELS } from '../access/rules.js'
import { toActor } from './by-option.js'
import {
  collect,
  given,
  print,
  readObject,
  readText,
  toDay,
  toTable,
  withAccess,
  type ChangeOptions,
} from './with-access.js'

interface AddOptions extends ChangeOptions {
  readonly project?: string
  readonly controller?: string
  readonly tag?: readonly string[]
  readonly dataset?: readonly string[]
  readonly level?: string
  readonly regions?: string
  readonly assembly: AssemblyId
  readonly note?: string
  readonly file?: string
}

const BY = 'who does it (default: the user of the operating system)'

/** Commands that move an application on, with the states that they lead to. */
const MOVES: readonly (readonly [string, ApplicationState, string])[] = [
  ['submit', 'submitted', 'hand an application in'],
  ['review', 'in_review', 'begin to look into an application'],
  ['return', 'returned', 'send an application back to be changed; say why in --note'],
  ['close', 'closed', 'end an approved application, and its grants: the work is done'],
  ['revoke', 'revoked', 'take an approval back, with all its grants'],
  ['expire', 'expired', 'end an application that nobody follows up, and its grants'],
]

function toWantText({ tag, dataset, level, regions }: Want): string {
  const where = regions ? ` in ${regions.length} regions` : ''
  return `${level} of ${tag === undefined ? `dataset ${dataset}` : `tag ${tag}`}${where}`
}

function toRow({ id, state, project, controller, wants }: Application): readonly string[] {
  return [id, state, project, controller, wants.map(toWantText).join('; ')]
}

function toInput({ project, controller, tag = [], dataset = [], level, regions, assembly, note, file }: AddOptions) {
  const stretches = regions === undefined ? {} : { regions: parseBed(readText(regions), assembly) }
  const wants = [...tag.map((name) => ({ tag: name })), ...dataset.map((id) => ({ dataset: id }))].map((scope) =>
    given({ ...scope, level, ...stretches }),
  )
  const long = file === undefined ? {} : readObject(file)
  return { ...long, ...given({ project, controller, note }), ...(wants.length > 0 ? { wants } : {}) }
}

function addWantOptions(command: Command): Command {
  return command
    .option('--tag <tag>', 'what is asked for; can be repeated', collect)
    .option('--dataset <dataset>', 'what is asked for; can be repeated', collect)
    .addOption(new Option('--level <level>', 'how much of it').choices(GRANT_LEVELS))
    .option('--regions <bed>', 'only these stretches of the genome')
    .addOption(new Option('--assembly <assembly>', 'of the BED file').choices(ASSEMBLY_IDS).default('GRCh38'))
    .option('--file <file>', 'the application, or the rest of it, as JSON or YAML')
    .option('--by <name>', BY)
    .option('--json', 'print JSON')
}

/** `fyr-node application …` */
export function addApplicationCommands(program: Command): void {
  const application = program.command('application').description('manage the applications of projects for access')
  addWantOptions(
    application
      .command('add')
      .description('draft an application of a project to one controller of data')
      .argument('<dir>')
      .option('--project <project>')
      .option('--controller <name>', 'who is asked (default: the node’s organization)')
      .option('--note <text>'),
  ).action(async (dir: string, options: AddOptions) => {
    const added = await withAccess(dir, (access) => access.addApplication(toInput(options), toActor(options.by)))
    print(
      options.json,
      added,
      `drafted ${added.id} to ${added.controller}: ${added.wants.map(toWantText).join('; ')}\n`,
    )
  })
  addWantOptions(
    application
      .command('change')
      .description('ask for something else, in a draft or an application that came back')
      .argument('<dir>')
      .argument('<id>'),
  ).action(async (dir: string, id: string, options: AddOptions) => {
    const { wants } = toInput(options) as { wants?: unknown }
    const changed = await withAccess(dir, (access) => access.changeWants(id, wants, toActor(options.by)))
    print(options.json, changed, `${id} asks for ${changed.wants.map(toWantText).join('; ')}\n`)
  })
  for (const [name, state, description] of MOVES) {
    application
      .command(name)
      .description(description)
      .argument('<dir>')
      .argument('<id>', 'e.g. A-1')
      .option('--note <text>')
      .option('--by <name>', BY)
      .option('--json', 'print JSON')
      .action(async (dir: string, id: string, { note, by, json }: ChangeOptions & { readonly note?: string }) => {
        const moved = await withAccess(dir, (access) => access.moveApplication(id, state, toActor(by), note))
        print(json, moved, `${id} is ${moved.state.replace('_', ' ')}\n`)
      })
  }
  application
    .command('list')
    .description('print the applications')
    .argument('<dir>')
    .option('--json', 'print JSON')
    .action(async (dir: string, { json }: ChangeOptions) => {
      const applications = await withAccess(dir, (access) => access.applications())
      print(json, applications, toTable(applications.map(toRow), 'no applications'))
    })
  application
    .command('show')
    .description('print an application, its way so far, and what was decided')
    .argument('<dir>')
    .argument('<id>')
    .option('--json', 'print JSON')
    .action(async (dir: string, id: string, { json }: ChangeOptions) => {
      const shown = await withAccess(dir, (access) => access.application(id))
      const steps = shown.steps.map(({ state, at, by, note = '' }) => [`  ${state}`, toDay(at), by, note])
      const decisions = shown.decisions.map(({ id, outcome, by, diaryNumber }) => [
        `  ${id}`,
        outcome,
        `by ${by.join(' and ')}`,
        diaryNumber,
      ])
      const proposals = shown.proposals.map(({ id, proposed, ended }) => [
        `  ${id}`,
        `proposed by ${proposed.by}`,
        ended ? `${ended.as} by ${ended.by}` : 'waits to be confirmed',
      ])
      const text = [
        toTable([toRow(shown)], ''),
        toTable(steps, ''),
        ...[proposals, decisions].map((rows) => (rows.length > 0 ? toTable(rows, '') : '')),
      ]
      print(json, shown, text.join(''))
    })
}
