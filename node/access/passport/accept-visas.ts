import { errors } from 'jose'
import type { Subject, Visa } from '../person.js'
import { NodeError } from '../../errors.js'
import { createMatchingBudget, meetConditions } from './conditions.js'
import { createIdentityGroups, parseLinkedIdentities } from './linked-identities.js'
import { RefusedError } from './refused.js'
import type { Trust } from './trust.js'
import { LINKED_IDENTITIES, verifyVisa, type VerifiedVisa } from './verify-visa.js'

/** Which visas count for somebody, and under which names they are known. */
export interface Accepted {
  readonly visas: readonly Visa[]
  readonly subjects: readonly Subject[]
  /** When the names are no longer known to be of one person, seconds since 1970; Infinity: they always are. */
  readonly linkedUntil: number
}

/** Hears why a visa does not count, in words of ours. */
export type OnDropped = (reason: string) => void

/**
 * Finds the visas that count for the bearer of a Passport. Others are dropped, each for itself.
 *
 * @param tokens the visas, as they came
 * @throws NodeError unavailable: the keys of a trusted issuer cannot be had
 */
export async function acceptVisas(
  tokens: readonly unknown[],
  bearer: Subject,
  trust: Trust,
  onDropped: OnDropped = () => undefined,
): Promise<Accepted> {
  const results = await Promise.all(tokens.map((token) => verifyOrDrop(token, trust, onDropped)))
  const verified = results.filter((visa) => visa !== undefined)
  const names = linkNames(verified, bearer, trust)
  const own = verified.flatMap((visa) => {
    if (!names.areBearers(visa.subject)) {
      onDropped('it is of somebody else')
      return []
    }
    return [names.isCertain(visa.subject) ? visa : endBy(visa, names.linkedUntil)]
  })
  const pool = own.filter(({ conditions }) => conditions === 'none')
  const budget = createMatchingBudget()
  const visas = own.flatMap((visa) => {
    if (visa.conditions === 'none') return [visa]
    const met = meetConditions(visa.conditions, pool, budget)
    if (!met) onDropped('its conditions are not met')
    return met ? [endBy(visa, ...met.map(({ expires }) => expires))] : []
  })
  return { visas: visas.map(toVisa), subjects: names.all, linkedUntil: names.linkedUntil }
}

async function verifyOrDrop(token: unknown, trust: Trust, onDropped: OnDropped): Promise<VerifiedVisa | undefined> {
  try {
    return await verifyVisa(token, trust)
  } catch (error) {
    if (error instanceof NodeError) throw error
    // Messages of others may quote the token; their codes do not.
    const code = error instanceof errors.JOSEError ? error.code : 'it cannot be verified'
    onDropped(error instanceof RefusedError ? error.message : code)
    return undefined
  }
}

interface Names {
  readonly all: readonly Subject[]
  readonly linkedUntil: number
  areBearers(subject: Subject): boolean
  /** A name of the bearer by configuration, and not by a visa alone. */
  isCertain(subject: Subject): boolean
}

/**
 * Joins the names that are of one person: by `subjectsOf` of the configuration, and by LinkedIdentities visas of those who may
 * link. Anybody else could make themselves somebody else.
 */
function linkNames(visas: readonly VerifiedVisa[], bearer: Subject, { issuers }: Trust): Names {
  /** Where an issuer calls people as a broker does, its names are the broker's. */
  const named = ({ issuer, id }: Subject) => ({ issuer: issuers.get(issuer)?.config.subjectsOf ?? issuer, id })
  const groups = createIdentityGroups()
  const self = named(bearer)
  const links = visas.filter(
    ({ type, conditions, issuer }) =>
      type === LINKED_IDENTITIES && conditions === 'none' && issuers.get(issuer)?.config.isLinker === true,
  )
  for (const { subject, value } of links) {
    for (const other of parseLinkedIdentities(value)) groups.join(named(subject), named(other))
  }
  const areBearers = (subject: Subject) => groups.areOne(self, named(subject))
  const own = groups.groupOf(self)
  const aliases = [...issuers.values()].map(({ config }) => config).filter(({ subjectsOf }) => subjectsOf !== undefined)
  const used = links.filter(({ subject }) => areBearers(subject))
  return {
    all: own.flatMap((subject) => [
      subject,
      ...aliases
        .filter(({ subjectsOf }) => subjectsOf === subject.issuer)
        .map(({ issuer }) => ({ ...subject, issuer })),
    ]),
    linkedUntil: own.length > 1 ? Math.min(...used.map(({ expires }) => expires)) : Infinity,
    areBearers,
    isCertain: (subject) => named(subject).issuer === self.issuer && subject.id === self.id,
  }
}

/** What rests on others ends with them. */
function endBy(visa: VerifiedVisa, ...times: readonly number[]): VerifiedVisa {
  return { ...visa, expires: Math.min(visa.expires, ...times) }
}

function toVisa({ subject: _subject, conditions: _conditions, ...visa }: VerifiedVisa): Visa {
  return visa
}
