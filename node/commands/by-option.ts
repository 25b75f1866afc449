import { userInfo } from 'node:os'
import { Option } from 'commander'
import { refuseAuthenticated } from '../access/register/stated-name.js'

/** Who runs a command that changes something, beside the number of the operating system's user. */
export interface ByOption {
  readonly by?: string
}

export function byOption(): Option {
  return new Option('--by <who>', 'who does this, for the audit log: an id of staff, better than a name')
}

/** For the audit log. */
export function toChangeOptions({ by }: ByOption): ByOption {
  if (by !== undefined) refuseAuthenticated(by)
  return by === undefined ? {} : { by }
}

/**
 * Who changes something: as they say, or the number of the operating system's user, which is no name.
 *
 * @throws RegisterError invalid: it would look like somebody who was authenticated
 */
export function toActor(by: string | undefined): string {
  if (by !== undefined) refuseAuthenticated(by)
  return by ?? `cli:${userInfo().uid}`
}
