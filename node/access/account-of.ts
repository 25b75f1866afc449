import type { Caller } from '../access/caller.js'
import { nameOf } from '../access/person.js'

/** What the audit says of who asked, for what, and on which grants an answer rests. */
export function accountOf({ principal, purpose, project, hub }: Caller, grants: readonly string[]) {
  const person = principal.kind === 'person' ? principal : undefined
  return {
    principal: nameOf(principal),
    ...definedOf({
      purpose,
      project,
      hub,
      grants: grants.length > 0 ? grants : undefined,
      passport: person?.passportId,
      org: person?.provider,
      unit: person?.unit,
    }),
  }
}

function definedOf<T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as never
}
