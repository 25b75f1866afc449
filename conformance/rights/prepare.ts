import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse, stringify } from 'yaml'
import { toVcf } from '../support/fixture-network.js'
import { mustRun, mustRunAll } from '../support/processes.js'
import type { PassportIssuer } from './passport-issuer.js'
import {
  DATASETS,
  ORGANISATIONS,
  PROJECTS,
  SITES_OF_WORLD,
  STATUSES,
  TAGS,
  type WorldDataset,
  type WorldGrant,
} from './world.js'

export const AUDIENCE = 'https://rights.test'
/** Where files may go. */
export const RECEIVING_CLIENT = 'se.fyr.secure-environment'
/** Administrators of the node: one proposes decisions, the other confirms them. */
const [PROPOSER, CONFIRMER] = ['dagny', 'ulla'] as const
const FIRST_DAY = '2024-01-01'
const LAST_DAY = '2099-12-31'

function vcfOf({ people }: WorldDataset): string {
  const lines = SITES_OF_WORLD.map(
    ({ pos, calls }) => `1 ${pos} . A C . PASS . GT ${people.map((person) => calls.get(person)!).join(' ')}`,
  )
  return toVcf({ samples: people, lines })
}

/** A node with the people of the world, their consent, and `access` that trusts the issuer. */
export async function makeRightsNode(home: string, passportIssuer: PassportIssuer): Promise<void> {
  const makeDatasets = DATASETS.flatMap((dataset) => {
    const { id, access, granularity } = dataset
    const basis = access === 'public' ? ['--basis', 'made up for a test'] : []
    const options = ['--assembly', 'GRCh38', '--granularity', granularity, '--access', access, ...basis]
    const file = `${home}-${id}.vcf`
    writeFileSync(file, vcfOf(dataset))
    return [
      ['dataset', 'add', home, id, '--name', id, ...options],
      ['ingest', home, '--dataset', id, file],
    ]
  })
  const statuses = `${home}-statuses.csv`
  const rows = STATUSES.map(({ person, kind, effect }) => `${person},${kind},${effect},a test`)
  writeFileSync(statuses, ['name,kind,effect,source', ...rows, ''].join('\n'))
  await mustRunAll('node/main.js', [
    ['init', home, '--id', 'se.fyr.rights', '--name', 'Rights'],
    ...makeDatasets,
    ['consent', 'import', home, statuses],
  ])
  trustIssuer(home, passportIssuer, AUDIENCE)
}

/** Lets a node take the issuer's Passports without a hub, and its word on who is a researcher. */
export function trustIssuer(home: string, { issuer, jwksUri }: PassportIssuer, audience: string): void {
  const config = join(home, 'node.yaml')
  const types = ['ResearcherStatus', 'AcceptedTermsAndPolicies', 'AffiliationAndRole']
  const visaIssuer = { issuer, jku: [jwksUri], types, sources: [issuer], subjectsOf: issuer }
  const access = {
    trust: 'passport',
    audience,
    brokers: [{ issuer, jwksUri }],
    visaIssuers: [visaIssuer],
    direct: 'bearer',
    audiences: ORGANISATIONS,
    allowPrivate: true,
  }
  writeFileSync(config, stringify({ ...(parse(readFileSync(config, 'utf8')) as object), access }))
}

/** Asks the admin API of a node to change something. @throws Error it refuses */
async function change(adminUrl: string, token: string, path: string, body: object): Promise<Record<string, unknown>> {
  const response = await fetch(`${adminUrl}/admin/v1${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const answer = (await response.json()) as Record<string, unknown>
  if (!response.ok) throw new Error(`${path}: ${response.status} ${JSON.stringify(answer)}`)
  return answer
}

/** @param as an administrator; default: who proposes decisions */
export type Post = (path: string, body: object, as?: string) => Promise<Record<string, unknown>>

/** Gives a node that serves the two administrators that a decision needs. */
export async function addAdministrators(home: string, adminUrl: string): Promise<Post> {
  const tokens = new Map<string, string>()
  for (const name of [PROPOSER, CONFIRMER]) {
    tokens.set(name, (await mustRun('node/main.js', 'admin', 'add', home, name)).trim())
  }
  return (path, body, as = PROPOSER) => change(adminUrl, tokens.get(as)!, path, body)
}

/** Puts the world's tags, projects and decisions into a node that serves. */
export async function decideRights(home: string, adminUrl: string, issuer: string): Promise<void> {
  const post = await addAdministrators(home, adminUrl)
  const purposes = ['HRESCH', 'HQUALIMP']
  for (const { name } of TAGS) {
    await post('/tags', { name, dac: 'the committee', purposes, highestLevel: 'file', to: LAST_DAY })
  }
  const decisionOf = new Map<string, string>()
  for (const { id, members, grants } of PROJECTS) {
    const [leader, ...others] = members.map((sub) => ({ iss: issuer, sub }))
    const span = { from: FIRST_DAY, to: LAST_DAY, ethicsNumber: `2024-${id.length}` }
    await post('/projects', { id, title: id, principalInvestigator: leader, purposes, ...span })
    for (const member of others) await post(`/projects/${id}/members`, member)
    for (const grant of grants) {
      const { decision, given } = await grantIt(post, id, grant)
      decisionOf.set(grant.tag, decision)
      if (grant.isRevoked) await post(`/grants/${given}/revoke`, { reason: 'a test' })
    }
  }
  for (const { name, datasets, people } of TAGS) {
    const objects = { datasets, individuals: people, decision: decisionOf.get(name) }
    await post(`/tags/${name}/objects`, objects)
  }
}

/** Has an application made, submitted and approved. */
export async function grantIt(
  post: Post,
  project: string,
  { tag, level, audience, region, purposes, waivesConsent, isCountingOnly, hasExpired }: WorldGrant,
): Promise<{ readonly decision: string; readonly given: string }> {
  const place = region && { assembly: 'GRCh38', referenceName: '1', start: region[0], end: region[1] }
  const want = { tag, level, ...(place ? { regions: [place] } : {}) }
  const application = String((await post('/applications', { project, wants: [want] }))['id'])
  await post(`/applications/${application}/submit`, {})
  const counting = {
    requestingResearcher: 'Rut Researcher',
    plannedStudy: 'a study that is planned',
    criteria: 'everybody with the variant',
  }
  const decision = {
    outcome: 'approve',
    diaryNumber: `D-${application}`,
    responsibleBody: 'the university',
    ethics: { to: LAST_DAY },
    legalBasis: isCountingOnly ? 'antalsberakning' : 'research',
    ...(isCountingOnly ? { antalsberakning: counting } : {}),
    secrecyReview: 'nothing stands against it',
    audience: typeof audience === 'string' ? { kind: audience } : { kind: 'network', ...audience },
    ...(level === 'file' ? { deliverTo: [{ kind: 'client', client: RECEIVING_CLIENT }] } : {}),
    purposes,
    ...(waivesConsent ? { waivesConsent } : {}),
    ...(hasExpired ? { from: FIRST_DAY, to: '2024-02-01' } : {}),
  }
  const proposal = String((await post(`/applications/${application}/decisions`, { decision }))['id'])
  const made = await post(`/proposals/${proposal}/confirm`, {}, CONFIRMER)
  const { decision: stored, grants } = made as { decision: { id: string }; grants: readonly string[] }
  return { decision: stored.id, given: grants[0]! }
}
