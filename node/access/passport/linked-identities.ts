import type { Subject } from '../person.js'

/** Names of people at several issuers, in groups of one person each. */
export interface IdentityGroups {
  /** Two names are of one person. */
  join(one: Subject, other: Subject): void
  /** All names of somebody, the given one among them. */
  groupOf(subject: Subject): readonly Subject[]
  areOne(one: Subject, other: Subject): boolean
}

interface Member {
  readonly subject: Subject
  /** Towards the one that stands for the group; undefined: it is that one. */
  parent?: Member
}

/** Disjoint sets with path halving. */
export function createIdentityGroups(): IdentityGroups {
  const members = new Map<string, Member>()

  function memberOf(subject: Subject): Member {
    const key = JSON.stringify([subject.issuer, subject.id])
    const known = members.get(key)
    if (known) return known
    const member = { subject }
    members.set(key, member)
    return member
  }

  function rootOf(subject: Subject): Member {
    let member = memberOf(subject)
    while (member.parent) {
      if (member.parent.parent) member.parent = member.parent.parent
      member = member.parent
    }
    return member
  }

  const areOne = (one: Subject, other: Subject) => rootOf(one) === rootOf(other)
  return {
    join(one, other) {
      const [from, to] = [rootOf(one), rootOf(other)]
      if (from !== to) from.parent = to
    },
    areOne,
    groupOf(subject) {
      const root = rootOf(subject)
      return [...members.values()].map((member) => member.subject).filter((each) => rootOf(each) === root)
    },
  }
}

/** The names in the value of a LinkedIdentities visa, `uri(sub),uri(iss);…` (GA4GH Passport v1.2). Parts that are none are left out. */
export function parseLinkedIdentities(value: string): readonly Subject[] {
  return value.split(';').flatMap((part) => {
    const [id, issuer, ...rest] = part.split(',')
    if (!id || !issuer || rest.length > 0) return []
    try {
      return [{ issuer: decodeURIComponent(issuer), id: decodeURIComponent(id) }]
    } catch {
      return []
    }
  })
}
