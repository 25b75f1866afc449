import type { Caller } from '../../access/caller.js'
import type { Person } from '../../access/person.js'
import type { GrantInForce } from '../../access/rules.js'
import { openIndividuals } from '../../metadata/individuals.js'
import { storeMetadata } from '../../metadata/store-metadata.js'
import { createNodeFixture, toVcf } from '../../testing/node-fixture.js'
import { createRightsNode, PROJECT, type RightsNode } from '../../testing/rights-node.js'

export const BROKER = 'https://broker.invalid'
export const person: Person = {
  kind: 'person',
  subject: { issuer: BROKER, id: 'ada' },
  subjects: [{ issuer: BROKER, id: 'ada' }],
  visas: [],
  isRegistered: false,
  acr: 'loa2',
  passportId: 'jti-1',
  expires: 0,
}
export const visitor: Caller = { principal: person }
export const registered: Caller = { principal: { ...person, isRegistered: true } }
export const member: Caller = { principal: person, project: PROJECT, purpose: 'HRESCH', hub: 'hub' }
export const outsider: Caller = { ...member, project: 'p2' }
export const careful: Caller = { ...member, purpose: 'TREAT' }
export const silent: Caller = { principal: person, project: PROJECT }

export const grant: GrantInForce = {
  id: 'G-1',
  project: PROJECT,
  scope: { tag: 't' },
  level: 'record',
  purposes: ['HRESCH', 'HQUALIMP'],
  waivesConsent: true,
}

/** Everybody in every dataset has it. */
export const ALLELE = 'referenceName=1&assemblyId=GRCh38&start=99&referenceBases=A&alternateBases=C'

/** A node with a public, a registered and two controlled datasets: nobody has put a tag on `dark`, and there is no `none`. */
export interface RightsWorld extends RightsNode {
  readonly directory: string
  /** As the region decided at first: one grant of the people of `ctrl`. */
  reset(): void
  /** Of each dataset that was asked: people with the allele, and records. */
  ask(caller: Caller | undefined, granularity?: string, rest?: string): Promise<Record<string, unknown>>
}

export async function createRightsWorld(): Promise<RightsWorld> {
  const fixture = createNodeFixture()
  const { directory } = fixture
  const add = async (id: string, people: readonly string[], options: object) => {
    fixture.addDataset(id, options)
    await fixture.ingest(id, [toVcf(people, [`1 100 . A C . PASS . GT ${people.map(() => '0/1').join(' ')}`])])
  }
  await add('open', ['a', 'b'], {})
  await add('reg', ['a', 'b', 'c'], { access: 'registered' })
  await add('ctrl', ['c', 'd', 'e'], { access: 'controlled', controller: 'Region Syd' })
  await add('dark', ['d', 'f'], { access: 'controlled' })
  addRecords(directory, 'open', ['a', 'b'])
  addRecords(directory, 'dark', ['d', 'f'])
  const acceptedAcr = { record: ['loa3', 'loa2'], count: ['loa1', 'loa2'] }
  const brokers = [{ issuer: BROKER, jwksUri: BROKER, acceptedAcr }]
  const node = await createRightsNode(directory, {
    ...fixture.config,
    access: { trust: 'passport', brokers, visaIssuers: [] },
  })
  return {
    ...node,
    directory,
    reset() {
      node.decided.grants = [grant]
      node.decided.tags = { t: { datasets: ['ctrl'] } }
      node.decided.pauses = []
      node.audit.length = 0
    },
    async ask(caller, granularity = 'record', rest = '') {
      const path = `/g_variants?${ALLELE}&requestedGranularity=${granularity}&includeResultsetResponses=ALL${rest}`
      const { status, text, body } = await node.get(path, caller)
      if (status !== 200) throw new Error(text)
      const told = body.response.resultSets.map(({ id, info, results }) => [
        id,
        [info.counts?.individuals, results.length],
      ])
      return Object.fromEntries(told) as Record<string, unknown>
    },
    async close() {
      await node.close()
      await fixture.remove()
    },
  }
}

/** Each has a phenotype of their own; all are in one cohort, and the first of them in another. */
function addRecords(directory: string, dataset: string, names: readonly string[]): void {
  const register = openIndividuals(directory)
  const people = register.identify(names)
  const sex = { id: 'NCIT:C16576', label: 'female' }
  const records = names.map((id) => {
    const featureType = { id: `HP:000000${'abcdef'.indexOf(id) + 1}`, label: id }
    return {
      type: 'individual' as const,
      id,
      individual: id,
      document: { id, sex, phenotypicFeatures: [{ featureType }] },
    }
  })
  const cohorts = [
    { id: `${dataset}-all`, members: names, document: { name: 'all', cohortType: 'study-defined' } },
    { id: `${dataset}-one`, members: names.slice(0, 1), document: { name: 'one', cohortType: 'study-defined' } },
  ]
  storeMetadata(directory, dataset, { records, cohorts }, people)
  register.close()
}
