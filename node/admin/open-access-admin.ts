import type { Router } from 'express'
import type { NodeConfig } from '../../schemas/index.js'
import { openChangeLog } from '../audit/change-log.js'
import { changeAccess } from '../access/register/change-access.js'
import { createAccessRoutes } from './access-routes.js'

/** The admin API of access: of several processes that serve a node, the one with the admin listener has it. */
export interface AccessAdmin {
  readonly routes: Router
  close(): void
}

/** Opens the register for the admin API. Every change is on record as that of the administrator whose token was sent. */
export function openAccessAdmin(
  directory: string,
  { organization, access: config }: NodeConfig,
  options: { readonly now: () => Date; readonly onFault: (fault: unknown) => void },
): AccessAdmin {
  const access = changeAccess(directory, {
    organization: organization.name,
    access: config,
    record: (event, details) => openChangeLog(directory, { principal: String(details['by']) })(event, details),
    now: options.now,
  })
  return {
    routes: createAccessRoutes({ directory, access, onFault: options.onFault }),
    close: () => access.close(),
  }
}
