import { Option, type Command } from 'commander'
import { openStatuses, type StatusChange, type Statuses } from '../access/consent/change-statuses.js'
import { findPastReleases, type PastRelease } from '../access/consent/past-releases.js'
import type { StatusInput } from '../access/consent/parse-status.js'
import { readStatuses, STATUS_COLUMNS } from '../access/consent/read-statuses.js'
import { toChangeText, toHistoryText, toStatusTable } from '../access/consent/render-statuses.js'
import { STATUS_EFFECTS, STATUS_KINDS } from '../access/consent/status.js'
import { readNodeConfig } from '../config.js'
import { withChangeLog } from '../audit/change-log.js'
import { toActor } from './by-option.js'

interface ByAndJson {
  readonly by?: string
  readonly json?: boolean
}

const byOption = () => new Option('--by <who>', 'who records it; default: the user of the operating system')

/** `fyr-node consent …` */
export function addConsentCommands(program: Command): void {
  const consent = program
    .command('consent')
    .description('record what people said of the use of their data: consent, blocks, opt-outs')
  consent
    .command('set')
    .description('record what one person said; it acts at the next request')
    .argument('<dir>')
    .argument('<individual>', 'the laboratory’s name, or the pseudonym')
    .addOption(new Option('--kind <kind>').choices(STATUS_KINDS).makeOptionMandatory())
    .addOption(new Option('--effect <effect>').choices(STATUS_EFFECTS).makeOptionMandatory())
    .requiredOption('--source <text>', 'where it was said: a form, a register')
    .option('--scope <scope>', 'project:…, tag:… or duo:…; part:… of biobank consent; unit:… or provider:… of a block')
    .option('--from <date>', 'default: now')
    .option('--to <date>', 'a day is included; default: until something else is said')
    .addOption(byOption())
    .option('--json', 'print JSON')
    .action(async (dir: string, name: string, { by, json, ...rest }: Omit<StatusInput, 'name'> & ByAndJson) => {
      await change(dir, [{ ...rest, name }], by, json)
    })
  consent
    .command('import')
    .description(`record what a table says (columns ${STATUS_COLUMNS.join(', ')}): all of it, or nothing`)
    .argument('<dir>')
    .argument('<file>')
    .addOption(byOption())
    .option('--json', 'print JSON')
    .action(async (dir: string, file: string, { by, json }: ByAndJson) => {
      readNodeConfig(dir)
      await change(dir, await readStatuses(file), by, json)
    })
  consent
    .command('list')
    .description('print what counts now')
    .argument('<dir>')
    .addOption(new Option('--kind <kind>').choices(STATUS_KINDS))
    .option('--json', 'print JSON')
    .action(async (dir: string, { kind, json }: { kind?: string; json?: boolean }) => {
      await withStatuses(dir, (statuses) => {
        const listed = statuses.list().filter((status) => kind === undefined || status.kind === kind)
        print(json, listed, toStatusTable(listed))
      })
    })
  consent
    .command('show')
    .description('print all that one person ever said, and which projects have fetched what of the person')
    .argument('<dir>')
    .argument('<individual>', 'the laboratory’s name, or the pseudonym')
    .option('--json', 'print JSON')
    .action(async (dir: string, name: string, { json }: { json?: boolean }) => {
      await withStatuses(dir, async (statuses) => {
        const said = statuses.of(name)
        const releases = (await findPastReleases(dir, new Set([said.pseudonym]))).get(said.pseudonym) ?? []
        print(json, { ...said, releases }, toHistoryText(said, releases))
      })
    })
}

async function change(
  dir: string,
  inputs: readonly StatusInput[],
  by: string | undefined,
  json: boolean | undefined,
): Promise<void> {
  await withStatuses(dir, async (statuses, who) => {
    const changes = await statuses.add(inputs, by ?? who)
    const releases = await findPastReleases(dir, withdrawn(changes))
    print(json, toJson(changes, releases), toChangeText(changes, releases))
  })
}

/** Those who are kept out of something from now on: what was fetched of them may have to be deleted. */
function withdrawn(changes: readonly StatusChange[]): ReadonlySet<string> {
  return new Set(changes.filter(({ status }) => status.effect === 'deny').map(({ pseudonym }) => pseudonym))
}

function toJson(changes: readonly StatusChange[], releases: ReadonlyMap<string, readonly PastRelease[]>): object {
  return changes.map(({ status: { individual: _, ...said }, pseudonym }) => ({
    pseudonym,
    ...said,
    ...(said.effect === 'deny' ? { releases: releases.get(pseudonym) ?? [] } : {}),
  }))
}

async function withStatuses(
  dir: string,
  work: (statuses: Statuses, user: string) => Promise<void> | void,
): Promise<void> {
  readNodeConfig(dir)
  await withChangeLog(dir, {}, async (record) => {
    const statuses = openStatuses(dir, record, () => new Date())
    try {
      await work(statuses, toActor(undefined))
    } finally {
      statuses.close()
    }
  })
}

function print(json: boolean | undefined, value: unknown, text: string): void {
  process.stdout.write(json ? `${JSON.stringify(value, null, 2)}\n` : text)
}
