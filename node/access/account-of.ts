import type { Caller } from './caller.js'
import { nameOf } from './person.js'

/** What the audit says of who asked, and for what. */
export function accountOf({ principal, purpose, project, hub }: Caller) {
  const person = principal.kind === 'person' ? principal : undefined
  return {
    principal: nameOf(principal),
    purpose,
    project,
    hub,
    passport: person?.passportId,
    org: person?.provider,
    unit: person?.unit,
  }
}
