import type { NodeConfig } from '../../../schemas/index.js'
import { remsSettings } from '../../config.js'
import { createJsonClient } from '../passport/fetch-json.js'
import { createRemsGrants, type RemsGrants, type RemsGrantsOptions } from './rems-grants.js'

/** The REMS instances of a node, with the connections to them. */
export interface Rems {
  readonly remsGrants: RemsGrants
  close(): Promise<void>
}

/** @throws Error the key of a REMS cannot be read */
export function openRems(
  directory: string,
  config: NodeConfig,
  options: Pick<RemsGrantsOptions, 'findTag' | 'now'>,
): Rems {
  const settings = remsSettings(directory, config)
  if (settings.length === 0) return { remsGrants: () => Promise.resolve([]), close: () => Promise.resolve() }
  const client = createJsonClient(config.access?.allowPrivate ?? false)
  const remsGrants = createRemsGrants(settings, { ...options, fetchJson: client.fetchJson })
  return { remsGrants, close: () => client.close() }
}
