import { Option } from 'commander'

/** Who runs a command that changes something, beside the number of the operating system's user. */
export interface ByOption {
  readonly by?: string
}

export function byOption(): Option {
  return new Option('--by <who>', 'who does this, for the audit log: an id of staff, better than a name')
}

/** For the audit log. */
export function toChangeOptions({ by }: ByOption): ByOption {
  return by === undefined ? {} : { by }
}
