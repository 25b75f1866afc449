import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { NodeConfig } from '../../schemas/index.js'
import { nameAudience } from '../access/audiences.js'
import { listProposals } from '../access/register/proposals.js'
import { listUnservedGrants } from '../access/register/unserved-grants.js'
import { listAdministrators } from '../admin/administrators.js'
import { problem, type Finding } from './finding.js'
import { openQuietly } from './quiet-database.js'

/** What was decided and cannot act: grants that serve nobody, proposals that nobody can confirm. */
export function checkRegister(directory: string, { access }: NodeConfig, now: Date): readonly Finding[] {
  const path = join(directory, 'access.sqlite')
  if (!existsSync(path)) return []
  const db = openQuietly(path)
  try {
    const grants = listUnservedGrants(db, access, now.toISOString()).map(({ grant, project, audience, reason }) =>
      problem(
        `grant ${grant} of ${project} serves nobody`,
        `it is to audience ${nameAudience(audience)}, and ${reason}`,
        'name them there, or revoke it',
      ),
    )
    const waits = listProposals(db).some(({ ended }) => !ended)
    return waits && countAdministrators(directory) < 2
      ? [
          ...grants,
          problem('access', 'a proposal waits, and there are no two administrators to decide', 'fyr-node admin add'),
        ]
      : grants
  } finally {
    db.close()
  }
}

/** Of a damaged file it is said elsewhere. */
function countAdministrators(directory: string): number {
  try {
    return listAdministrators(directory).length
  } catch {
    return Infinity
  }
}
