import { affiliationsOf } from '../audiences.js'
import type { Person, Visa } from '../person.js'
import type { Accepted } from './accept-visas.js'
import type { Bearer } from './bearer.js'

/** The value by which both visas of registered access are known (GA4GH Passport v1.2). */
export const REGISTERED_ACCESS = 'https://doi.org/10.1038/s41431-018-0219-y'

/** Nobody is a researcher because they say so themselves. */
const VOUCHERS: ReadonlySet<string | undefined> = new Set(['so', 'system', 'peer'])

/** Puts together what a token and its visas say of somebody. */
export function toPerson(bearer: Bearer, { visas, subjects, linkedUntil }: Accepted): Person {
  const { visas: _tokens, needsKey: _needsKey, expires, ...said } = bearer
  const researcher = findLongest(visas, 'ResearcherStatus', ({ by }) => VOUCHERS.has(by))
  const terms = findLongest(visas, 'AcceptedTermsAndPolicies', () => true)
  const registeredUntil = researcher && terms ? Math.min(researcher.expires, terms.expires) : undefined
  const affiliations = affiliationsOf(visas)
  return {
    kind: 'person',
    ...said,
    subjects,
    visas,
    ...(affiliations.length > 0 ? { affiliations } : {}),
    isRegistered: registeredUntil !== undefined,
    expires: Math.min(expires, linkedUntil, registeredUntil ?? Infinity),
  }
}

/** Of several visas that say the same, the one that is good for the longest time. */
function findLongest(visas: readonly Visa[], type: string, isGood: (visa: Visa) => boolean): Visa | undefined {
  return visas
    .filter((visa) => visa.type === type && visa.value === REGISTERED_ACCESS && isGood(visa))
    .sort((one, other) => other.expires - one.expires)[0]
}
