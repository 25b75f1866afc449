/** One label of a name of the Domain Name System (RFC 1035), in small letters. */
const LABEL = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?'
const NAME = new RegExp(String.raw`^${LABEL}(?:\.${LABEL})+$`)
const LONGEST_NAME = 253

/** The roles of GA4GH Passport v1.2: three of eduPerson, and those of a namespace of their own. */
const ROLE = /^(?:faculty|student|member|[^\s.@]+(?:\.[^\s.@]+)+)$/

/**
 * The home organisation in the value of an AffiliationAndRole visa, `role@organisation`, in small letters.
 *
 * @returns undefined: it names none in the form that the specification has
 */
export function parseOrganisation(value: string): string | undefined {
  const at = value.indexOf('@')
  if (at < 0 || !ROLE.test(value.slice(0, at))) return undefined
  const name = value.slice(at + 1)
  // Small letters of other alphabets must not become letters of this one.
  const isAscii = /^[\x21-\x7e]+$/.test(name)
  const folded = name.toLowerCase()
  return isAscii && name.length <= LONGEST_NAME && NAME.test(folded) ? folded : undefined
}

/**
 * Whether an organisation is among those that `node.yaml` names: `kth.se` is that one alone, `*.kth.se` whatever is below it, at any
 * depth, and not `kth.se` itself.
 */
export function isNamed(organisation: string, names: readonly string[]): boolean {
  return names.some((name) => (name.startsWith('*.') ? isBelow(organisation, name.slice(2)) : organisation === name))
}

function isBelow(organisation: string, parent: string): boolean {
  return organisation.endsWith(`.${parent}`)
}

/** Whether some organisation could be named by both. */
export function haveCommon(some: readonly string[], others: readonly string[]): boolean {
  const witnessOf = (name: string) => name.replace(/^\*\./, 'any.')
  return some.some((name) => isNamed(witnessOf(name), others)) || others.some((name) => isNamed(witnessOf(name), some))
}
