import type { AccessConfig, AudienceOrganisations } from '../../schemas/index.js'
import { haveCommon, isNamed, parseOrganisation } from './organisations.js'
import type { Affiliation, Principal, Visa } from './person.js'
import type { Audience } from './rules.js'

/** Audiences of which one is by one's home organisation, the narrowest first: each is part of the next. */
export const TERRITORIES = ['region', 'national', 'EEA'] as const
export type Territory = (typeof TERRITORIES)[number]

/** Until when somebody is among each, seconds since 1970. Absent: they are not. */
export type AudienceTimes = Readonly<Partial<Record<Territory, number>>>

export const AFFILIATION = 'AffiliationAndRole'

/** Nobody belongs to an organisation because they, or a colleague, say so. */
const VOUCHERS: ReadonlySet<string | undefined> = new Set(['so', 'system'])

/** The home organisations that verified visas name; of several visas of one, until the last ends. */
export function affiliationsOf(visas: readonly Visa[]): readonly Affiliation[] {
  const found = new Map<string, number>()
  for (const { type, by, value, expires } of visas) {
    const organisation = type === AFFILIATION && VOUCHERS.has(by) ? parseOrganisation(value) : undefined
    if (organisation !== undefined) found.set(organisation, Math.max(expires, found.get(organisation) ?? 0))
  }
  return [...found].map(([organisation, expires]) => ({ organisation, expires }))
}

/** What `node.yaml` names for a territory, those of narrower ones among them. */
function organisationsOf(territory: Territory, organisations: AudienceOrganisations): readonly string[] {
  const inside = TERRITORIES.slice(0, TERRITORIES.indexOf(territory) + 1)
  return inside.flatMap((one) => organisations[one] ?? [])
}

/**
 * The territories that somebody is of.
 *
 * @param organisations which are of each; undefined: nobody knows, and nobody is of any
 */
export function audiencesOf(
  principal: Principal,
  organisations: AudienceOrganisations | undefined,
): AudienceTimes | undefined {
  if (!organisations || principal.kind === 'anonymous' || !principal.affiliations) return undefined
  const { affiliations } = principal
  const times = TERRITORIES.flatMap((territory) => {
    const names = organisationsOf(territory, organisations)
    const own = affiliations.filter(({ organisation }) => isNamed(organisation, names))
    return own.length > 0 ? [[territory, Math.max(...own.map(({ expires }) => expires))] as const] : []
  })
  return times.length > 0 ? Object.fromEntries(times) : undefined
}

/**
 * Why nobody can be among an audience, as the node is configured.
 *
 * @returns undefined: somebody can
 */
export function whyNobody(audience: Audience, access: AccessConfig | undefined): string | undefined {
  if (!access) return 'node.yaml has no access, so that the node knows nobody'
  if (audience.kind === 'network') {
    const { network } = audience
    const isHub = access.hubs?.some(({ client }) => client === network) === true
    // At `passport` the Passport itself says who uses it.
    return isHub || access.trust === 'passport' ? undefined : `no client of access.hubs is ${network}`
  }
  const names = organisationsOf(audience.kind, access.audiences ?? {})
  if (names.length === 0) return `access.audiences of node.yaml names no organisation of it`
  const issuers = access.visaIssuers.filter(({ types }) => types.includes(AFFILIATION))
  if (issuers.length === 0) return `no issuer of access.visaIssuers may issue ${AFFILIATION}, which says who is of it`
  const mayName = issuers.some(({ organisations }) => !organisations || haveCommon(organisations, names))
  return mayName ? undefined : `no issuer of access.visaIssuers may speak of an organisation of it`
}

export function nameAudience(audience: Audience): string {
  return audience.kind === 'network' ? `network ${audience.network}` : audience.kind
}
