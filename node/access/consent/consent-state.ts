import { Bitmap } from '../../variants/bitmap.js'
import type { Consent } from '../rules.js'
import { consents, denies, useOf, type DenialOf, type Status } from './status.js'

/** What counts at one time. */
export interface ConsentState extends Pick<Consent, 'hiddenFrom'> {
  readonly protectedPeople: Bitmap
}

/** The people of whom the same was said, by what was said. */
interface Group extends DenialOf {
  readonly people: Bitmap
}

/**
 * @param statuses of each person, kind and scope at most one
 * @param publicHealthByLaw whether the law lets data serve public health (PUBHLTH) whatever people said
 */
export function toConsentState(statuses: readonly Omit<Status, 'source'>[], publicHealthByLaw: boolean): ConsentState {
  const denials = groupBy(statuses.filter(({ effect }) => effect === 'deny'))
  const allowances = groupBy(statuses.filter(({ effect }) => effect === 'allow'))
  return {
    hiddenFrom(purpose, grant, everybody) {
      const use = useOf(purpose, publicHealthByLaw)
      const hidden = unite(denials.filter((group) => denies(group, use, grant)))
      if (!grant || use !== 'research' || grant.waivesConsent) return hidden
      const consenting = unite(allowances.filter((group) => consents(group, grant)))
      return hidden.orInPlace(Bitmap.andNot(everybody, consenting))
    },
    protectedPeople: unite(denials.filter(({ kind }) => kind === 'protected_identity')),
  }
}

function groupBy(statuses: readonly Omit<Status, 'source'>[]): readonly Group[] {
  const groups = new Map<string, Group>()
  for (const { individual, kind, scope, from } of statuses) {
    // Of opt-outs it matters when they were made.
    const key = [kind, scope ?? '', kind === 'ehds_optout' ? from : ''].join('\n')
    const known = groups.get(key) ?? { kind, from, people: new Bitmap(), ...(scope === undefined ? {} : { scope }) }
    known.people.add(individual)
    groups.set(key, known)
  }
  return [...groups.values()]
}

function unite(groups: readonly Group[]): Bitmap {
  return Bitmap.orMany(groups.map(({ people }) => people))
}
