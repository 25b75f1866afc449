import { readFileSync } from 'node:fs'
import { DATASET_ID } from '../../variants/dataset-manifest.js'
import type { Caller } from '../caller.js'
import type { FetchJson } from '../passport/fetch-json.js'
import type { Person, Visa } from '../person.js'
import { lowerLevel } from '../register/in-force.js'
import type { Tag } from '../register/register-types.js'
import { GRANT_LEVELS, type AccessRules, type GrantInForce, type GrantLevel } from '../rules.js'
import { createReadPermissions, type RemsServer } from './permissions.js'

export interface RemsSettings extends Omit<RemsServer, 'apiKey'> {
  readonly apiKeyFile: string
  /** For whose data it decides. */
  readonly controller: string
  /** Issuer of the broker whose subjects it uses. */
  readonly subjectsOf?: string
  /** What values of its visas begin with: `<prefix><level>/<tag or dataset>`. */
  readonly valuePrefix: string
}

/**
 * What a person was granted in a REMS, as far as it still says so: visas that were verified, and that it confirms. Nobody is a
 * member of a project there, so the grants are of the one that the request names. They let no file out: REMS does not say where to.
 *
 * @throws NodeError unavailable: a REMS of which the person has visas cannot be asked
 */
export type RemsGrants = (person: Person, project: string) => Promise<readonly GrantInForce[]>

export interface RemsGrantsOptions {
  readonly fetchJson: FetchJson
  readonly findTag: (name: string) => Tag | undefined
  readonly now: () => Date
}

/** @throws Error the key of a REMS cannot be read, or is empty */
export function createRemsGrants(settings: readonly RemsSettings[], options: RemsGrantsOptions): RemsGrants {
  const { fetchJson, findTag, now } = options
  const servers = settings.map((one) => ({ ...one, apiKey: readApiKey(one.apiKeyFile) }))
  const readPermissions = createReadPermissions(fetchJson, now)

  async function ofServer(server: (typeof servers)[number], person: Person, project: string) {
    const at = now()
    const named = person.visas
      .filter((visa) => isGrantOf(visa, server.issuer, at.getTime() / 1000))
      .flatMap(({ value }) => parseValue(value, server.valuePrefix) ?? [])
    if (named.length === 0) return []
    const users = subjectsAt(person, server)
    const confirmed = await Promise.all(users.map((user) => readPermissions(server, user)))
    return named
      .filter(({ value }) => confirmed.some((values) => values.has(value)))
      .flatMap((one) => toGrant(one, server, project, findTag(one.name), at.toISOString()) ?? [])
  }

  return async (person, project) => {
    const found = await Promise.all(servers.map((server) => ofServer(server, person, project)))
    return found.flat()
  }
}

/** The rules of the register, with grants that were found elsewhere for one request. */
export function addGrants(rules: AccessRules, grants: readonly GrantInForce[]): AccessRules {
  if (grants.length === 0) return rules
  const grantsOf: AccessRules['grantsOf'] = (subjects, project, now) => [
    ...rules.grantsOf(subjects, project, now),
    ...grants.filter((grant) => grant.project === project),
  ]
  // Everything else is asked of the register itself.
  return Object.assign(Object.create(rules) as AccessRules, { grantsOf })
}

/**
 * What holds for one request: the register's rules, and what a REMS says of the person who asks.
 *
 * @throws NodeError unavailable: a REMS of which the person has visas cannot be asked
 */
export async function rulesFor(
  { rules, remsGrants }: { readonly rules: AccessRules; readonly remsGrants?: RemsGrants },
  { principal, project }: Caller,
): Promise<AccessRules> {
  if (!remsGrants || principal.kind === 'anonymous' || project === undefined) return rules
  return addGrants(rules, await remsGrants(principal, project))
}

interface Named {
  readonly value: string
  readonly level: GrantLevel
  readonly name: string
}

function isGrantOf({ issuer, type, expires, asserted }: Visa, wanted: string, at: number): boolean {
  return issuer === wanted && type === 'ControlledAccessGrants' && asserted <= at && at < expires
}

function parseValue(value: string, prefix: string): Named | undefined {
  if (prefix === '' || !value.startsWith(prefix)) return undefined
  const [word, name, ...rest] = value.slice(prefix.length).split('/')
  const level = GRANT_LEVELS.find((known) => known === word)
  if (level === undefined || name === undefined || rest.length > 0 || !DATASET_ID.test(name)) return undefined
  return { value, level, name }
}

/** How a REMS calls the person: as itself, or as the broker whose subjects it uses. */
function subjectsAt({ subjects }: Person, { issuer, subjectsOf }: Pick<RemsSettings, 'issuer' | 'subjectsOf'>) {
  const at = (wanted: string | undefined) => subjects.filter((one) => one.issuer === wanted).map(({ id }) => id)
  return [...new Set([...at(issuer), ...at(subjectsOf)])]
}

function toGrant(
  { level, name }: Named,
  { issuer, controller }: Pick<RemsSettings, 'issuer' | 'controller'>,
  project: string,
  tag: Tag | undefined,
  at: string,
): GrantInForce | undefined {
  if (tag && tag.to <= at) return undefined
  return {
    id: `rems:${issuer}:${level}/${name}`,
    project,
    controller,
    scope: tag ? { tag: name } : { dataset: name },
    level: tag ? lowerLevel(level, tag.highestLevel) : level,
    // A value says nothing of purposes; research is what applications in REMS are for.
    purposes: tag ? tag.purposes : ['HRESCH'],
    waivesConsent: false,
  }
}

/** @throws Error it cannot be read */
export function readApiKey(file: string): string {
  const key = readFileSync(file, 'utf8').trim()
  if (key === '') throw new Error(`${file} is empty`)
  return key
}
