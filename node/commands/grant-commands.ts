import type { Command } from 'commander'
import type { StoredGrant } from '../access/register/register-types.js'
import { toActor } from './by-option.js'
import { print, toDay, toTable, withAccess, type ChangeOptions } from './with-access.js'

function toState({ from, to, revoked }: StoredGrant, now: string): string {
  if (revoked) return `revoked ${toDay(revoked.at)} by ${revoked.by}`
  return now < from ? 'not yet' : now < to ? 'in force' : 'over'
}

function toRow(grant: StoredGrant): readonly string[] {
  const { id, level, tag, dataset, regions, purposes, project, controller, decision, to } = grant
  const scope = tag === undefined ? `dataset ${dataset}` : `tag ${tag}`
  const where = regions ? ` in ${regions.length} regions` : ''
  const state = toState(grant, new Date().toISOString())
  return [
    id,
    `${level} of ${scope}${where}`,
    purposes.join(','),
    project,
    controller,
    decision,
    `to ${toDay(to)}`,
    state,
  ]
}

/** `fyr-node grant …` */
export function addGrantCommands(program: Command): void {
  const grant = program.command('grant').description('look up and revoke what decisions granted')
  grant
    .command('list')
    .description('print the grants, also those that are over')
    .argument('<dir>')
    .option('--project <project>', 'of one project')
    .option('--json', 'print JSON')
    .action(async (dir: string, { project, json }: ChangeOptions & { readonly project?: string }) => {
      const grants = await withAccess(dir, (access) => access.grants(project))
      print(json, grants, toTable(grants.map(toRow), 'no grants'))
    })
  grant
    .command('revoke')
    .description('take a grant back: it is worth nothing from the next request on')
    .argument('<dir>')
    .argument('<id>', 'e.g. G-1')
    .requiredOption('--reason <text>')
    .option('--by <name>', 'who does it (default: the user of the operating system)')
    .option('--json', 'print JSON')
    .action(async (dir: string, id: string, { reason, by, json }: ChangeOptions & { readonly reason: string }) => {
      const revoked = await withAccess(dir, (access) => access.revokeGrant(id, reason, toActor(by)))
      print(json, revoked, `revoked ${id} of ${revoked.project}\n`)
    })
}
