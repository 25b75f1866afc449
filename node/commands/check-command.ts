import type { Command } from 'commander'
import { nameAudience } from '../access/audiences.js'
import { checkAccess } from '../access/check-access.js'
import { listAdministrators } from '../admin/administrators.js'
import { readNodeConfig } from '../config.js'
import { ServeError } from '../serve-error.js'
import { print, withAccess, type ChangeOptions } from './with-access.js'

/** What is not well, each in one sentence. @throws ConfigError node.yaml cannot be used */
async function findProblems(dir: string): Promise<readonly string[]> {
  const { access } = readNodeConfig(dir)
  if (access) checkAccess(access)
  const unserved = await withAccess(dir, (register) => register.unservedGrants())
  const grants = unserved.map(
    ({ grant, project, audience, reason }) =>
      `grant ${grant} of ${project} serves nobody: it is to audience ${nameAudience(audience)}, and ${reason}`,
  )
  const proposals = await withAccess(dir, (register) => register.openProposals())
  const waiting = proposals.length > 0 && listAdministrators(dir).length < 2
  return waiting ? [...grants, 'a proposal waits, and there are no two administrators to decide'] : grants
}

/** `fyr-node check` */
export function addCheckCommand(program: Command): void {
  program
    .command('check')
    .description('say what is not well with the configuration of a node and what was decided there')
    .argument('<dir>')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExit codes: 0 all is well; 1 something is not; 2 wrong usage.\n')
    .action(async (dir: string, { json }: ChangeOptions) => {
      const problems = await findProblems(dir)
      print(json, { problems }, problems.length === 0 ? 'all is well\n' : problems.map((one) => `${one}\n`).join(''))
      if (problems.length > 0) throw new ServeError('not all is well')
    })
}
