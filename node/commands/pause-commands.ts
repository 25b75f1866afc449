import type { Command } from 'commander'
import type { StoredPause } from '../access/register/register-types.js'
import { toActor } from './by-option.js'
import { print, toDay, toTable, withAccess, type ChangeOptions } from './with-access.js'

interface PauseOptions extends ChangeOptions {
  readonly dataset?: string
  readonly controller?: string
  readonly network?: boolean
  readonly reason?: string
  readonly list?: boolean
}

function toScope({ dataset, controller, network }: PauseOptions, command: Command): object {
  const scopes = [
    ...(dataset === undefined ? [] : [{ scope: 'dataset', name: dataset }]),
    ...(controller === undefined ? [] : [{ scope: 'controller', name: controller }]),
    ...(network === true ? [{ scope: 'network' }] : []),
  ]
  const [scope] = scopes
  if (!scope || scopes.length > 1) command.error('error: say one of --dataset, --controller and --network')
  return scope
}

function toText({ scope, name }: StoredPause): string {
  return name === undefined ? scope : `${scope} ${name}`
}

function toRow(pause: StoredPause): readonly string[] {
  const { reason, paused, resumed } = pause
  const end = resumed ? `resumed ${toDay(resumed.at)} by ${resumed.by}: ${resumed.reason}` : ''
  return [toText(pause), `paused ${toDay(paused.at)} by ${paused.by}: ${reason}`, end]
}

function addScopeOptions(command: Command): Command {
  return command
    .argument('<dir>')
    .option('--dataset <dataset>', 'one dataset')
    .option('--controller <name>', 'all data of one controller')
    .option('--network', 'everything')
    .option('--reason <text>', 'on record, and told to those who ask')
    .option('--by <name>', 'who does it (default: the user of the operating system)')
    .option('--json', 'print JSON')
}

/** `fyr-node pause` */
export function addPauseCommand(program: Command): void {
  addScopeOptions(
    program
      .command('pause')
      .description('tell nothing for now, at once and without any hub; a serving node follows by itself'),
  )
    .option('--list', 'print what is paused and was')
    .action(async (dir: string, options: PauseOptions, command: Command) => {
      const { reason, by, json, list } = options
      if (list === true) {
        const pauses = await withAccess(dir, (access) => access.pauses())
        return print(json, pauses, toTable(pauses.map(toRow), 'nothing is paused or was'))
      }
      const scope = toScope(options, command)
      if (reason === undefined) command.error('error: say why: --reason "…"')
      const paused = await withAccess(dir, (access) => access.pause(scope, reason, toActor(by)))
      print(json, paused, `paused ${toText(paused)}\n`)
    })
}

/** `fyr-node resume` */
export function addResumeCommand(program: Command): void {
  addScopeOptions(program.command('resume').description('end a pause')).action(
    async (dir: string, options: PauseOptions, command: Command) => {
      const { reason, by, json } = options
      const scope = toScope(options, command)
      if (reason === undefined) command.error('error: say why: --reason "…"')
      const resumed = await withAccess(dir, (access) => access.resume(scope, reason, toActor(by)))
      print(json, resumed, `resumed ${toText(resumed)}\n`)
    },
  )
}
