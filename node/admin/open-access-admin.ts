import type { Router } from 'express'
import type { NodeConfig } from '../../schemas/index.js'
import { openChangeLog } from '../audit/change-log.js'
import { changeAccess } from '../access/register/change-access.js'
import { createAccessRoutes } from './access-routes.js'
import { makeAdminToken } from './admin-token.js'

/** The admin API of access: of several processes that serve a node, the one with the admin listener has it. */
export interface AccessAdmin {
  readonly routes: Router
  close(): void
}

/** Opens the register for the admin API, and makes its token where there is none. */
export function openAccessAdmin(
  directory: string,
  { organization }: NodeConfig,
  options: { readonly now: () => Date; readonly onFault: (fault: unknown) => void },
): AccessAdmin {
  makeAdminToken(directory)
  const access = changeAccess(directory, {
    organization: organization.name,
    record: openChangeLog(directory, { principal: 'admin-api' }),
    now: options.now,
  })
  return {
    routes: createAccessRoutes({ directory, access, onFault: options.onFault }),
    close: () => access.close(),
  }
}
