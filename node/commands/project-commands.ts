import { Option, type Command } from 'commander'
import { PURPOSES } from '../access/caller.js'
import { MEMBER_ROLES, type Member, type Project } from '../access/register/register-types.js'
import { toActor } from './by-option.js'
import { collect, given, parsePerson, print, toDay, toTable, withAccess, type ChangeOptions } from './with-access.js'

interface ProjectOptions extends ChangeOptions {
  readonly title: string
  readonly pi: string
  readonly ethics?: string
  readonly purpose: readonly string[]
  readonly duo?: readonly string[]
  readonly from: string
  readonly to: string
}

interface MemberOptions extends ChangeOptions {
  readonly role?: string
  readonly from?: string
  readonly to?: string
}

const BY = 'who does it (default: the user of the operating system)'

function toState({ closed, to }: Project, now: string): string {
  return closed ? 'closed' : to <= now ? 'over' : 'open'
}

function toRow(project: Project): readonly string[] {
  const { id, purposes, from, to, title } = project
  return [id, toState(project, new Date().toISOString()), purposes.join(','), `${toDay(from)}..${toDay(to)}`, title]
}

function toMemberRow({ iss, sub, role, from, to, removed }: Member): readonly string[] {
  const end = removed ? `removed ${toDay(removed.at)} by ${removed.by}` : to === undefined ? '' : `to ${toDay(to)}`
  return [`  ${iss}|${sub}`, role, `from ${toDay(from)}`, end]
}

/** `fyr-node project …` */
export function addProjectCommands(program: Command): void {
  const project = program.command('project').description('manage the research projects that can be granted access')
  project
    .command('add')
    .description('make a project; its principal investigator is its first member')
    .argument('<dir>')
    .argument('<project>', 'a URN, e.g. urn:ngp:project:2026-017')
    .requiredOption('--title <title>')
    .requiredOption('--pi <person>', 'principal investigator, as "issuer|subject"')
    .option('--ethics <number>', 'diary number of the ethics approval')
    .requiredOption('--purpose <purpose>', `${PURPOSES.join(', ')}; can be repeated`, collect)
    .option('--duo <term>', 'term of the Data Use Ontology, e.g. DUO:0000007; can be repeated', collect)
    .requiredOption('--from <date>', 'its first day, e.g. 2026-01-01')
    .requiredOption('--to <date>', 'its last day')
    .option('--by <name>', BY)
    .option('--json', 'print JSON')
    .action(async (dir: string, id: string, options: ProjectOptions) => {
      const { title, pi, ethics, purpose, duo, from, to, by, json } = options
      const principalInvestigator = parsePerson(pi)
      const input = { id, title, principalInvestigator, ethicsNumber: ethics, purposes: purpose, duo, from, to }
      const result = await withAccess(dir, (access) => access.addProject(given(input), toActor(by)))
      print(json, result, `made project ${id}\n`)
    })
  project
    .command('list')
    .description('print the projects')
    .argument('<dir>')
    .option('--json', 'print JSON')
    .action(async (dir: string, { json }: ChangeOptions) => {
      const projects = await withAccess(dir, (access) => access.projects())
      print(json, projects, toTable(projects.map(toRow), 'no projects'))
    })
  project
    .command('show')
    .description('print a project with its members, applications and grants')
    .argument('<dir>')
    .argument('<project>')
    .option('--json', 'print JSON')
    .action(async (dir: string, id: string, { json }: ChangeOptions) => {
      const shown = await withAccess(dir, (access) => access.project(id))
      const lines = [
        toTable([toRow(shown)], ''),
        toTable(shown.members.map(toMemberRow), ''),
        ...shown.applications.map(({ id, state, controller }) => `  ${id}  ${state}  ${controller}\n`),
        ...shown.grants.map(({ id, level, tag, dataset, revoked }) => {
          return `  ${id}  ${level}  ${tag ?? dataset}${revoked ? '  revoked' : ''}\n`
        }),
      ]
      print(json, shown, lines.join(''))
    })
  project
    .command('close')
    .description('end a project: its grants are in force no more from the next request on')
    .argument('<dir>')
    .argument('<project>')
    .option('--by <name>', BY)
    .option('--json', 'print JSON')
    .action(async (dir: string, id: string, { by, json }: ChangeOptions) => {
      const closed = await withAccess(dir, (access) => access.closeProject(id, toActor(by)))
      print(json, closed, `closed project ${id}\n`)
    })
}

/** `fyr-node member …` */
export function addMemberCommands(program: Command): void {
  const member = program.command('member').description('manage who is a member of a project')
  member
    .command('add')
    .argument('<dir>')
    .argument('<project>')
    .argument('<person>', '"issuer|subject" as the broker calls them')
    .addOption(new Option('--role <role>').choices(MEMBER_ROLES))
    .option('--from <date>', 'first day (default: now)')
    .option('--to <date>', 'last day (default: that of the project)')
    .option('--by <name>', BY)
    .option('--json', 'print JSON')
    .description('make somebody a member')
    .action(async (dir: string, project: string, person: string, { by, json, ...rest }: MemberOptions) => {
      const input = { ...parsePerson(person), ...rest }
      const added = await withAccess(dir, (access) => access.addMember(project, input, toActor(by)))
      print(json, added, `${person} is a member of ${project}\n`)
    })
  member
    .command('remove')
    .description('end a membership: from the next request on the grants of the project are not theirs')
    .argument('<dir>')
    .argument('<project>')
    .argument('<person>', '"issuer|subject"')
    .option('--by <name>', BY)
    .option('--json', 'print JSON')
    .action(async (dir: string, project: string, person: string, { by, json }: ChangeOptions) => {
      const removed = await withAccess(dir, (access) => access.removeMember(project, parsePerson(person), toActor(by)))
      print(json, removed, `${person} is no member of ${project} any more\n`)
    })
}
